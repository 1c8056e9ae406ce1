"""How does every version of a chronology that counts get to the broker?

Rows of `publication` are claimed by a lease: should this process die, another one publishes them
again, which changes nothing. A version that came meanwhile keeps its row.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

import asyncpg

from services.chronology.compose import Composed, compose
from services.runtime import kafka, log, metrics, postgres
from services.runtime.guard import NotNow

TOPIC: Final = "child.chronologies"
SERVICE: Final = "chronology"
BATCH: Final = 200
POLL_SECONDS: Final = 0.02
LARGE_BYTES: Final = 4 * 1024 * 1024

_log = log.get(__name__)

# The lease is longer than a publication may take (kafka.PUBLISH_SECONDS).
_CLAIM = """
UPDATE publication SET claimed_until = clock_timestamp() + interval '60 seconds'
WHERE child_ref IN (
    SELECT child_ref FROM publication
    WHERE due_at <= clock_timestamp()
      AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
    ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING child_ref
"""
_LOCK = "SELECT FROM publication WHERE child_ref = ANY($1) ORDER BY child_ref FOR UPDATE"
_DONE = """
DELETE FROM publication USING unnest($1::text[], $2::bigint[]) AS sent (child_ref, version)
WHERE publication.child_ref = sent.child_ref AND publication.version <= sent.version
"""
_RELEASE = "UPDATE publication SET claimed_until = NULL WHERE child_ref = ANY($1)"


class Sender(Protocol):
    """Sends messages and answers for each: acknowledged (None) or refused for ever."""

    async def publish(self, messages: Sequence[kafka.Outgoing]) -> list[kafka.Refused | None]:
        """Publish; raises NotNow when the broker is away."""


class Publisher:
    """Publishes the chronologies that are due."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", sender: Sender) -> None:
        self._pool = pool
        self._sender = sender

    async def run(self) -> None:
        """Publish until cancelled; waits while the database or the broker is away."""
        while True:
            published = await postgres.patiently(self.publish_due, also=(NotNow,))
            if published < BATCH:
                await asyncio.sleep(POLL_SECONDS)

    async def publish_due(self) -> int:
        """Publish what is due, a batch at most; return for how many children."""
        claimed = [row["child_ref"] for row in await self._pool.fetch(_CLAIM, BATCH)]
        if not claimed:
            return 0
        sent: list[Composed] = []
        try:
            sent = await self._publish(claimed)
        finally:
            await self._settle(claimed, sent)
        return len(claimed)

    async def _publish(self, child_refs: Sequence[str]) -> list[Composed]:
        """Compose and publish; what the broker refuses for ever is counted and let go."""
        composed = await compose(self._pool, child_refs)
        outcomes = await self._sender.publish(
            [(TOPIC, one.child_ref.encode(), one.value) for one in composed]
        )
        for one, outcome in zip(composed, outcomes, strict=True):
            size = len(one.value)
            metrics.CHRONOLOGY_BYTES.observe(size)
            if outcome is not None:
                metrics.DEAD_LETTERS.labels(SERVICE, TOPIC, outcome.reason).inc()
                _log.error("chronology refused", topic=TOPIC, reason=outcome.reason, count=size)
                continue
            metrics.VERSIONS_PUBLISHED.inc()
            if size > LARGE_BYTES:
                _log.warning("chronology is large", topic=TOPIC, count=size)
        return composed

    async def _settle(self, claimed: Sequence[str], sent: Sequence[Composed]) -> None:
        """Forget what was sent; let go of the rest and of what changed meanwhile."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_LOCK, claimed)
            await connection.execute(
                _DONE, [one.child_ref for one in sent], [one.version for one in sent]
            )
            await connection.execute(_RELEASE, claimed)
