"""What becomes of a message whose handling fails? The one guard around every agent.

"Not now" is tried again in place; "never" is set aside; anything else is counted durably and ends
the process, for an exception that leaves a Faust agent acknowledges, and so loses, the message.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NoReturn, Protocol, TypeVar

import asyncpg

from services.runtime import log, metrics, postgres
from services.runtime.status import Progress

EXIT_FAILED: Final = 70
MAX_ATTEMPTS: Final = 3
BATCH_TIMEOUTS: Final = 3
MESSAGE_TIMEOUTS: Final = 10

T = TypeVar("T")
_log = log.get(__name__)


class NotNow(Exception):
    """Something we need is away (database, broker): the same message will do later.

    `reason` is a code from a bounded list, such as the class of the error behind it.
    """

    def __init__(self, reason: str = "away") -> None:
        super().__init__(reason)
        self.reason = reason


class Never(Exception):
    """This message can never be handled as it is.

    `reason` is a code from a bounded list: it becomes a metric's label and a column.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooSlow(Exception):
    """The database has cut this short so often that it is ours, and no longer "not now"."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came from the broker."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    sent_at: float | None = None
    """When the broker took it, in seconds of Unix time."""

    @property
    def digest(self) -> bytes:
        """Tell this content from another at the same place of a topic that was made anew."""
        return sha256((self.key or b"") + b"\0" + (self.value or b"")).digest()


Handle = Callable[[Sequence[Message]], Awaitable[None]]


class Attempts(Protocol):
    """Where attempts are counted and dead letters laid: `attempts.PostgresAttempts` or a fake."""

    async def count(self, message: Message) -> int:
        """Say how often this message has ended the process."""

    async def add(self, message: Message, error: str) -> int:
        """Count one more, committed before returning; return the new count."""

    async def bury(self, message: Message, reason: str, error: str | None) -> bool:
        """Set the message aside with its reason; False when it was set aside before."""


class Guard:
    """Runs a handler over batches so that nothing is lost and no message stops the others.

    `leave` ends the process at once, with nothing acknowledged; tests bring their own, and a
    `pause` that takes no time.
    """

    def __init__(
        self,
        service: str,
        attempts: Attempts,
        *,
        progress: Progress | None = None,
        leave: Callable[[int], object] = os._exit,
        pause: postgres.Pause = asyncio.sleep,
    ) -> None:
        self._service = service
        self._attempts = attempts
        self._progress = progress or Progress()
        self._leave = leave
        self._pause = pause

    async def run(self, messages: Sequence[Message], handle: Handle) -> None:
        """Handle a batch; on return every message is done with and may be acknowledged.

        Raises nothing but CancelledError, after which nothing may be acknowledged: whatever goes
        wrong, the counting and burying included, ends the process.
        """
        try:
            await self._run(messages, handle)
        except Exception as error:  # noqa: BLE001 - the guard: no exception may leave an agent
            _log.critical("guard failed, leaving", error=error)
            self._end()

    async def _run(self, messages: Sequence[Message], handle: Handle) -> None:
        if not messages:
            return
        metrics.BATCH_SIZE.labels(self._service).observe(len(messages))
        with metrics.BATCH_SECONDS.labels(self._service).time():
            await self._batch(messages, handle)
        for message in messages:
            metrics.MESSAGES_IN.labels(self._service, message.topic).inc()

    async def _batch(self, messages: Sequence[Message], handle: Handle) -> None:
        """Try all at once; after a failure one by one, to find out whose it is."""
        if len(messages) > 1:
            error = await self._try(messages, handle)
            if error is None:
                return
            metrics.BATCHES_SPLIT.labels(self._service).inc()
            _log.warning("batch taken one by one", count=len(messages), error=error)
        for message in messages:
            await self._one(message, handle)
            self._progress.moved()

    async def _one(self, message: Message, handle: Handle) -> None:
        """Handle one message, or set it aside, or count the attempt and leave the process."""
        attempts = await self._patiently(lambda: self._attempts.count(message))
        if attempts >= MAX_ATTEMPTS:
            await self._bury(message, "attempts-exhausted", None)
            return
        error = await self._try([message], handle)
        if isinstance(error, Never):
            await self._bury(message, error.reason, error)
        elif error is not None:
            await self._fail(message, error)

    async def _try(self, messages: Sequence[Message], handle: Handle) -> Exception | None:
        """Handle patiently, a statement's time limit only so often; return what went wrong.

        A batch may be too much for one statement where none of its messages is.
        """
        left = BATCH_TIMEOUTS if len(messages) > 1 else MESSAGE_TIMEOUTS

        async def once() -> None:
            nonlocal left
            try:
                await handle(messages)
            except asyncpg.QueryCanceledError:
                left -= 1
                if left == 0:
                    raise TooSlow from None
                raise

        try:
            await self._patiently(once)
        except Exception as error:  # noqa: BLE001 - the guard: no exception may leave an agent
            return error
        return None

    async def _bury(self, message: Message, reason: str, error: Exception | None) -> None:
        """Set a message aside and say so."""
        name = type(error).__name__ if error else None
        if await self._patiently(lambda: self._attempts.bury(message, reason, name)):
            metrics.DEAD_LETTERS.labels(self._service, message.topic, reason).inc()
            _log.error("dead letter", reason=reason, error=error, **_place(message))

    async def _fail(self, message: Message, error: Exception) -> None:
        """Count the attempt durably, then leave: the supervisor starts us again."""
        name = type(error).__name__
        count = await self._patiently(lambda: self._attempts.add(message, name))
        _log.critical("handler failed, leaving", error=error, count=count, **_place(message))
        self._end()

    def _end(self) -> NoReturn:
        """Leave; were we still here after that, nothing may be acknowledged."""
        self._leave(EXIT_FAILED)
        raise asyncio.CancelledError

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call until the answer is no longer "not now", for ever; the worker shows as waiting."""

        def waiting(error: Exception) -> None:
            reason = error.reason if isinstance(error, NotNow) else type(error).__name__
            metrics.NOT_NOW.labels(self._service, reason).inc()
            self._progress.wait()

        return await postgres.patiently(call, also=(NotNow,), waiting=waiting, pause=self._pause)


def _place(message: Message) -> dict[str, str | int]:
    """Say where a message lies, in fields that may be logged."""
    return {"topic": message.topic, "partition": message.partition, "offset": message.offset}
