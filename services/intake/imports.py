"""How does a census file get in? Sealed first, then worked off in the background, to the last fact.

A restart in the middle goes on where the rows end: ids are coined from what the file says, so that
nothing counts twice, in this import or in the next one of the same file.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import msgspec

from services.domain.moments import london_day
from services.intake.candidates import Answer, Offered
from services.intake.census import SYSTEM, Fact, Places, Unreadable, read
from services.intake.handlers import Intake
from services.intake.vault import Vault, import_place
from services.runtime import clock, log, postgres
from services.runtime.asking import asking
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts

FORMAT: Final = "cin-census"
BATCH: Final = 200
_SAFE: Final = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")
"""Refs are spelt in consonants, so that none can look like a date, a number or a name."""

_log = log.get(__name__)

_NEW = """
INSERT INTO import (id, agency, format, state, created_at, wrapped_key, master_key_id, sealed)
VALUES ($1, $2, $3, 'running', $4, $5, $6, $7)
"""
_RUNNING = """
SELECT id, agency, wrapped_key, master_key_id, sealed FROM import
WHERE state = 'running' ORDER BY created_at
"""
_DONE_ROWS = "SELECT row, outcome FROM import_row WHERE import_id = $1"
_ROWS = """
INSERT INTO import_row (import_id, row, pointer, fact, outcome, receipt, errors, warnings)
SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[],
                         $8::jsonb[])
