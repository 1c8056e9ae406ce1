"""Which children has a judge not answered on, though it has answered all it was sent?

Those are published again: a message lost anywhere between chronology and ledger heals.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from asyncpg import Pool, Record

from services.ledger import handlers
from services.ledger.beliefs import Pair
from services.ledger.settings import Settings
from services.runtime import clock, metrics
from services.runtime.lag import LagReader

_MAX_SAMPLES: Final = 720

# One ledger at a time sweeps; the others find nothing to do.
_ALONE: Final = "SELECT pg_try_advisory_xact_lock(hashtext('ledger sweep'))"
_NOTICE: Final = """
INSERT INTO sweep (child_ref, judge, version, since, next_at)
SELECT position.child_ref, judge.name, position.version,
       $1::timestamptz, $1::timestamptz + $2::interval
FROM judge CROSS JOIN chronology.child_position AS position
LEFT JOIN verdict ON (verdict.child_ref, verdict.judge) = (position.child_ref, judge.name)
WHERE position.version > coalesce(verdict.version, 0)
   OR verdict.epoch < (SELECT current FROM epoch)
ON CONFLICT (child_ref, judge) DO UPDATE
SET (version, since, tries, next_at) = (excluded.version, excluded.since, 0, excluded.next_at)
WHERE sweep.version < excluded.version
"""
_FORGET_ANSWERED: Final = """
DELETE FROM sweep
WHERE judge NOT IN (SELECT name FROM judge) OR EXISTS (
    SELECT FROM verdict
    WHERE (verdict.child_ref, verdict.judge) = (sweep.child_ref, sweep.judge)
      AND verdict.version >= sweep.version AND verdict.epoch >= (SELECT current FROM epoch))
"""
_CLAIM: Final = """
UPDATE sweep
SET tries = tries + 1,
    next_at = $1::timestamptz + least($3::interval * 2 ^ (tries + 1), $4::interval)
FROM (
    SELECT silent.child_ref, silent.judge FROM sweep AS silent
    JOIN unnest($5::text[], $6::timestamptz[]) AS judge (name, caught_up_at)
        ON judge.name = silent.judge AND silent.next_at <= judge.caught_up_at
    WHERE silent.next_at <= $1::timestamptz AND silent.tries < $2
    ORDER BY silent.next_at LIMIT $7
) AS due
WHERE (sweep.child_ref, sweep.judge) = (due.child_ref, due.judge)
RETURNING sweep.child_ref, sweep.judge
"""
_REQUEST: Final = "SELECT chronology.request_publication(ref) FROM unnest($1::text[]) AS ref"
_GIVEN_UP: Final = "SELECT judge, count(*) FROM sweep WHERE tries >= $1 GROUP BY judge"
_OLDEST: Final = "SELECT judge, min(since) AS since FROM sweep GROUP BY judge"


class CaughtUp:
    """Until which moment has a group answered all that there was? Under steady load lag never is 0.

    `at` is the latest moment such that all messages there were then have been acknowledged since.
    """

    def __init__(self) -> None:
        self.at: datetime | None = None
        self._ends: deque[tuple[datetime, Mapping[Hashable, int]]] = deque()

    def see(self, now: datetime, lag: Mapping[Hashable, tuple[int, int]]) -> None:
        """Note (acknowledged offset, messages beyond) of each partition, read at or after `now`."""
        if len(self._ends) < _MAX_SAMPLES:
            self._ends.append((now, {place: at + n for place, (at, n) in lag.items()}))
        while self._ends and _reached(self._ends[0][1], lag):
            self.at = self._ends.popleft()[0]


def _reached(ends: Mapping[Hashable, int], lag: Mapping[Hashable, tuple[int, int]]) -> bool:
    return all(place in lag and lag[place][0] >= end for place, end in ends.items())


def both(judge: CaughtUp, ledger: CaughtUp) -> datetime | None:
    """Return the moment until which a judge has answered and the ledger has heard it."""
    if judge.at is None or ledger.at is None:
        return None
    return min(judge.at, ledger.at)


async def run(
    pool: "Pool[Record]", settings: Settings, service: str, topics: Sequence[str]
) -> None:
    """Sweep for ever."""
    ledger = CaughtUp()
    judges = {judge: CaughtUp() for judge in settings.judges}
    async with LagReader(settings.kafka_bootstrap) as reader:
        while True:
            now = clock.now()
            for judge, caught_up in judges.items():
                caught_up.see(now, await reader.lag(judge, [handlers.CHRONOLOGIES]))
            ledger.see(now, await reader.lag(service, topics))
            until = {judge: both(caught_up, ledger) for judge, caught_up in judges.items()}
            await once(pool, settings, now, until)
            await asyncio.sleep(settings.sweep_every.total_seconds())


async def once(
    pool: "Pool[Record]",
    settings: Settings,
    now: datetime,
    caught_up: Mapping[str, datetime | None],
) -> list[Pair]:
    """Make one pass; return whom it published again, and because of which judge.

    Silence counts from when it was noticed, and only if the judge has caught up with what there
    was `sweep_after` later: what is merely on its way is left alone.
    """
    known = {judge: at for judge, at in caught_up.items() if at is not None}
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_ALONE):
            return []
        await connection.execute(_FORGET_ANSWERED)
        await connection.execute(_NOTICE, now, settings.sweep_after)
        patience = (settings.sweep_tries, settings.sweep_after, settings.sweep_longest)
        judges = (list(known), list(known.values()), settings.sweep_children)
        rows = await connection.fetch(_CLAIM, now, *patience, *judges)
        swept = [(row["child_ref"], row["judge"]) for row in rows]
        await connection.execute(_REQUEST, sorted({child_ref for child_ref, _ in swept}))
        rows = await connection.fetch(_GIVEN_UP, settings.sweep_tries)
        given_up = {row["judge"]: row["count"] for row in rows}
        oldest = {row["judge"]: row["since"] for row in await connection.fetch(_OLDEST)}
    _count(settings.judges, swept, given_up)
    for judge in settings.judges:
        waited = now - oldest.get(judge, now)
        metrics.UNJUDGED_AGE.labels(judge).set(max(waited.total_seconds(), 0.0))
    return swept


def _count(judges: Iterable[str], swept: Sequence[Pair], given_up: Mapping[str, int]) -> None:
    """Count what was published again, and how many children a judge stays silent about."""
    for judge, count in Counter(judge for _, judge in swept).items():
        metrics.SWEPT.labels(judge).inc(count)
    for judge in judges:
        metrics.SWEEP_GIVEN_UP.labels(judge).set(given_up.get(judge, 0))
