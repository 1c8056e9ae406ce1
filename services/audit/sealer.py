"""Binds audit rows into chains, seconds after they were written: nobody's commit waits for it.

One sealer works at a time. It writes links and never a row; the key is its own, and no other
service's and not the database's.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import asyncpg

from services.audit import store
from services.audit.chain import Head, next_head
from services.audit.heads import Heads
from services.audit.store import Connection
from services.runtime import clock, metrics

BATCH: Final = 2_000
POLL_SECONDS: Final = 1.0
HEADS_SECONDS: Final = 60.0


class Sealer:
    """Seals every chain that the role `audit` may read."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", key: bytes, heads: Heads) -> None:
        self._pool = pool
        self._key = key
        self._heads = heads
        self._reached: dict[str, int] = {}  # by chain, while it catches up: rows sealed in order

    async def run(self) -> None:
        """Seal until cancelled, and give the heads away every minute."""
        given_at = -HEADS_SECONDS
        while True:
            more = await self.seal()
            if clock.monotonic() - given_at >= HEADS_SECONDS:
                await self.give_heads()
                given_at = clock.monotonic()
            if not more:
                await asyncio.sleep(POLL_SECONDS)

    async def seal(self) -> bool:
        """Seal a batch of every chain; say whether more wait. Nothing where another one seals."""
        async with self._pool.acquire() as connection:
            if not await store.alone(connection):
                return False
            full = [await self._seal(connection, chain) for chain in await store.chains(connection)]
        return any(full)

    async def give_heads(self) -> None:
        """Write down, outside of the database, how far every chain has come."""
        async with self._pool.acquire() as connection:
            found = {
                chain: await store.head(connection, chain)
                for chain in await store.chains(connection)
            }
        self._heads.give(found)

    async def _seal(self, connection: Connection, chain: str) -> bool:
        """Seal a batch of one chain, all of it read in one snapshot."""
        async with connection.transaction(isolation="repeatable_read"):
            before = await store.horizon(connection, chain)
            begin = self._reached.get(chain, before.floor)
            rows = await store.unsealed(connection, chain, begin, BATCH)
            await self._append(connection, chain, rows)
            full = len(rows) == BATCH
            if not full and begin == before.floor:
                last = await store.last_sealed(connection, chain)
                after = before.moved(*await store.snapshot(connection), last)
                if (after.floor, after.next_floor) != (before.floor, before.next_floor):
                    await store.move(connection, chain, after)
        self._reached.pop(chain, None)
        if full:
            self._reached[chain] = rows[-1]["seq"]
        since = min((row["at"] for row in rows), default=None)
        behind = 0.0 if since is None else (clock.now() - since).total_seconds()
        metrics.AUDIT_SEALED.labels(chain).inc(len(rows))
        metrics.AUDIT_UNSEALED_SECONDS.labels(chain).set(behind)
        return full or begin != before.floor  # once more from the floor: some may have come late

    async def _append(
        self, connection: Connection, chain: str, rows: Sequence[asyncpg.Record]
    ) -> None:
        if not rows:
            return
        head, sealed_at = await store.head(connection, chain), clock.now()
        links: list[tuple[Head, int]] = []
        for row in rows:
            head = next_head(self._key, chain, head, dict(row), sealed_at)
            links.append((head, row["seq"]))
        await store.append(connection, chain, links, sealed_at)
