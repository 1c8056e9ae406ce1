"""Who waits for the matcher, whose turn is it, and what is set aside?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from services.intake import store
from services.intake.retracted import Connection
from services.runtime import clock

# One matcher decides at a time: links of one child, decided by two, could cross. The lock is the
# session's, so it is gone when the connection is; the pool lets go of it on release.
_ALONE = "SELECT pg_try_advisory_lock(hashtextextended('intake matcher', 0))"
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('intake matcher', 0))"
_UNMATCHED = """
SELECT receipt, record_ref FROM event WHERE matched_at IS NULL AND match_parked_at IS NULL
ORDER BY received_at, receipt LIMIT $1
"""
_PARK = "UPDATE event SET match_parked_at = $2, match_parked_reason = $3 WHERE receipt = $1"
_RELEASE = """
UPDATE event SET match_parked_at = NULL, match_parked_reason = NULL
WHERE match_parked_at IS NOT NULL
"""
_RETRACTED = """
WITH RECURSIVE down AS (
    SELECT receipt AS cause, target_source, target_id FROM retraction WHERE receipt = ANY($1)
    UNION
    SELECT cause, r.target_source, r.target_id
    FROM down JOIN event AS e ON (e.source, e.id) = (down.target_source, down.target_id)
    JOIN retraction AS r ON r.receipt = e.receipt)
SELECT DISTINCT cause, record_ref
FROM down JOIN event AS e ON (e.source, e.id) = (down.target_source, down.target_id)
WHERE record_ref IS NOT NULL
"""
_ASKED = "SELECT seq, record_ref FROM rematch ORDER BY seq LIMIT $1"
_ASK = "INSERT INTO rematch (record_ref) SELECT unnest($1::text[])"
ANSWERED = "DELETE FROM rematch WHERE seq = ANY($1)"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Events that the matcher has not seen, and the records that each concerns."""

    receipts: Sequence[str]
    concerns: Mapping[str, set[str]]
    """By record_ref: the receipts of this batch that concern it, retractions of its events too."""
    asked: Mapping[int, str]
    """By number of the request, the record that is to be judged again."""

    @property
    def records(self) -> set[str]:
        """All records to be judged."""
        return {*self.concerns, *self.asked.values()}


async def alone(connection: Connection) -> bool:
    """Become the one matcher for as long as this connection is held; False if another one is."""
    return bool(await connection.fetchval(_ALONE))


async def await_turn(connection: Connection) -> None:
    """Wait until no matcher decides, and keep them waiting until the caller's transaction ends."""
    await connection.execute(_TURN)


async def unmatched(connection: Connection, limit: int) -> Unmatched:
    """Return the longest waiting events; before them, whom somebody wants judged again."""
    asked = {row["seq"]: row["record_ref"] for row in await connection.fetch(_ASKED, limit)}
    if asked:
        return Unmatched((), {}, asked)
    rows = await connection.fetch(_UNMATCHED, limit)
    receipts = [row["receipt"] for row in rows]
    concerns: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["record_ref"] is not None:
            concerns[row["record_ref"]].add(row["receipt"])
    for row in await connection.fetch(_RETRACTED, receipts):
        concerns[row["record_ref"]].add(row["cause"])
    return Unmatched(receipts, concerns, {})


async def ask(connection: store.Connection, records: Iterable[str]) -> None:
    """Have records judged again although no event came."""
    await connection.execute(_ASK, sorted(records))


async def park(pool: "asyncpg.Pool[asyncpg.Record]", receipt: str, reason: str) -> None:
    """Set aside an event that cannot be matched, so that it stops no other."""
    await pool.execute(_PARK, receipt, clock.now(), reason)


async def release(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    """Have all that was set aside tried again."""
    await pool.execute(_RELEASE)


async def drop_request(pool: "asyncpg.Pool[asyncpg.Record]", seq: int) -> None:
    """Judge a record not again that cannot be judged, so that it stops no other."""
    await pool.execute(ANSWERED, [seq])
