"""How does what was committed get to the broker, for certain and without blocking anybody?

Rows of the outbox are published and marked once the broker has acknowledged them. Any number of
relays may run: each takes rows that no other holds. A crash lets go of them; they are then
published again, which changes nothing for anyone who reads them.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NoReturn, Protocol

import asyncpg

from services.intake.reconciler import Reconciler
from services.intake.settings import Settings
from services.intake.workers import Step, Worker
from services.runtime import clock, kafka, log, metrics, postgres, tracing
from services.runtime.contracts import Contracts
from services.runtime.guard import NotNow
from services.runtime.status import Progress

SERVICE: Final = "intake-relay"
BATCH: Final = 1000
POLL_SECONDS: Final = 0.025
MEASURE_SECONDS: Final = 5.0
PRUNE_SECONDS: Final = 600.0
PRUNE_BATCH: Final = 5000
KEPT: Final = timedelta(days=14)
"""How long published rows stay: twice what the events topics keep, for feeding them again."""

_log = log.get(__name__)

# Not "seq greater than the last": what commits late has a lower one and would never go out.
_TAKE = """
SELECT seq, receipt, topic, key, value, traceparent FROM outbox
WHERE published_at IS NULL AND parked_at IS NULL
ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_PUBLISHED = "UPDATE outbox SET published_at = $2 WHERE seq = ANY($1)"
_PARKED = "UPDATE outbox SET parked_at = $3, parked_reason = $2 WHERE seq = $1"
# In one order with the matcher, which writes the same rows.
_EVENTS_PUBLISHED = """
WITH first AS MATERIALIZED (
    SELECT receipt FROM event WHERE receipt = ANY($1) AND published_at IS NULL
    ORDER BY receipt FOR NO KEY UPDATE)
UPDATE event SET published_at = $2 FROM first WHERE event.receipt = first.receipt
"""
_PRUNE = """
DELETE FROM outbox WHERE seq IN (
    SELECT seq FROM outbox WHERE published_at < $1 ORDER BY published_at LIMIT $2)
"""
_WAITING = """
SELECT count(*) AS rows, min(created_at) AS oldest FROM outbox
WHERE published_at IS NULL AND parked_at IS NULL
"""
_PARKED_ROWS = "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL"


def _passed_on(row: asyncpg.Record, now: datetime) -> str | None:
    """Say on its trace, if it has one, that a row goes to the broker."""
    if row["traceparent"] is None:
        return None
    return tracing.mark("relayed", row["traceparent"], now, {"topic": row["topic"]})


class Publisher(Protocol):
    """Sends messages and answers for each: acknowledged (None) or refused for ever."""

    async def publish(self, messages: Sequence[kafka.Outgoing]) -> list[kafka.Refused | None]:
        """Publish; raises NotNow when the broker is away."""


class Relay:
    """Takes waiting rows, publishes them, awaits the acknowledgements, marks them."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        publisher: Publisher,
        progress: Progress | None = None,
    ) -> None:
        self._pool = pool
        self._publisher = publisher
        self._progress = progress or Progress()

    async def run(self) -> None:
        """Relay until cancelled; waits while the database or the broker is away."""
        while True:
            taken = await postgres.patiently(self.relay, also=(NotNow,), waiting=self._wait)
            self._progress.moved()
            if taken < BATCH:
                await asyncio.sleep(POLL_SECONDS)

    def _wait(self, _: Exception) -> None:
        self._progress.wait()

    async def relay(self) -> int:
        """Publish one batch; return how many rows it had.

        The transaction holds their locks until the broker has answered; the session's time limit
        ends it, and so releases them, should the broker stay silent.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_TAKE, BATCH)
            if rows:
                now = clock.now()
                outgoing = [
                    tracing.on((row["topic"], row["key"], row["value"]), _passed_on(row, now))
                    for row in rows
                ]
                outcomes = await self._publisher.publish(outgoing)
                await _mark(connection, rows, outcomes)
        return len(rows)

    async def watch(self) -> None:
        """Measure every few seconds until cancelled."""
        while True:
            await self.measure()
            await asyncio.sleep(MEASURE_SECONDS)

    async def tidy(self) -> None:
        """Prune every few minutes until cancelled."""
        while True:
            await self.prune()
            await asyncio.sleep(PRUNE_SECONDS)

    async def measure(self) -> None:
        """Set the gauges: rows that wait, the age of the oldest, rows parked."""
        waiting = await self._pool.fetchrow(_WAITING)
        if waiting is None:
            return
        oldest = waiting["oldest"]
        age = (clock.now() - oldest).total_seconds() if oldest else 0.0
        metrics.OUTBOX_DEPTH.set(waiting["rows"])
        metrics.OUTBOX_AGE.set(max(age, 0.0))
        metrics.RELAY_PARKED_WAITING.set(await self._pool.fetchval(_PARKED_ROWS))

    async def prune(self) -> None:
        """Delete rows published longer ago than they are kept, a batch at a time."""
        before = clock.now() - KEPT
        full = f"DELETE {PRUNE_BATCH}"
        while await self._pool.execute(_PRUNE, before, PRUNE_BATCH) == full:
            pass


async def _mark(
    connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]",
    rows: Sequence[asyncpg.Record],
    outcomes: Sequence[kafka.Refused | None],
) -> None:
    """Remember what the broker has acknowledged, and set aside what it refuses for ever."""
    now = clock.now()
    published = [row for row, outcome in zip(rows, outcomes, strict=True) if outcome is None]
    receipts = [row["receipt"] for row in published if row["receipt"] is not None]
    await connection.execute(_PUBLISHED, [row["seq"] for row in published], now)
    await connection.execute(_EVENTS_PUBLISHED, receipts, now)
    for row, outcome in zip(rows, outcomes, strict=True):
        if outcome is not None:
            await connection.execute(_PARKED, row["seq"], outcome.reason, now)
            metrics.RELAY_PARKED.labels(row["topic"], outcome.reason).inc()
            _log.error("outbox row parked", topic=row["topic"], reason=outcome.reason)


def main() -> NoReturn:
    """Relay until told to stop."""
    settings = Settings.load()
    owned = Contracts.load(settings.schemas).topics.values()
    topics = [topic.name for topic in owned if topic.owner == "intake"]

    async def steps(worker: Worker) -> Sequence[Step]:
        relay = Relay(worker.pool, worker.publisher, worker.progress)
        reconciler = Reconciler(worker.pool, settings.reconcile_after)

        async def reconcile() -> None:
            await reconciler.run(settings.kafka_bootstrap, topics)

        return relay.run, relay.watch, relay.tidy, reconcile

    Worker(SERVICE, settings, steps).main()


if __name__ == "__main__":
    main()
