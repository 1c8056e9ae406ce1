"""Which children has a judge not answered on, though it has answered all it was sent?

Those are published again: a message lost anywhere between chronology and ledger heals. Looked at is
whose version is new, as chronology has noted with it; and all children, some in each pass, once a
day and where an epoch or a judge is new.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from asyncpg import Pool, Record

from services.ledger import handlers
from services.ledger.beliefs import Pair
from services.ledger.settings import Settings
from services.ledger.store import Connection
from services.runtime import clock, metrics
from services.runtime.lag import LagReader

_MAX_SAMPLES: Final = 720

# One ledger at a time sweeps; the others find nothing to do.
_ALONE: Final = "SELECT pg_try_advisory_xact_lock(hashtext('ledger sweep'))"
_TAKE: Final = "SELECT chronology.take_changed($1)"
_STANDING: Final = """
SELECT current, ARRAY(SELECT name FROM judge ORDER BY name) AS judges FROM epoch
"""
_REACHED: Final = "SELECT began_at, epoch, judges, after FROM whole_look"
_NEXT: Final = """
SELECT child_ref FROM chronology.child_position WHERE child_ref > $1 ORDER BY child_ref LIMIT $2
"""
_LOOKED: Final = """
INSERT INTO whole_look (began_at, epoch, judges, after) VALUES ($1, $2, $3, $4)
ON CONFLICT (single) DO UPDATE SET (began_at, epoch, judges, after)
    = (excluded.began_at, excluded.epoch, excluded.judges, excluded.after)
"""
# In an order, as verdicts take it off again: neither waits for what the other holds.
_NOTICE: Final = """
INSERT INTO sweep (child_ref, judge, version, since, next_at)
SELECT position.child_ref, asked.judge, position.version,
       $1::timestamptz, $1::timestamptz + $2::interval
FROM unnest($3::text[]) AS looked (child_ref)
JOIN chronology.child_position AS position USING (child_ref)
CROSS JOIN unnest($4::text[]) AS asked (judge)
LEFT JOIN verdict ON (verdict.child_ref, verdict.judge) = (position.child_ref, asked.judge)
WHERE position.version > coalesce(verdict.version, 0) OR verdict.epoch < $5
ORDER BY position.child_ref, asked.judge
ON CONFLICT (child_ref, judge) DO UPDATE
SET (version, since, tries, next_at) = (excluded.version, excluded.since, 0, excluded.next_at)
WHERE sweep.version < excluded.version
"""
_FORGET_ANSWERED: Final = """
DELETE FROM sweep USING (
    SELECT child_ref, judge FROM sweep AS silent
    WHERE (next_at <= $1 OR child_ref = ANY($2::text[])) AND (judge <> ALL ($3::text[]) OR EXISTS (
        SELECT FROM verdict
        WHERE (verdict.child_ref, verdict.judge) = (silent.child_ref, silent.judge)
          AND verdict.version >= silent.version AND verdict.epoch >= $4))
    FOR UPDATE SKIP LOCKED) AS answered
WHERE (sweep.child_ref, sweep.judge) = (answered.child_ref, answered.judge)
"""
_CLAIM: Final = """
UPDATE sweep
SET tries = tries + 1, next_at = CASE
    WHEN tries + 1 >= $2 THEN 'infinity'
    ELSE $1::timestamptz + least($3::interval * 2 ^ (tries + 1), $4::interval) END
