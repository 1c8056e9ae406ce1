"""What is due to be disposed of, and how is it: by class, by two people, sparing what is held?

A child is erased like any (`erasing`); rows that only tell of the work are deleted. What was done
stays on record in `disposal` and in the audit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from services.domain.moments import moment, stamp
from services.domain.retention import Class, Schedule
from services.intake.erasing import ROLE, Erasures, Refused, Unknown
from services.intake.store import Connection
from services.runtime import audit, clock
from services.runtime.audit import Act
from services.runtime.auth import Caller

PURPOSE: Final = "retention-over"
CHILD: Final = "child"
_HELD: Final = """
SELECT DISTINCT child_ref FROM legal_hold JOIN record USING (record_ref) WHERE lifted_at IS NULL
"""
# `born`: the latest that it can have been, by the ages that were published; none is opened.
# $1: birth, $2: last event, $3: who is held.
_CHILDREN: Final = """
WITH heard AS (
    SELECT r.child_ref, max(e.time) AS last,
           min(e.time - make_interval(years => e.published_age)) AS born
    FROM record AS r JOIN event AS e USING (record_ref) GROUP BY 1)
SELECT child_ref, child_ref = ANY($3::text[]) AS held FROM heard
WHERE coalesce(born, last) < $1 AND last < $2 AND NOT EXISTS (
    SELECT FROM erasure AS e WHERE e.child_ref = heard.child_ref AND e.state <> 'refused')
