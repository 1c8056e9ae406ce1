"""Can a log line carry a person? A marker name is sent through every way in; none may come out."""

import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from services.runtime import log

MARKER = "Jane Marker"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    handlers, level = logging.root.handlers[:], logging.root.level
    shape = structlog.get_config()
    hooks = sys.excepthook, threading.excepthook
    log.configure("trial")

    def read() -> list[dict[str, Any]]:
        written = capsys.readouterr()
        assert MARKER not in written.out
        assert written.err == ""
        return [json.loads(line) for line in written.out.splitlines()]

    yield read
    logging.captureWarnings(capture=False)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks
    structlog.configure(**shape)


def test_a_line_says_event_service_level_time_and_allowed_fields(lines: Lines) -> None:
    log.get("x").info("dead letter", topic="police.events", partition=1, offset=2, code="a-b")
    [line] = lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "dead letter",
        "level": "info",
        "service": "trial",
        "topic": "police.events",
        "partition": 1,
        "offset": 2,
        "code": "a-b",
    }


@pytest.mark.parametrize("field", ["child_ref", "record_ref", "source", "id", "name", "value"])
def test_a_field_that_is_not_allowed_is_dropped(lines: Lines, field: str) -> None:
    log.get("x").warning("something", **{field: "0123"})
    [line] = lines()
    assert field not in line


def test_a_text_in_an_allowed_field_is_withheld(lines: Lines) -> None:
    log.get("x").warning("something", reason=MARKER, code=[MARKER], topic={MARKER: 1})
    [line] = lines()
    assert line["reason"] == line["code"] == line["topic"] == "withheld"


def test_an_event_that_is_not_a_static_name_is_replaced(lines: Lines) -> None:
    log.get("x").warning(f"could not store {MARKER}")
    [line] = lines()
    assert line["event"] == "event without a static name"


@pytest.mark.parametrize("how", ["error", "exc_info", "exception"])
def test_an_exception_shrinks_to_its_class_and_our_line(lines: Lines, how: str) -> None:
    try:
        structlog_needs_a_traceback()
    except ValueError as error:
        if how == "error":
            log.get("x").error("failed", error=error)
        elif how == "exc_info":
            log.get("x").error("failed", exc_info=error)
        else:
            log.get("x").exception("failed")
    [line] = lines()
    assert line["error"] == "ValueError"


def structlog_needs_a_traceback() -> None:
    raise ValueError(MARKER)


def test_a_process_that_forgot_to_configure_is_safe(capsys: pytest.CaptureFixture[str]) -> None:
    log.get("x").error("failed", name=MARKER, error=ValueError(MARKER))
    written = capsys.readouterr()
    assert '"error": "ValueError"' in written.out
    assert MARKER not in written.out + written.err


def test_our_line_is_the_innermost_below_services(lines: Lines) -> None:
    try:
        log.configure("trial", MARKER)
    except KeyError as error:
        log.get("x").error("failed", error=error)
    [line] = lines()
    assert line["at"].startswith("services/runtime/log.py:")


def test_a_library_speaks_once_a_second_and_says_only_its_name_and_the_class(lines: Lines) -> None:
    logger = logging.getLogger("aiokafka.trial")
    for _ in range(100):
        logger.warning("lost %s: %r", MARKER, ConnectionError(MARKER))
    logging.getLogger("asyncpg.trial").error("lost %s", MARKER)
    [line, other] = lines()
    assert (line["logger"], line["error"]) == ("aiokafka.trial", "ConnectionError")
    assert (other["logger"], other["level"]) == ("asyncpg.trial", "error")


def test_a_library_says_how_much_was_left_out(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([10.0, 10.5, 10.9, 11.1])
    monkeypatch.setattr("services.runtime.clock.monotonic", lambda: next(seconds))
    for _ in range(4):
        logging.getLogger("aiokafka.trial").warning("lost")
    [first, second] = lines()
    assert "suppressed" not in first
    assert second["suppressed"] == 2


def test_what_a_library_merely_mentions_is_not_written(lines: Lines) -> None:
    logging.getLogger("faust").info("hello %s", MARKER)
    assert lines() == []


def test_a_warning_and_an_uncaught_exception_do_not_reach_the_screen(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.getLogger("py.warnings").warning(MARKER)
    sys.excepthook(ValueError, ValueError(MARKER), None)
    thread = threading.Thread(target=structlog_needs_a_traceback)
    thread.start()
    thread.join()
    [_, first, second] = lines()
    assert first["event"] == second["event"] == "uncaught exception"
    assert first["error"] == second["error"] == "ValueError"


def test_what_a_destructor_raises_is_only_a_class(
    lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    class Fails:
        def __del__(self) -> None:
            raise ValueError(MARKER)

    log.configure("trial")  # over pytest's own hook
    one = Fails()
    del one
    [line] = lines()
    assert (line["event"], line["error"]) == ("unraisable exception", "ValueError")
    assert MARKER not in capsys.readouterr().err