ON CONFLICT (import_id, row) DO NOTHING
"""
_COUNTS = """
UPDATE import SET referrals = $2, children = $3, events = $4, rejected = $5 WHERE id = $1
"""
_END = """
UPDATE import SET state = $2, reason = $3, finished_at = $4, sealed = NULL WHERE id = $1
"""
_STATUS = """
SELECT id, state, reason, referrals, children, events, rejected FROM import
WHERE id = $1 AND agency = $2
"""
_RESULTS = """
SELECT row, pointer, fact, outcome, receipt, errors, warnings FROM import_row
WHERE import_id = $1 ORDER BY row
"""


@dataclass(slots=True)
class _Tally:
    """What has come of the facts so far."""

    facts: Sequence[Fact]
    outcomes: dict[int, str]

    def counts(self) -> tuple[int, int, int, int]:
        """Return referrals, children (accepted in part or whole), events, rejected."""
        taken = [f for f in self.facts if self.outcomes.get(f.row, "rejected") != "rejected"]
        rejected = sum(outcome == "rejected" for outcome in self.outcomes.values())
        return (
            len({fact.referral for fact in taken}),
            len({fact.child for fact in taken}),
            len(taken),
            rejected,
        )


class Imports:
    """Takes files in, works them off, and tells how far each is."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        readers: "asyncpg.Pool[asyncpg.Record]",
        contracts: Contracts,
        vault: Vault,
        intake: Intake,
    ) -> None:
        self._pool = pool
        self._readers = readers
        self._contracts = contracts
        self._vault = vault
        self._intake = intake
        self._waiting = asyncio.Event()

    async def begin(self, agency: str, content: bytes) -> str:
        """Keep a file, sealed, and return the id of its import; work on it begins by itself."""
        import_id = clock.new_ref()
        key = self._vault.new_key(import_id)
        sealed = key.seal(content, import_place(import_id))
        await self._pool.execute(
            _NEW, import_id, agency, FORMAT, clock.now(), key.wrapped, key.master_key_id, sealed
        )
        self._waiting.set()
        return import_id

    async def status(self, caller: Caller, import_id: str) -> dict[str, Any] | None:
        """Return state and counts of the agency's own import."""
        async with asking(self._readers, caller) as connection:
            row = await connection.fetchrow(_STATUS, import_id, caller.agency)
        if row is None:
            return None
        counts = {name: row[name] for name in ("referrals", "children", "events", "rejected")}
        told = {"id": row["id"], "state": row["state"], "counts": counts}
        return told | ({"reason": row["reason"]} if row["reason"] else {})

    async def rows(self, caller: Caller, import_id: str) -> list[dict[str, Any]] | None:
        """Return the result of every fact of the agency's own import."""
        async with asking(self._readers, caller) as connection:
            if await connection.fetchrow(_STATUS, import_id, caller.agency) is None:
                return None
            found = await connection.fetch(_RESULTS, import_id)
        return [
            {**row, "errors": _read(row["errors"]), "warnings": _read(row["warnings"])}
            for row in map(dict, found)
        ]

    async def run(self) -> None:
        """Work off every import that is still running, then wait for the next; for ever."""
        while True:
            self._waiting.clear()
            await self.work_off()
            await self._waiting.wait()

    async def work_off(self) -> None:
        """Work off every import that is still running."""
        for row in await self._pool.fetch(_RUNNING):
            try:
                await self._work(row)
            except Exception as error:  # the guard of imports: one file must not stop the service
                if postgres.is_not_now(error):
                    raise
                _log.error("import failed", error=error)
                await self._pool.execute(_END, row["id"], "failed", "internal", clock.now())

    async def _work(self, row: asyncpg.Record) -> None:
        import_id, agency = row["id"], row["agency"]
        key = self._vault.key_of(import_id, row["wrapped_key"], row["master_key_id"])
        content = key.open(row["sealed"], import_place(import_id))
        try:
            facts = await asyncio.to_thread(self._read, agency, content)
        except Unreadable as error:
            await self._pool.execute(_END, import_id, "failed", error.reason, clock.now())
            return
        done = {r["row"]: r["outcome"] for r in await self._pool.fetch(_DONE_ROWS, import_id)}
        tally = _Tally(facts, done)
        left = [fact for fact in facts if fact.row not in done]
        for start in range(0, len(left), BATCH):
            await self._batch(import_id, agency, left[start : start + BATCH], tally)
        await self._pool.execute(_END, import_id, "done", None, clock.now())
        _log.info("import done", count=len(facts))

    def _read(self, agency: str, content: bytes) -> list[Fact]:
        known = self._contracts.registry.agencies[agency]
        first = self._contracts.first_day
        places = Places(self._contracts.codes, self._contracts.lea, known.areas, first)
        return read(content, places, london_day(clock.now()))

    async def _batch(
        self, import_id: str, agency: str, facts: Sequence[Fact], tally: _Tally
    ) -> None:
        """Offer a batch of facts as events, and keep what became of each."""
        usable = [fact for fact in facts if fact.event is not None]
        caller = Caller("import", agency, "agency")
        events = [Offered(self._event(agency, fact)) for fact in usable]
        answers = await self._intake.take(caller, events)
        given = {fact.row: answer for fact, answer in zip(usable, answers, strict=True)}
        results = [_result(fact, given.get(fact.row)) for fact in facts]
        tally.outcomes |= {result[0]: result[3] for result in results}
        columns = [[result[place] for result in results] for place in range(7)]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_ROWS, import_id, *columns)
            await connection.execute(_COUNTS, import_id, *tally.counts())

    def _event(self, agency: str, fact: Fact) -> dict[str, Any]:
        """Complete a fact's event by what is coined for it: source, id and referral_ref."""
        assert fact.event is not None  # noqa: S101 - only such are asked for
        event = dict(fact.event)
        event["data"] = {**event["data"], "referral_ref": self._coin(agency, *fact.coined_from)}
        said = msgspec.json.encode(event, order="deterministic").decode()
        event["source"] = f"/{agency}/{SYSTEM}"
        place = fact.pointer.rpartition("]/")[2]
        event["id"] = self._coin(agency, *fact.coined_from, place, said)
        return event

    def _coin(self, *parts: str) -> str:
        return self._vault.mac("census-ref", *parts).hex()[:32].translate(_SAFE)


def _result(fact: Fact, answer: Answer | None) -> tuple[Any, ...]:
    """One row of results; a fact without an event was rejected for its own errors."""
    errors = fact.errors if answer is None else answer.errors
    told = [{"pointer": e.pointer, "code": e.code, "message": e.message} for e in errors]
    if answer is not None and answer.outcome == "rejected" and not told:
        told = [{"pointer": fact.pointer, "code": answer.code, "message": "The fact was refused."}]
    warnings = [{"pointer": w.pointer, "code": w.code, "message": w.message} for w in fact.warnings]
    outcome = answer.outcome if answer else "rejected"
    receipt = answer.receipt if answer else None
    return (
        fact.row, fact.pointer, fact.type, outcome, receipt,
        msgspec.json.encode(told).decode(), msgspec.json.encode(warnings).decode(),
    )  # fmt: skip


def _read(stored: str) -> list[dict[str, str]]:
    told: list[dict[str, str]] = msgspec.json.decode(stored)
    return told
