"""What happens to the events of one request: judged, kept and answered, good ones in, bad ones out.

A chunk is one transaction. Should it fail for one event's sake, its events are taken one by one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import asyncpg

from services.intake import lateness, rehearsal
from services.intake.candidates import Answer, Candidate, Offered, refused
from services.intake.chunk import Chunk, Placed, waves
from services.intake.judgement import Judgement
from services.intake.store import Connection
from services.intake.vault import Vault
from services.intake.warnings import warnings
from services.runtime import clock, log, metrics, postgres
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from services.runtime.guard import NotNow

CHUNK: Final = 200
"""Events a transaction; between chunks and slices others get their turn."""
SLICE: Final = 20
TRIES: Final = 3

_log = log.get(__name__)
_RETRIED: Final = (
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ForeignKeyViolationError,  # its record was erased meanwhile: it begins a new one
)


class Intake:
    """Takes events in."""

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", contracts: Contracts, vault: Vault
    ) -> None:
        self._pool = pool
        self._contracts = contracts
        self._vault = vault
        self._judgement = Judgement(contracts, vault)

    async def take(
        self, caller: Caller, offered: Sequence[Offered], *, keep: bool = True
    ) -> list[Answer]:
        """Answer every event, in order; with `keep` false the same judgement, and nothing kept.

        Raises what means "not now" (`postgres.is_not_now`): chunks before it may have been kept,
        and sending all again is safe.
        """
        answers: dict[int, Answer] = {}
        size = CHUNK if keep else max(len(offered), 1)
        for start in range(0, len(offered), size):
            candidates, refusals = await self._judge(caller, offered, start, start + size)
            answers |= refusals
            if candidates:
                decided = await self._chunk(caller, candidates, keep=keep)
                answers |= decided
                if keep:
                    _observe(candidates, decided)
        ordered = [answers[place] for place in range(len(offered))]
        self._count(caller.agency, offered, ordered)
        return ordered

    async def _judge(
        self, caller: Caller, offered: Sequence[Offered], start: int, end: int
    ) -> tuple[dict[int, Candidate], dict[int, Answer]]:
        """Judge a stretch of a request, letting others have a turn now and then."""
        candidates: dict[int, Candidate] = {}
        refusals: dict[int, Answer] = {}
        now = clock.now()
        for place in range(start, min(end, len(offered))):
            if place % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            judged = self._judgement.judge(offered[place], caller.agency, now)
            if isinstance(judged, Answer):
                refusals[place] = judged
            else:
                candidates[place] = judged
        return candidates, refusals

    async def _chunk(
        self, caller: Caller, candidates: Placed, *, keep: bool
    ) -> Mapping[int, Answer]:
        """Decide a chunk in one transaction, or one by one where that fails."""
        try:
            return await self._transaction(caller, candidates, keep=keep)
        except Exception as error:  # the guard of a chunk: its events are then taken one by one
            if postgres.is_not_now(error) or isinstance(error, NotNow):
                raise
            _log.error("chunk failed", error=error, count=len(candidates))
        if len(candidates) == 1:
            return {place: refused(500, "internal", c.event) for place, c in candidates.items()}
        answers: dict[int, Answer] = {}
        for place, candidate in candidates.items():
            answers |= await self._chunk(caller, {place: candidate}, keep=keep)
        return answers

    async def _transaction(
        self, caller: Caller, candidates: Placed, *, keep: bool
    ) -> dict[int, Answer]:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._decide(caller, candidates, keep=keep)
            except _RETRIED:
                if attempt == TRIES:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _decide(self, caller: Caller, candidates: Placed, *, keep: bool) -> dict[int, Answer]:
        """Decide in one transaction, committed when this returns (undone where nothing is kept)."""
        async with self._pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            answers: dict[int, Answer] = {}
            try:
                decide = self._decider(connection, caller)
                for wave in waves(candidates):
                    answers |= await decide(wave)
            except BaseException:
                await transaction.rollback()
                raise
            await (transaction.commit() if keep else transaction.rollback())
        return answers if keep else {place: _unkept(answer) for place, answer in answers.items()}

    def _decider(
        self, connection: Connection, caller: Caller
    ) -> Callable[[Placed], Awaitable[dict[int, Answer]]]:
        """Return what decides: for test agencies what keeps everything to itself."""
        if rehearsal.is_for(caller, self._contracts.registry):
            return rehearsal.Rehearsal(connection, self._contracts, caller, clock.now()).decide
        return Chunk(connection, self._contracts, self._vault, caller, clock.now()).decide

    def _count(self, agency: str, offered: Sequence[Offered], answers: Sequence[Answer]) -> None:
        """Count by type, status and agency; what nobody knows counts as `unknown`."""
        agency = agency if agency in self._contracts.registry.agencies else "unknown"
        for offer, answer in zip(offered, answers, strict=True):
            stated = offer.event.get("type") if isinstance(offer.event, Mapping) else None
            known = isinstance(stated, str) and stated in self._contracts.types
            kind = stated if known else "unknown"
            metrics.EVENTS_RECEIVED.labels(kind, answer.status, agency).inc()
            for code in warnings(offer.event) if answer.outcome == "accepted" else ():
                metrics.WARNINGS.labels(code).inc()


def _observe(candidates: Placed, answers: Mapping[int, Answer]) -> None:
    """Observe how late what was accepted of a chunk was written down and sent."""
    for place, answer in answers.items():
        if answer.outcome == "accepted":
            lateness.observe(candidates[place], clock.now())


def _unkept(answer: Answer) -> Answer:
    """An answer whose receipt was never kept, without it."""
    if answer.outcome != "accepted":
        return answer
    return replace(answer, receipt=None)
