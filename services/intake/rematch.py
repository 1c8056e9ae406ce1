"""Matches what is stored once more: `python -m services.intake.rematch`, or `make rematch`.

After an update that brings likeness, or a new line in matching.toml. The matcher does the work, a
little at a time behind live events. Stop it as you like; it may be run any number of times.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import asyncpg
import msgspec

from services.intake import matcher_waiting
from services.intake.held import identity_of
from services.intake.keyring import vault_of
from services.intake.revision import SEALED, opened
from services.intake.settings import Settings
from services.intake.store import Connection
from services.intake.vault import Vault
from services.runtime import log, postgres

WINDOW: Final = 500
"""Records asked for in one transaction."""
AHEAD: Final = 1_000
"""So many may wait for the matcher: live events wait behind them."""
PAUSE_SECONDS: Final = 0.2

_LOOK: Final = """
SELECT record_ref FROM record WHERE record_ref > $1 ORDER BY record_ref LIMIT $2
"""
_UNSAID: Final = """
SELECT receipt FROM statement WHERE record_ref = ANY($1) AND identity_mac IS NULL
"""
_SAY: Final = """
UPDATE statement SET identity_mac = said.mac
FROM unnest($1::text[], $2::bytea[]) AS said (receipt, mac) WHERE statement.receipt = said.receipt
"""
_WAITING: Final = "SELECT count(*) FROM rematch"


@dataclass(slots=True)
class Rematch:
    """Goes once over all records."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    vault: Vault
    asked: int = 0

    async def run(self) -> None:
        """Have every record judged again; waits while the matcher or the database is behind."""
        after: str | None = ""
        while after is not None:
            if await postgres.patiently(self._waiting) >= AHEAD:
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                after = await postgres.patiently(partial(self.next, after))

    async def next(self, after: str) -> str | None:
        """Ask for the records after this one; return the last of them, None where there is none."""
        async with self.pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_LOOK, after, WINDOW)
            refs = [row["record_ref"] for row in rows]
            unsaid = await connection.fetch(_UNSAID, refs)
            said = await self._said(connection, [row["receipt"] for row in unsaid])
            await connection.execute(_SAY, list(said), list(said.values()))
            await matcher_waiting.ask(connection, refs)
        self.asked += len(refs)
        return refs[-1] if refs else None

    async def _said(self, connection: Connection, receipts: Sequence[str]) -> dict[str, bytes]:
        """Return by receipt which thing held of who the child is the event said."""
        said = {}
        for row in await connection.fetch(SEALED, receipts):
            event = opened(self.vault, row)
            if event is not None:
                child = identity_of(event["data"]["child"])
                content = msgspec.json.encode(child, order="deterministic")
                said[row["receipt"]] = self.vault.mac("identity", row["record_ref"], content)
        return said

    async def _waiting(self) -> int:
        waiting: int = await self.pool.fetchval(_WAITING)
        return waiting


async def rematch(settings: Settings) -> int:
    """Ask for every record; return how many there are."""
    assert settings.master_key_file is not None  # noqa: S101 - main has looked
    pool = await postgres.create_pool(settings)
    try:
        work = Rematch(pool, await vault_of(pool, settings.master_key_file))
        await work.run()
    finally:
        pool.terminate()
    return work.asked


def main() -> None:
    """Rematch; a stop is safe at any moment, for each stretch is a transaction."""
    argparse.ArgumentParser(
        prog="python -m services.intake.rematch", description=__doc__
    ).parse_args()
    settings = Settings.load("master_key_file")
    log.configure("intake-rematch", settings.log_level)
    assert settings.master_key_file is not None  # noqa: S101 - just required
    asked = asyncio.run(rematch(settings))
    sys.stdout.write(f"rematch: {asked:,} records are judged again\n")


if __name__ == "__main__":
    main()
