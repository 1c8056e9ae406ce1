"""How do single events that arrive at the same time share one transaction?

While one chunk of a sender's is being kept, what it posts meanwhile waits and becomes the next
chunk: nobody waits for a clock, and under load a commit serves many.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from services.intake.candidates import Answer, Offered
from services.intake.handlers import CHUNK
from services.intake.limits import TooMuch
from services.runtime.auth import Caller

Take = Callable[[Caller, Sequence[Offered]], Awaitable[list[Answer]]]

_RETRY_SECONDS: Final = 2


class Together:
    """Gathers the single events of each sender; `waiting` more of them may queue."""

    def __init__(self, take: Take, waiting: int) -> None:
        self._take = take
        self._most = waiting
        self._waiting: dict[Caller, list[tuple[Offered, asyncio.Future[Answer]]]] = defaultdict(
            list
        )
        self._running: dict[Caller, asyncio.Task[None]] = {}

    async def take(self, caller: Caller, offered: Offered) -> Answer:
        """Answer one event once it is kept.

        Raises TooMuch when too many of the sender's wait already, and what means "not now".
        """
        queue = self._waiting[caller]
        if len(queue) >= self._most:
            raise TooMuch(429, "too-many-requests", _RETRY_SECONDS)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        queue.append((offered, answer))
        if caller not in self._running:
            self._running[caller] = asyncio.create_task(self._run(caller))
        return await answer

    async def _run(self, caller: Caller) -> None:
        """Take chunk after chunk until nothing of the sender's waits."""
        try:
            while queue := self._waiting[caller]:
                self._waiting[caller] = queue[CHUNK:]
                await self._chunk(caller, queue[:CHUNK])
        finally:
            del self._running[caller], self._waiting[caller]

    async def _chunk(
        self, caller: Caller, chunk: Sequence[tuple[Offered, "asyncio.Future[Answer]"]]
    ) -> None:
        """Answer each of a chunk; what goes wrong goes wrong for all, and all may send again."""
        try:
            answers = await self._take(caller, [offered for offered, _ in chunk])
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits for it
            for _, waiting in chunk:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), answer in zip(chunk, answers, strict=True):
            if not waiting.done():
                waiting.set_result(answer)
