"""Who is at work on what of the queue? A claim lasts half an hour; who sees the work sees it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Pool, Record

from services.runtime import audit
from services.runtime.audit import Act
from services.runtime.auth import Caller

LASTS: Final = timedelta(minutes=30)
PURPOSE: Final = "supervision"
_TIDY: Final = "DELETE FROM claim WHERE ends_at <= $1"
_TAKE: Final = """
INSERT INTO claim (gap_id, subject, agency, claimed_at, ends_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (gap_id) DO UPDATE SET (subject, agency, claimed_at, ends_at) = ($2, $3, $4, $5)
    WHERE (claim.subject, claim.agency) = ($2, $3)
RETURNING gap_id
"""
_RELEASE: Final = """
DELETE FROM claim WHERE gap_id = $1 AND (subject, agency) = ($2, $3) RETURNING gap_id
"""
_HELD: Final = """
SELECT gap_id, subject, agency, ends_at FROM claim WHERE gap_id = ANY($1::uuid[]) AND ends_at > $2
"""
_ALL: Final = "SELECT gap_id, subject, agency, ends_at FROM claim WHERE ends_at > $1"


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody's claim, and until when it holds."""

    subject: str
    agency: str
    ends_at: datetime

    def is_of(self, caller: Caller) -> bool:
        """Say whether it is this person's."""
        return (self.subject, self.agency) == (caller.subject, caller.agency)


async def take(
    pool: "Pool[Record]", caller: Caller, gap_id: UUID, child_ref: str, now: datetime
) -> bool:
    """Claim a piece of work, or claim it for longer; False if another has it. On record."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_TIDY, now)
        who = (caller.subject, caller.agency)
        taken = await connection.fetchval(_TAKE, gap_id, *who, now, now + LASTS)
        done = taken is not None
        await audit.write(connection, caller, _act("work-claimed", gap_id, child_ref, done=done))
    return taken is not None


async def release(pool: "Pool[Record]", caller: Caller, gap_id: UUID, child_ref: str) -> bool:
    """Give a claim of one's own back; False if there is none. On record."""
    async with pool.acquire() as connection, connection.transaction():
        given = await connection.fetchval(_RELEASE, gap_id, caller.subject, caller.agency)
        done = given is not None
        await audit.write(connection, caller, _act("work-released", gap_id, child_ref, done=done))
    return given is not None


async def end(pool: "Pool[Record]", caller: Caller, gap_id: UUID) -> None:
    """End a claim of one's own because what it was for is done, which is on record itself."""
    await pool.execute(_RELEASE, gap_id, caller.subject, caller.agency)


async def held(pool: "Pool[Record]", gap_ids: Collection[UUID], now: datetime) -> dict[UUID, Claim]:
    """Return the claims that hold on some pieces of work, by their gaps."""
    return _read(await pool.fetch(_HELD, list(gap_ids), now)) if gap_ids else {}


async def every(pool: "Pool[Record]", now: datetime) -> dict[UUID, Claim]:
    """Return all claims that hold: there are as many as people at work."""
    return _read(await pool.fetch(_ALL, now))


def _read(rows: Collection[Record]) -> dict[UUID, Claim]:
    return {row["gap_id"]: Claim(row["subject"], row["agency"], row["ends_at"]) for row in rows}


def _act(action: str, gap_id: UUID, child_ref: str, *, done: bool) -> Act:
    """Put on record also what was tried and not done: it wrote no row."""
    return Act("alteration", action, PURPOSE, int(done), children=[child_ref], about=str(gap_id))
