"""What is done with a batch of messages? All of it, in one transaction, or none."""

from collections.abc import Sequence

import asyncpg

from services.chronology import batch, erasing, store, trace
from services.chronology.change import work_out
from services.runtime import clock, metrics
from services.runtime.guard import Message


class Handlers:
    """Applies batches to the tables; a batch applied twice is applied once."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", gather_ms: int = 100) -> None:
        """Publish a child's changes `gather_ms` after the first of them."""
        self._pool = pool
        self._gather_ms = gather_ms

    async def handle(self, messages: Sequence[Message]) -> None:
        """Apply messages of the events topics; raises Never for one that nobody can read."""
        began_at = clock.now()
        arrived = batch.read(messages)
        async with self._pool.acquire() as connection, connection.transaction():
            left = await erasing.accept(connection, arrived)
            known = await store.lock(connection, left)
            await erasing.check(connection, left)
            change = work_out(left, known)
            await store.write(connection, change, self._gather_ms)
            await trace.carry(connection, messages, began_at)
        now = clock.now()
        for one in change.fresh:
            if one.event.key not in known.states:
                seconds = (now - one.event.received_at).total_seconds()
                metrics.EVENT_TO_CHRONOLOGY.observe(max(seconds, 0.0))
