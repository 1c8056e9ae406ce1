"""What may a log line say? Static event names and fields that are ids and codes; nothing else.

An allow-list, not a block-list: what nobody thought of is dropped. Exceptions shrink to their class
and the last of our own lines they passed; libraries' messages, which may carry values, shrink to
the name of their logger.
"""

import logging
import re
import sys
import threading
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final

import structlog

from services.runtime import clock

FIELDS: Final = frozenset(
    {
        "at", "attempt", "code", "correlation", "count", "error", "event", "head", "level",
        "logger", "method", "migration", "offset", "partition", "port", "reason", "route",
        "seconds", "service", "status", "suppressed", "task", "time", "topic", "type", "version",
    }
)  # fmt: skip
_EVENT: Final = re.compile(r"[a-z0-9][a-z0-9 ,._-]{0,99}")
_CODE: Final = re.compile(r"[\w./:{}*-]{1,120}", re.ASCII)
_OURS: Final = Path(__file__).resolve().parents[2]
_WITHHELD: Final = "withheld"

_service = "unnamed"


def get(name: str) -> "structlog.stdlib.BoundLogger":
    """Return a logger; `error=` takes an exception and logs its class and our line."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def configure(service: str, level: str = "INFO") -> None:
    """Send every log line of this process to standard output as one line of JSON."""
    global _service  # noqa: PLW0603 - a process is one service
    _service = service
    _shape(level)
    _route_libraries()


def _shape(level: str) -> None:
    """Make structlog write what is allowed and nothing else."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            _reduce_error,
            _allow,
            _stamp,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _reduce_error(_: object, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Shrink an exception to its class and our last line in its traceback."""
    error = fields.pop("exc_info", None) or fields.get("error")
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        fields["error"] = type(error).__name__
        fields["at"] = _our_line(error.__traceback__)
    return fields


def _our_line(traceback: TracebackType | None) -> str | None:
    """Return the innermost of our own lines, as `services/intake/store.py:41`."""
    lines = [(frame.f_code.co_filename, number) for frame, number in walk_tb(traceback)]
    ours = [
        f"{Path(name).relative_to(_OURS)}:{number}"
        for name, number in lines
        if Path(name).is_relative_to(_OURS / "services")
    ]
    return ours[-1] if ours else None


def _allow(_: object, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the allowed fields whose values look like codes; the rest never gets out."""
    event = str(fields.get("event", ""))
    kept = {name: _value(value) for name, value in fields.items() if name in FIELDS}
    kept["event"] = event if _EVENT.fullmatch(event) else "event without a static name"
    return {name: value for name, value in kept.items() if value is not None}


def _value(value: object) -> object:
    """Let numbers and codes through; withhold what might be text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return value if isinstance(value, str) and _CODE.fullmatch(value) else _WITHHELD


def _stamp(_: object, __: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Add the time and the service."""
    time = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {**fields, "time": time, "service": _service}


class _Libraries(logging.Handler):
    """Turns a library's record into one of our lines: its logger and class, never its text.

    At most one line a second for each logger; the next one says how many were left out.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._next_at: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, or count it as left out."""
        name, now = record.name, clock.monotonic()
        if now < self._next_at.get(name, 0.0):
            self._left_out[name] = self._left_out.get(name, 0) + 1
            return
        self._next_at[name] = now + 1.0
        left_out = self._left_out.pop(name, None)
        write = get(name).error if record.levelno >= logging.ERROR else get(name).warning
        write("library message", logger=name, error=_error_of(record), suppressed=left_out)


def _error_of(record: logging.LogRecord) -> BaseException | None:
    """Return the exception that a record is about, if it carries one."""
    if record.exc_info and record.exc_info[1]:
        return record.exc_info[1]
    arguments = record.args if isinstance(record.args, tuple) else ()
    return next((one for one in arguments if isinstance(one, BaseException)), None)


def _route_libraries() -> None:
    """Make our handler the only one, and silence tracebacks that Python itself would print."""
    logging.root.handlers[:] = [_Libraries()]
    logging.root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "faust", "mode", "aiokafka"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _unraisable(args.exc_type)


def _uncaught(_: type[BaseException], error: BaseException | None, __: object) -> None:
    """Log what nobody caught: class and line, never its text."""
    get(__name__).critical("uncaught exception", error=error)


def _unraisable(kind: type[BaseException]) -> None:
    """Log what a destructor or a callback of C raised: only its class."""
    get(__name__).error("unraisable exception", error=kind.__name__)


_shape("WARNING")  # until `configure` is called: a process that forgets it is safe, too
