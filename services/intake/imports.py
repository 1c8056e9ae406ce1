"""How does a file get in? Sealed first, then worked off in the background, to the last fact.

A restart in the middle goes on where the rows end: ids are coined from what the file says, so that
nothing counts twice, in this import or in the next one of the same file.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import msgspec

from services.intake.candidates import TITLES, Answer, Notice, Offered
from services.intake.facts import Fact, Unreadable
from services.intake.formats import TABLES, Formats
from services.intake.handlers import Intake
from services.intake.vault import Vault, import_place
from services.runtime import audit, clock, log, postgres
from services.runtime.asking import asking
from services.runtime.audit import Act
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts, Fault

PURPOSE: Final = "safeguarding"
BATCH: Final = 200

_log = log.get(__name__)

_NEW = """
INSERT INTO import (id, agency, format, asked_type, state, created_at, wrapped_key, master_key_id,
                    sealed)
VALUES ($1, $2, $3, $4, 'running', $5, $6, $7, $8)
"""
_RUNNING = """
SELECT id, agency, format, asked_type, wrapped_key, master_key_id, sealed FROM import
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
_READ = "UPDATE import SET total = $2, notes = $3 WHERE id = $1"
_END = """
UPDATE import SET state = $2, reason = $3, finished_at = $4, sealed = NULL WHERE id = $1
"""
_STATUS = """
SELECT id, state, reason, referrals, children, events, rejected, total, notes FROM import
WHERE id = $1 AND agency = $2
"""


@dataclass(slots=True)
class _Tally:
    """What has come of the facts so far; each is counted once, as its batch is done."""

    referrals: set[int] = field(default_factory=set)
    children: set[int] = field(default_factory=set)
    events: int = 0
    rejected: int = 0

    def add(self, facts: Iterable[Fact], outcomes: Mapping[int, str]) -> None:
        """Count facts by what became of their rows."""
        for fact in facts:
            if outcomes[fact.row] == "rejected":
                self.rejected += 1
                continue
            self.events += 1
            self.children.add(fact.child)
            if fact.referral is not None:
                self.referrals.add(fact.referral)

    def counts(self) -> tuple[int, int, int, int]:
        """Return referrals, children (accepted in part or whole), events, rejected."""
        return len(self.referrals), len(self.children), self.events, self.rejected


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
        self.formats = Formats(contracts, vault)
        self._vault = vault
        self._intake = intake
        self._waiting = asyncio.Event()

    async def begin(
        self, caller: Caller, content: bytes, form: str, asked: str | None = None
    ) -> str:
        """Keep a file, sealed, and return the id of its import; work on it begins by itself.

        `form` is one of `formats`; `asked` is the type of a table's rows that name none.
        """
        import_id = clock.new_ref()
        key = self._vault.new_key(import_id)
        sealed = key.seal(content, import_place(import_id))
        kept = (key.wrapped, key.master_key_id, sealed)
        async with self._pool.acquire() as connection, connection.transaction():
            await audit.write(connection, caller, Act("collection", "file-received", PURPOSE, 1))
            about = (import_id, caller.agency, form, asked, clock.now())
            await connection.execute(_NEW, *about, *kept)
        self._waiting.set()
        return import_id

    async def status(self, caller: Caller, import_id: str) -> dict[str, Any] | None:
        """Return state and counts of the agency's own import."""
        async with asking(self._readers, caller) as connection:
            row = await connection.fetchrow(_STATUS, import_id, caller.agency)
        if row is None:
            return None
        counts = {name: row[name] for name in ("referrals", "children", "events", "rejected")}
        told = {
            "id": row["id"], "state": row["state"], "counts": counts, "facts": row["total"],
            "notes": row["notes"],
        }  # fmt: skip
        return told | ({"reason": row["reason"]} if row["reason"] else {})

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
            found = await asyncio.to_thread(
                self.formats.read, row["format"], agency, content, row["asked_type"]
            )
        except Unreadable as error:
            await self._pool.execute(_END, import_id, "failed", error.reason, clock.now())
            return
        await self._pool.execute(_READ, import_id, len(found.facts), found.notes)
        done = {r["row"]: r["outcome"] for r in await self._pool.fetch(_DONE_ROWS, import_id)}
        tally = _Tally()
        tally.add((fact for fact in found.facts if fact.row in done), done)
        left = [fact for fact in found.facts if fact.row not in done]
        for start in range(0, len(left), BATCH):
            await self._batch(import_id, row, left[start : start + BATCH], tally)
        await self._pool.execute(_END, import_id, "done", None, clock.now())
        _log.info("import done", count=len(found.facts))

    async def _batch(
        self, import_id: str, row: asyncpg.Record, facts: Sequence[Fact], tally: _Tally
    ) -> None:
        """Offer a batch of facts as events, and keep what became of each."""
        usable = [fact for fact in facts if fact.event is not None]
        caller = Caller("import", row["agency"], "agency")
        events = [Offered(fact.event) for fact in usable]
        answers = await self._intake.take(caller, events)
        given = {fact.row: answer for fact, answer in zip(usable, answers, strict=True)}
        table = row["format"] in TABLES
        results = [self._result(fact, given.get(fact.row), table=table) for fact in facts]
        tally.add(facts, {result[0]: result[3] for result in results})
        columns = [[result[place] for result in results] for place in range(7)]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_ROWS, import_id, *columns)
            await connection.execute(_COUNTS, import_id, *tally.counts())

    def _result(self, fact: Fact, answer: Answer | None, *, table: bool) -> tuple[Any, ...]:
        """One row of results; a fact without an event was rejected for its own errors."""
        errors = fact.errors if answer is None else answer.errors
        if answer is not None and answer.outcome == "rejected" and not errors:
            errors = (Fault(fact.pointer, answer.code, TITLES[answer.code] + "."),)
        told, warned = (
            [self._told(fact, fault, table=table) for fault in faults]
            for faults in (errors, fact.warnings)
        )
        warned += (
            [self._told(fact, notice, table=table) for notice in answer.warnings] if answer else []
        )
        outcome = answer.outcome if answer else "rejected"
        receipt = answer.receipt if answer else None
        return (
            fact.row, fact.pointer, fact.type, outcome, receipt,
            msgspec.json.encode(told).decode(), msgspec.json.encode(warned).decode(),
        )  # fmt: skip

    def _told(self, fact: Fact, fault: Fault | Notice, *, table: bool) -> dict[str, Any]:
        """A fault or a warning; of a table with its row and column."""
        told: dict[str, Any] = msgspec.to_builtins(fault)
        if not table:
            return told
        return {**told, "row": fact.row, "column": self.formats.column(fact, fault.pointer)}
