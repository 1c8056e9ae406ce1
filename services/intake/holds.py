"""Who may not be erased or disposed of, and why? A legal hold: set and lifted by people, on record.

A hold stands on every record that the child has when it is set, whoever they are linked to later.
"""

from typing import Final, Literal

import asyncpg

from services.intake import destroying
from services.intake.erasing import Unknown
from services.runtime import audit, clock
from services.runtime.audit import Act
from services.runtime.auth import Caller

Why = Literal[
    "public-inquiry", "court-proceedings", "investigation", "complaint", "learning-review"
]
WhyNot = Literal["ended", "set-in-error"]

_SET: Final = """
INSERT INTO legal_hold (hold_id, record_ref, reason, set_by, set_at)
SELECT $1, ref, $3, $4, $5 FROM unnest($2::text[]) AS ref
"""
_LIFT: Final = """
WITH lifted AS (
    UPDATE legal_hold SET (lifted_by, lifted_at, lifted_for) = ($2, $3, $4)
    WHERE hold_id = $1 AND lifted_at IS NULL RETURNING record_ref)
SELECT DISTINCT child_ref FROM lifted JOIN record USING (record_ref)
"""


async def put(
    pool: "asyncpg.Pool[asyncpg.Record]", caller: Caller, child_ref: str, reason: Why
) -> str:
    """Put a hold on a child; return its id. Raises Unknown."""
    hold_id = clock.new_ref()
    async with pool.acquire() as connection, connection.transaction():
        records = [ref for ref, _ in await destroying.records_of(connection, child_ref)]
        if not records:
            raise Unknown
        act = Act("alteration", "hold-set", reason, len(records), children=[child_ref])
        await audit.write(connection, caller, act)
        now = clock.now()
        await connection.execute(_SET, hold_id, records, reason, caller.subject, now)
    return hold_id


async def lift(
    pool: "asyncpg.Pool[asyncpg.Record]", caller: Caller, hold_id: str, reason: WhyNot
) -> None:
    """Lift a hold. Raises Unknown where none stands under this id."""
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(_LIFT, hold_id, caller.subject, clock.now(), reason)
        if not rows:
            raise Unknown
        children = [row["child_ref"] for row in rows]
        act = Act("alteration", "hold-lifted", reason, len(rows), children=children)
        await audit.write(connection, caller, act)
