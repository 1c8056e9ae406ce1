"""How much may one sender ask of us, so that its flood slows nobody else?"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import ceil
from typing import Final

from services.runtime import clock

_WAITING_RETRY_SECONDS: Final = 2
_BACKLOG_RETRY_SECONDS: Final = 10


class TooMuch(Exception):
    """Refused for now: `status` is 429 (the sender's doing) or 503; try again in `seconds`."""

    def __init__(self, status: int, code: str, seconds: int) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.seconds = seconds


class Rates:
    """A bucket of events for each agency: `rate` a second, `burst` at once."""

    def __init__(
        self, rate: float, burst: float, monotonic: Callable[[], float] = clock.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._monotonic = monotonic
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, agency: str, events: int) -> None:
        """Take events out of the agency's bucket; raises TooMuch when too few are left."""
        now = self._monotonic()
        left, at = self._left.get(agency, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        if left < min(events, self._burst):
            self._left[agency] = (left, now)
            raise TooMuch(429, "rate-limited", ceil((events - left) / self._rate))
        self._left[agency] = (left - events, now)


class Turns:
    """At most `at_once` requests of an agency work at a time; `waiting` more may queue."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._waiting = waiting
        self._queued: dict[str, int] = defaultdict(int)
        self._turns: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))

    @asynccontextmanager
    async def turn(self, agency: str) -> AsyncIterator[None]:
        """Wait for the agency's turn; raises TooMuch when too many of its own wait already."""
        if self._queued[agency] >= self._waiting:
            raise TooMuch(429, "too-many-requests", _WAITING_RETRY_SECONDS)
        self._queued[agency] += 1
        try:
            async with self._turns[agency]:
                yield
        finally:
            self._queued[agency] -= 1


class Backlog:
    """How long the outbox is, as last sampled; beyond `bound` nothing more is taken in."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self._full = False

    def sampled(self, length: int) -> None:
        """Note the length of the outbox."""
        self._full = length > self.bound

    def check(self) -> None:
        """Raise TooMuch while the outbox is too long."""
        if self._full:
            raise TooMuch(503, "backlog", _BACKLOG_RETRY_SECONDS)
