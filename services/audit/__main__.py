"""Runs the audit: `python -m services.audit`."""

from pathlib import Path

import asyncpg

from services.audit.heads import Heads
from services.audit.sealer import Sealer
from services.audit.settings import Settings, key_of
from services.runtime import postgres
from services.runtime.process import Process

SERVICE = "audit"
MIGRATIONS = Path(__file__).with_name("migrations")


def main() -> None:
    settings = Settings.load("audit_key_file")
    key, heads = key_of(settings), Heads(settings.audit_heads)
    pool: asyncpg.Pool[asyncpg.Record]

    async def start() -> None:
        nonlocal pool
        pool = await postgres.create_pool(settings)

    async def stop() -> None:
        pool.terminate()

    async def seal() -> None:
        await Sealer(pool, key, heads).run()

    Process(
        service=SERVICE,
        settings=settings,
        checks=postgres.checks(lambda: pool, MIGRATIONS),
        on_start=start,
        on_stop=stop,
        background=(seal,),
    ).main()


if __name__ == "__main__":
    main()
