"""Reads the vault again: `python -m services.intake.refeature`, or `make refeature`.

Every event that an older FEATURE_VERSION has read is opened, read by intake's own code as it is
now, and published again. Stop it as you like; the next run goes on: docs/runbooks/refeature.md.
"""

import argparse
import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg

from services.intake import matcher_waiting, revision
from services.intake.features import FEATURE_VERSION
from services.intake.keyring import vault_of
from services.intake.revision import SEALED
from services.intake.settings import Settings
from services.intake.vault import Vault
from services.runtime import clock, log, postgres
from services.runtime.contracts import Contracts

WINDOW: Final = 500
"""Events looked at in one transaction."""
AHEAD: Final = 10_000
"""So many rows may wait for the relay: live events queue behind them."""
PAUSE_SECONDS: Final = 0.05
"""Between two transactions that changed something: the matcher's turn."""
EVERY_SECONDS: Final = 1.0
_COUNT_SECONDS: Final = 3600

_COUNT: Final = "SELECT count(*) FROM event WHERE feature_version < $1"
# By receipt and not by what is behind: no row can be passed over, none is looked at twice.
_LOOK: Final = """
SELECT max(receipt) AS last, array_agg(receipt) FILTER (WHERE feature_version < $3) AS behind
FROM (SELECT receipt, feature_version FROM event
      WHERE receipt > $1 ORDER BY receipt LIMIT $2) AS stretch
"""
# In one order with the relay, which writes the same rows: waits for it, and skips nothing.
_TAKE: Final = SEALED + "AND e.feature_version < $2 ORDER BY e.receipt FOR NO KEY UPDATE OF e"
_WAITING: Final = """
SELECT count(*) FROM (SELECT FROM outbox
    WHERE published_at IS NULL AND parked_at IS NULL LIMIT $1) AS waiting
"""


@dataclass(slots=True)
class Progress:
    """How far it has come; `shut` are events whose key is gone."""

    behind: int = 0
    published: int = 0
    shut: int = 0
    started: float = field(default_factory=clock.monotonic)

    def line(self) -> str:
        """Say it in one line."""
        speed = self.published / max(clock.monotonic() - self.started, 0.001)
        shut = f", {self.shut:,} do not open and stay as they are" if self.shut else ""
        return (
            f"refeature: {self.published:,} of {self.behind:,} events published again, "
            f"{speed:,.0f} events/s{shut}"
        )


@dataclass(slots=True)
class Refeature:
    """Goes once over all events; `size` is how many at a time."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    contracts: Contracts
    vault: Vault
    size: int = WINDOW
    progress: Progress = field(default_factory=Progress)

    async def run(self) -> None:
        """Publish again all that is behind; waits while the database is away."""
        self.progress.behind = await postgres.patiently(self.count)
        after: str | None = ""
        while self.progress.behind and after is not None:
            if await postgres.patiently(self._too_far_ahead):
                await asyncio.sleep(EVERY_SECONDS)
            else:
                after = await self._next(after)

    async def count(self) -> int:
        """How many events an older version has read."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL statement_timeout = 0")
            count: int = await connection.fetchval(_COUNT, FEATURE_VERSION, timeout=_COUNT_SECONDS)
        return count

    async def _next(self, after: str) -> str | None:
        """Do the stretch of receipts after this one; return its last, None where there is none."""
        look = await postgres.patiently(
            lambda: self.pool.fetchrow(_LOOK, after, self.size, FEATURE_VERSION)
        )
        if look is None:
            return None
        if look["behind"]:
            await postgres.patiently(lambda: self.publish_again(look["behind"]))
            await asyncio.sleep(PAUSE_SECONDS)
        last: str | None = look["last"]
        return last

    async def publish_again(self, receipts: list[str]) -> None:
        """Publish those of these events again that are behind, all or none; twice is once."""
        async with self.pool.acquire() as connection, connection.transaction():
            await matcher_waiting.await_turn(connection)
            rows = await connection.fetch(_TAKE, receipts, FEATURE_VERSION)
            made = [
                revision.revise(
                    self.contracts, self.vault, row, row["published_age"], row["revision"]
                )
                for row in rows
            ]
            revised = [one for one in made if one is not None]
            await revision.write(connection, revised)
        self.progress.published += len(revised)
        self.progress.shut += len(rows) - len(revised)

    async def _too_far_ahead(self) -> bool:
        """Whether the relay has to catch up first."""
        waiting: int = await self.pool.fetchval(_WAITING, AHEAD)
        return waiting >= AHEAD


async def refeature(settings: Settings, master_key_file: Path) -> None:
    """Publish again all that is behind, telling each second how far it has come."""
    contracts = Contracts.load(settings.schemas, settings.policy_pack)
    pool = await postgres.create_pool(settings)
    work = Refeature(pool, contracts, await vault_of(pool, master_key_file))
    telling = asyncio.create_task(_tell(work.progress))
    try:
        await work.run()
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        _say(work.progress.line())
        pool.terminate()


async def _tell(progress: Progress) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        _say(progress.line())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Refeature; a stop is safe at any moment, for each stretch is a transaction."""
    argparse.ArgumentParser(
        prog="python -m services.intake.refeature", description=__doc__
    ).parse_args()
    settings = Settings.load("master_key_file")
    log.configure("intake-refeature", settings.log_level)
    assert settings.master_key_file is not None  # noqa: S101 - just required
    try:
        asyncio.run(refeature(settings, settings.master_key_file))
    except KeyboardInterrupt:
        sys.exit("Stopped; the next run goes on from here.")


if __name__ == "__main__":
    main()