FROM (
    SELECT silent.child_ref, silent.judge FROM sweep AS silent
    JOIN unnest($5::text[], $6::timestamptz[]) AS judge (name, caught_up_at)
        ON judge.name = silent.judge AND silent.next_at <= judge.caught_up_at
    WHERE silent.next_at <= $1::timestamptz
    ORDER BY silent.next_at LIMIT $7 FOR UPDATE OF silent SKIP LOCKED
) AS due
WHERE (sweep.child_ref, sweep.judge) = (due.child_ref, due.judge)
RETURNING sweep.child_ref, sweep.judge
"""
_REQUEST: Final = "SELECT chronology.request_publication(ref) FROM unnest($1::text[]) AS ref"
_GIVEN_UP: Final = "SELECT judge, count(*) FROM sweep WHERE next_at = 'infinity' GROUP BY judge"
_OLDEST: Final = """
SELECT name AS judge, (SELECT min(since) FROM sweep WHERE judge = name) AS since FROM judge
"""

MOST: Final = 10_000
"""How many children one pass looks at: of those who changed, and of all where they are due."""
EVERYBODY_AGAIN: Final = timedelta(days=1)
"""How often all children are looked at, come what may."""


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
    async with pool.acquire() as connection:
        async with connection.transaction():
            if not await connection.fetchval(_ALONE):
                return []
            looked = await _notice(connection, now, settings.sweep_after)
        async with connection.transaction():  # of its own: it waits for chronology's writers
            if not await connection.fetchval(_ALONE):
                return []
            epoch, judges = await _standing(connection)
            await connection.execute(_FORGET_ANSWERED, now, looked, judges, epoch)
            patience = (settings.sweep_tries, settings.sweep_after, settings.sweep_longest)
            asked = (list(known), list(known.values()), settings.sweep_children)
            rows = await connection.fetch(_CLAIM, now, *patience, *asked)
            swept = [(row["child_ref"], row["judge"]) for row in rows]
            await connection.execute(_REQUEST, sorted({child_ref for child_ref, _ in swept}))
            given_up = {row["judge"]: row["count"] for row in await connection.fetch(_GIVEN_UP)}
            silent = {row["judge"]: row["since"] for row in await connection.fetch(_OLDEST)}
    _count(settings.judges, swept, given_up)
    for judge in settings.judges:
        waited = now - (silent.get(judge) or now)
        metrics.UNJUDGED_AGE.labels(judge).set(max(waited.total_seconds(), 0.0))
    return swept


async def _notice(connection: Connection, now: datetime, after: timedelta) -> list[str]:
    """Note on whom a judge has not answered, of those who are to be looked at; return these."""
    changed = {row[0] for row in await connection.fetch(_TAKE, MOST)}
    epoch, judges = await _standing(connection)
    changed.update(await _everybody(connection, now, epoch, judges))
    await connection.execute(_NOTICE, now, after, list(changed), judges, epoch)
    return list(changed)


async def _standing(connection: Connection) -> tuple[int, list[str]]:
    """Return which epoch counts, and which judges are deployed."""
    row = await connection.fetchrow(_STANDING)
    if row is None:
        raise LookupError("the ledger has no epoch")
    return row["current"], row["judges"]


async def _everybody(
    connection: Connection, now: datetime, epoch: int, judges: list[str]
) -> list[str]:
    """Return the next of all children, where these are to be looked at."""
    began_at, after = now, ""
    reached = await connection.fetchrow(_REACHED)
    if reached is not None and (reached["epoch"], reached["judges"]) == (epoch, judges):
        if reached["after"] is not None:
            began_at, after = reached["began_at"], reached["after"]
        elif reached["began_at"] > now - EVERYBODY_AGAIN:
            return []
    each = [row["child_ref"] for row in await connection.fetch(_NEXT, after, MOST)]
    upto = each[-1] if len(each) == MOST else None
    await connection.execute(_LOOKED, began_at, epoch, judges, upto)
    return each


def _count(judges: Iterable[str], swept: Sequence[Pair], given_up: Mapping[str, int]) -> None:
    """Count what was published again, and how many children a judge stays silent about."""
    for judge, count in Counter(judge for _, judge in swept).items():
        metrics.SWEPT.labels(judge).inc(count)
    for judge in judges:
        metrics.SWEEP_GIVEN_UP.labels(judge).set(given_up.get(judge, 0))
