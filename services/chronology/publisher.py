"""How does every version of a chronology that counts get to the broker?

Rows of `publication` are claimed by a lease: should this process die, another one publishes them
again, which changes nothing. A version that came meanwhile keeps its row. What the broker refuses
for ever is a dead letter, and its row is parked until the child changes or we start again.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

import asyncpg

from services.chronology import trace
from services.chronology.compose import Composed, compose
from services.runtime import clock, kafka, log, metrics, postgres, tracing
from services.runtime.attempts import PostgresAttempts
from services.runtime.guard import Message, NotNow

TOPIC: Final = "child.chronologies"
SERVICE: Final = "chronology"
BATCH: Final = 200
NOWHERE: Final = -1  # the partition of a dead letter that never lay on the topic
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
_PARK = """
UPDATE publication SET due_at = 'infinity'
FROM unnest($1::text[], $2::bigint[]) AS refused (child_ref, version)
WHERE publication.child_ref = refused.child_ref AND publication.version <= refused.version
"""
_UNPARK = "UPDATE publication SET due_at = clock_timestamp() WHERE due_at = 'infinity'"
_HEALED = """
UPDATE dead_letter SET redriven_at = now()
WHERE redriven_at IS NULL AND topic = $1 AND partition = $2 AND key = ANY($3)
"""


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
        await postgres.patiently(
            lambda: self._pool.execute(_UNPARK)
        )  # a limit may have been raised
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
        refused: list[Composed] = []
        try:
            await self._publish(claimed, sent, refused)
        finally:
            await self._settle(claimed, sent, refused)
        return len(claimed)

    async def _publish(
        self, child_refs: Sequence[str], sent: list[Composed], refused: list[Composed]
    ) -> None:
        """Compose and publish; say which were sent, and which the broker refuses for ever."""
        began_at = clock.now()
        composed = await compose(self._pool, child_refs)
        traces = await trace.taken(self._pool, child_refs, began_at)
        outcomes = await self._sender.publish(
            [
                tracing.on((TOPIC, one.child_ref.encode(), one.value), traces.get(one.child_ref))
                for one in composed
            ]
        )
        for one, outcome in zip(composed, outcomes, strict=True):
            size = len(one.value)
            metrics.CHRONOLOGY_BYTES.observe(size)
            if outcome is not None:
                _log.error("chronology refused", topic=TOPIC, reason=outcome.reason, count=size)
                await self._bury(one, outcome.reason)
                refused.append(one)
                continue
            sent.append(one)
            metrics.VERSIONS_PUBLISHED.inc()
            if size > LARGE_BYTES:
                _log.warning("chronology is large", topic=TOPIC, count=size)

    async def _bury(self, one: Composed, reason: str) -> None:
        """Show an operator which child's chronology is missing; its content is in our tables."""
        letter = Message(TOPIC, NOWHERE, one.version, one.child_ref.encode(), None)
        if await PostgresAttempts(self._pool).bury(letter, reason, None):
            metrics.DEAD_LETTERS.labels(SERVICE, TOPIC, reason).inc()

    async def _settle(
        self, claimed: Sequence[str], sent: Sequence[Composed], refused: Sequence[Composed]
    ) -> None:
        """Forget what was sent; park what was refused; let go of the rest and of what changed."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_LOCK, claimed)
            await connection.execute(_DONE, *_versions(sent))
            await connection.execute(_PARK, *_versions(refused))
            await connection.execute(_HEALED, TOPIC, NOWHERE, [o.child_ref.encode() for o in sent])
            await connection.execute(_RELEASE, claimed)


def _versions(composed: Sequence[Composed]) -> tuple[list[str], list[int]]:
    return [one.child_ref for one in composed], [one.version for one in composed]
