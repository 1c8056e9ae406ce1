"""Does a worker reach its end, whatever stands in the way, before anything is acknowledged?"""

import concurrent.futures
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from services.runtime.guard import EXIT_FAILED
from services.runtime.settings import Settings
from services.runtime.stream import Worker


class Left(BaseException):
    """What the injected exit raises."""


def leave(code: int) -> None:
    raise Left(code)


async def handle(_: object) -> None:
    raise KeyError


def worker() -> Worker:
    settings = Settings.model_validate({"postgres_dsn": "postgresql://h/d", "kafka_bootstrap": "h"})
    return Worker(
        service="s",
        topics=["t"],
        settings=settings,
        handle=handle,
        migrations=Path(),
        leave=leave,
    )


class Locked:
    """A pool that refuses every query with an error that no waiting heals."""

    async def fetchval(self, *_: object) -> object:
        raise asyncpg.InsufficientPrivilegeError


class Stream:
    """A Faust stream with one batch, which is acknowledged when the next one is asked for."""

    acknowledged = False

    async def take_events(self, *_: object, within: float) -> AsyncIterator[list[Any]]:
        assert within
        message = SimpleNamespace(
            topic="t", partition=0, offset=0, key=b"", value=b"", headers=None, timestamp=1.5
        )
        yield [SimpleNamespace(message=message)]
        self.acknowledged = True


async def test_an_agent_that_cannot_count_attempts_ends_the_process() -> None:
    made, stream = worker(), Stream()
    made.pool = Locked()  # type: ignore[assignment]
    with pytest.raises(Left) as left:
        await made._agent(stream)  # noqa: SLF001 - Faust calls it
    assert left.value.args == (EXIT_FAILED,)
    assert not stream.acknowledged


@pytest.mark.parametrize("error", [concurrent.futures.CancelledError, ValueError, RuntimeError])
def test_a_worker_leaves_though_it_cannot_say_so_to_the_broker(error: type[Exception]) -> None:
    class Broken:
        @property
        def consumer(self) -> object:
            raise error

    made = worker()
    made._app = Broken()  # noqa: SLF001 - there is no other way to break Faust
    with pytest.raises(Left):
        made._leave(EXIT_FAILED)  # noqa: SLF001 - every way out ends there
