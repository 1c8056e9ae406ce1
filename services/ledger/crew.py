"""How do all cores judge at once, and how is that watched and stopped?

Workers are processes, started afresh (spawn). Each holds one chunk at a time; a stop lets the
chunks in hand be finished and recorded.
"""

import asyncio
import contextlib
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Final, Protocol, Self, TypeVar

from services.runtime import clock

Work = TypeVar("Work")
Result = TypeVar("Result")

EVERY_SECONDS: Final = 1.0
_MINUTE: Final = 60


class Stopped(SystemExit):
    """The operator asked for a stop, or there is nothing to be done; the sentence says what now."""


class Counted(Protocol):
    """What of a chunk is counted."""

    @property
    def children(self) -> int:
        """How many children were judged."""

    @property
    def events(self) -> int:
        """How many events they have."""


@dataclass(slots=True)
class Progress:
    """How far a run has come; `before` was done by an earlier one that was stopped."""

    what: str
    children: int
    events: int
    done_children: int = 0
    done_events: int = 0
    began_with: int = 0
    started: float = field(default_factory=clock.monotonic)

    def resume(self, children: int, events: int) -> None:
        """Count what an earlier run did; it says nothing about this one's speed."""
        self.done_children, self.done_events, self.began_with = children, events, events

    def add(self, done: Counted) -> None:
        """Count a chunk."""
        self.done_children += done.children
        self.done_events += done.events

    @property
    def speed(self) -> float:
        """Events a second, of this run."""
        seconds = clock.monotonic() - self.started
        return (self.done_events - self.began_with) / seconds if seconds else 0.0

    def line(self) -> str:
        """Say it in one line."""
        left = max(self.events - self.done_events, 0)
        speed = self.speed
        eta = _span(left / speed) if speed else "some time"
        return (
            f"{self.what}: {self.done_children:,} of {self.children:,} children, "
            f"{self.done_events:,} of {self.events:,} events, {speed:,.0f} events/s, {eta} left"
        )


def _span(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 2 * _MINUTE else f"{round(whole / _MINUTE)} min"


def say(line: str) -> None:
    """Tell the operator."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextlib.asynccontextmanager
async def told(progress: Progress) -> AsyncIterator[None]:
    """Say each second how far it has come, and once more at the end."""

    async def tell() -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            say(progress.line())

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        say(progress.line())


@contextlib.contextmanager
def stop_on_signals() -> Iterator[asyncio.Event]:
    """Give an event that SIGINT and SIGTERM set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stopping.set)
    try:
        yield stopping
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


class Crew:
    """As many workers as there are cores; `prepare(*told)` runs in each before its first chunk."""

    def __init__(self, workers: int, prepare: Callable[..., None], *told: Any) -> None:  # noqa: ANN401
        self._ahead = workers + 1
        self._pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(prepare, told),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def work(
        self, job: Callable[[Work], Result], portions: Iterable[Work], stopping: asyncio.Event
    ) -> AsyncIterator[Result]:
        """Have every portion done, no more than one waiting; yield results as they come.

        Once `stopping` is set no portion is begun; those in hand are finished.

        Raises:
            Stopped: a worker died. What was finished is recorded.

        """
        loop = asyncio.get_running_loop()
        pending: set[asyncio.Future[Result]] = set()
        for portion in portions:
            if stopping.is_set():
                break
            pending.add(loop.run_in_executor(self._pool, _do, job, portion))
            if len(pending) >= self._ahead:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    yield _result(one)
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                yield _result(one)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _result(done: "asyncio.Future[Result]") -> Result:
    try:
        return done.result()
    except BrokenProcessPool:
        raise Stopped("A worker died; run it again, it goes on where it left off.") from None


def _do(job: Callable[[Work], Result], portion: Work) -> Result:
    """Do one portion in a worker, and let go of what little it left in cycles."""
    result = job(portion)
    gc.collect()
    return result


def _begin(prepare: Callable[..., None], told: tuple[Any, ...]) -> None:
    """Begin a worker: signals are the parent's business, and without a parent it ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    prepare(*told)
    gc.freeze()
    gc.disable()  # what is judged has no cycles; looking for some took a quarter of the time


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