ORDER BY child_ref
"""
_ROWS: Final[Mapping[str, str]] = {
    "import-result": """import_id IN (SELECT id FROM import WHERE finished_at < $1)
        AND NOT EXISTS (
            SELECT FROM event JOIN record USING (record_ref)
            WHERE event.receipt = import_row.receipt AND child_ref = ANY($2::text[]))""",
    "rehearsal": "received_at < $1 AND $2::text[] IS NOT NULL",
}
_TABLES: Final[Mapping[str, str]] = {"import-result": "import_row", "rehearsal": "rehearsal"}
_OVER_ENTRIES: Final = "SELECT due FROM feedback.over_entries($1, $2)"
_DISPOSE_ENTRIES: Final = "SELECT feedback.dispose_of_entries($1, $2)"
_REQUEST: Final = """
INSERT INTO disposal (disposal_id, class, due_before, kept_for, due, requested_by, requested_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_TAKE: Final = "SELECT * FROM disposal WHERE disposal_id = $1 FOR UPDATE"
_CONFIRM: Final = """
UPDATE disposal SET (confirmed_by, confirmed_at) = ($2, $3) WHERE disposal_id = $1
"""
_DONE: Final = """
UPDATE disposal SET (disposed, done_at) = (coalesce(disposed, 0) + $2, $3) WHERE disposal_id = $1
"""


@dataclass(frozen=True, slots=True)
class Due:
    """How much of a class is due: by when it was counted, and how much of it a hold spares."""

    name: str
    before: Mapping[str, datetime]
    count: int
    held: int


@dataclass(frozen=True, slots=True)
class Disposals:
    """Counts what is due, takes requests, and carries out what another person confirms."""

    erasures: Erasures
    schedule: Schedule

    async def due(self, now: datetime) -> list[Due]:
        """Count what is due now, class by class."""
        async with self._pool.acquire() as connection, connection.transaction():
            return [
                await _count(connection, name, one.due_before(now))
                for name, one in self.schedule.classes.items()
            ]

    async def request(self, caller: Caller, name: str) -> tuple[str, Due]:
        """Ask for what is due of a class to be disposed of; return the id of the request."""
        now, disposal_id = clock.now(), clock.new_ref()
        one = self.schedule.classes[name]
        async with self._pool.acquire() as connection, connection.transaction():
            due = await _count(connection, name, one.due_before(now))
            act = Act("consultation", "disposal-requested", PURPOSE, due.count)
            await audit.write(connection, caller, act)
            await connection.execute(
                _REQUEST, disposal_id, name, _json({m: stamp(at) for m, at in due.before.items()}),
                _json(_kept_for(one, now)), due.count, caller.subject, now,
            )  # fmt: skip
        return disposal_id, due

    async def confirm(self, caller: Caller, disposal_id: str) -> int:
        """Carry out another person's request; return how much was disposed of.

        Whoever confirmed it may do so again where it was broken off. Raises Unknown, Refused.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_TAKE, disposal_id)
            if row is None or row["done_at"] or row["confirmed_by"] not in (None, caller.subject):
                raise Unknown
            if row["requested_by"] == caller.subject:
                raise Refused("same-person")
            await connection.execute(_CONFIRM, disposal_id, caller.subject, clock.now())
        before = {m: moment(at) for m, at in msgspec.json.decode(row["due_before"]).items()}
        if row["class"] == CHILD:
            return await self._children(caller, row, before)
        return await self._rows(caller, row, before)

    async def _rows(
        self, caller: Caller, row: asyncpg.Record, before: Mapping[str, datetime]
    ) -> int:
        (over,) = before.values()
        async with self._pool.acquire() as connection, connection.transaction():
            held = await _held(connection)
            count = await _dispose(connection, row["class"], over, held)
            await self._done(connection, caller, row, count)
        return count

    async def _children(
        self, caller: Caller, row: asyncpg.Record, before: Mapping[str, datetime]
    ) -> int:
        """Erase each child that is due, and is so still: both people's word stands for each."""
        asked_by = Caller(row["requested_by"], caller.agency, ROLE)
        async with self._pool.acquire() as connection, connection.transaction():
            refs, _ = await _children(connection, before)
        for ref in refs:
            try:
                erasure_id = await self.erasures.request(asked_by, ref, "retention-over")
            except (Refused, Unknown):  # a hold came meanwhile, or the record went to another child
                continue
            await self.erasures.confirm(caller, erasure_id)
        async with self._pool.acquire() as connection, connection.transaction():
            await self._done(connection, caller, row, len(refs))
        return len(refs)

    async def _done(
        self, connection: Connection, caller: Caller, row: asyncpg.Record, count: int
    ) -> None:
        act = Act("erasure", "time-over-disposed", PURPOSE, count)
        await audit.write(connection, caller, act)
        await connection.execute(_DONE, row["disposal_id"], count, clock.now())

    @property
    def _pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        return self.erasures.pool


async def _count(connection: Connection, name: str, before: Mapping[str, datetime]) -> Due:
    if name == CHILD:
        refs, held = await _children(connection, before)
        return Due(name, before, len(refs), held)
    (over,) = before.values()
    held_refs = await _held(connection)
    counts = [await _over(connection, name, over, refs) for refs in ([], held_refs)]
    return Due(name, before, counts[1], counts[0] - counts[1])


async def _over(connection: Connection, name: str, over: datetime, held: list[str]) -> int:
    if name in _ROWS:
        query = f"SELECT count(*) FROM {_TABLES[name]} WHERE {_ROWS[name]}"  # noqa: S608 - our words
    else:
        query = _OVER_ENTRIES
    return int(await connection.fetchval(query, over, held))


async def _dispose(connection: Connection, name: str, over: datetime, held: list[str]) -> int:
    if name not in _ROWS:
        return int(await connection.fetchval(_DISPOSE_ENTRIES, over, held))
    query = f"DELETE FROM {_TABLES[name]} WHERE {_ROWS[name]}"  # noqa: S608 - our words
    return int((await connection.execute(query, over, held)).rpartition(" ")[2])


async def _children(
    connection: Connection, before: Mapping[str, datetime]
) -> tuple[list[str], int]:
    """Who is due, and how many more are held."""
    held = await _held(connection)
    rows = await connection.fetch(_CHILDREN, before["birth-date"], before["last-event"], held)
    due = [row["child_ref"] for row in rows if not row["held"]]
    return due, len(rows) - len(due)


async def _held(connection: Connection) -> list[str]:
    return [row["child_ref"] for row in await connection.fetch(_HELD)]


def _kept_for(one: Class, now: datetime) -> dict[str, dict[str, Any]]:
    lines = {moment: one.holding(moment, now.date()) for moment in one.times}
    return {
        moment: {"value": line.value, "unit": line.unit, "standing": line.standing}
        for moment, line in lines.items()
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
