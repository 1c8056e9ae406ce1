"""Has all that was published reached chronology? What has not is published again.

The broker has acknowledged it, and chronology has acknowledged all that the broker had: whatever
is not there then got lost on the way. Chronology takes the same message twice without harm.
"""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from services.runtime import clock, log, metrics, postgres
from services.runtime.guard import NotNow
from services.runtime.lag import LagReader

READER: Final = "chronology"
EVERY_SECONDS: Final = 60.0
PAGE: Final = 1_000
TRIES: Final = 5
LOOKED_AT: Final = timedelta(days=7)
"""How long ago a row may have been published: as long as the topics keep it."""

_log = log.get(__name__)

# Only the last row of an event or a record counts: the ones before it, it has overtaken.
_PAGE: Final = """
WITH page AS MATERIALIZED (
    SELECT seq, receipt, topic, key, value, published_at, resent FROM outbox
    WHERE published_at >= $1 AND (published_at, seq) > ($1, $2) AND published_at <= $3
    ORDER BY published_at, seq LIMIT $4),
absent AS MATERIALIZED (
    SELECT o.seq, o.topic, o.key, o.value, o.published_at, o.resent,
           'revision' AS name, e.revision::bigint AS last
    FROM page o JOIN event e USING (receipt)
    LEFT JOIN chronology.event_position p ON p.source = e.source AND p.id = e.id
    WHERE p.source IS NULL
       OR (p.feature_version, p.revision) < (e.feature_version, e.revision)
    UNION ALL
    SELECT o.seq, o.topic, o.key, o.value, o.published_at, o.resent, 'link_version', r.link_version
    FROM page o JOIN record r ON r.record_ref = convert_from(o.key, 'UTF8')
    LEFT JOIN chronology.record_position p ON p.record_ref = r.record_ref
    WHERE o.receipt IS NULL AND coalesce(p.link_version, 0) < r.link_version),
lost AS MATERIALIZED (
    SELECT seq, topic, published_at, resent FROM absent
    CROSS JOIN LATERAL (SELECT convert_from(value, 'UTF8')::json AS said) AS message
    WHERE coalesce(said ->> name, said -> 'facts' ->> name)::bigint = last
      AND NOT EXISTS (
          SELECT FROM chronology.dead_letter d
          WHERE d.topic = absent.topic AND d.redriven_at IS NULL
            AND d.digest = sha256(absent.key || '\\x00'::bytea || absent.value)))
SELECT (SELECT count(*) FROM page) AS rows,
       (SELECT max(published_at) FROM page) AS last_at,
       (SELECT seq FROM page ORDER BY published_at DESC, seq DESC LIMIT 1) AS last_seq,
       ARRAY(SELECT seq FROM lost WHERE resent < $5
             AND published_at <= $6::timestamptz - $7::interval * 2 ^ resent) AS due,
       (SELECT count(*) FROM lost WHERE resent >= $5) AS given_up
"""
_AGAIN: Final = """
UPDATE outbox SET published_at = NULL, resent = resent + 1
WHERE seq = ANY($1) AND published_at IS NOT NULL RETURNING topic
"""


class Reconciler:
    """Looks through what was published in the last days; `after` so long it may be on its way."""

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", after: timedelta, page: int = PAGE
    ) -> None:
        self._pool = pool
        self._after = after
        self._page = page

    async def run(self, bootstrap: str, topics: Sequence[str]) -> None:
        """Reconcile every minute until cancelled; waits while database or broker is away."""
        seen = CaughtUp()
        async with LagReader(bootstrap) as reader:

            async def once() -> None:
                now = clock.now()
                seen.see(now, await reader.lag(READER, topics))
                if seen.at is not None:
                    await self.reconcile(now, seen.at)

            while True:
                await postgres.patiently(once, also=(NotNow,))
                await asyncio.sleep(EVERY_SECONDS)

    async def reconcile(self, now: datetime, caught_up: datetime) -> int:
        """Look through all once; return how many messages are to be published again.

        Chronology has acknowledged everything that was on its topics at `caught_up`.
        """
        until = min(now - self._after, caught_up)
        at, seq, sent, given_up = now - LOOKED_AT, 0, 0, 0
        while True:
            found = await self._pool.fetchrow(
                _PAGE, at, seq, until, self._page, TRIES, now, self._after
            )
            assert found is not None  # noqa: S101 - a row of sub-selects is always there
            sent += await self._again(found["due"])
            given_up += found["given_up"]
            if found["rows"] < self._page:
                break
            at, seq = found["last_at"], found["last_seq"]
        metrics.RECONCILE_GIVEN_UP.set(given_up)
        return sent

    async def _again(self, due: Sequence[int]) -> int:
        rows = await self._pool.fetch(_AGAIN, due) if due else []
        for row in rows:
            metrics.RECONCILED.labels(row["topic"]).inc()
        if rows:
            _log.warning("lost on the way, published again", count=len(rows))
        return len(rows)


class CaughtUp:
    """Until which moment has a group acknowledged all that there was? None: not yet known."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self._asked_at = datetime.min.replace(tzinfo=UTC)
        self._ends: Mapping[Hashable, int] | None = None

    def see(self, now: datetime, lag: Mapping[Hashable, tuple[int, int]]) -> None:
        """Note (acknowledged offset, messages beyond) of each partition, read at or after `now`."""
        ends = self._ends
        if ends is not None and all(lag.get(place, (-1, 0))[0] >= ends[place] for place in ends):
            self.at, self._ends = self._asked_at, None
        if self._ends is None:
            self._asked_at, self._ends = now, {place: at + n for place, (at, n) in lag.items()}
