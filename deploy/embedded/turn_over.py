"""Have the database let go of what was deleted: `python -m deploy.embedded.turn_over`.

Deleted rows stay in its files until they are written anew, in its statistics as samples, and in
its log until the log has gone on. One table at a time is locked while it is written. Kafka lets go
by itself (a day, or 7): docs/runbooks/erased-bytes.md.
"""

import asyncio
import sys
from typing import Final, TypeAlias

import asyncpg

from deploy.embedded.places import PROJECT
from deploy.embedded.stack import Stack

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

# ANALYZE leaves the statistics of a table alone that is empty now: they are cleared first.
_CLEAR: Final = """
SELECT pg_clear_attribute_stats(schemaname::text, tablename::text, attname::text, inherited)
FROM pg_stats WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
# Also parts to come: such a one is an old one by another name, and holds what it held.
_PARTS: Final = "SELECT max(name), count(*) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'"
_LEFT: Final = "SELECT count(*) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' AND name <= $1"
MORE_ROUNDS: Final = 5


class StillThere(RuntimeError):
    """Something keeps old parts of the log: a standby, a slot, an archive that lags."""


async def turn_over(connection: Connection) -> None:
    """Write everything anew, as the database's owner. Raises StillThere."""
    await connection.execute(
        "ALTER SYSTEM SET wal_recycle = off"
    )  # old parts are deleted, not reused
    await connection.execute("SELECT pg_reload_conf()")
    try:
        await connection.execute(_CLEAR)
        await connection.execute("ANALYZE")
        await connection.execute("VACUUM (FULL)")
        await _log(connection)
    finally:
        await connection.execute("ALTER SYSTEM RESET wal_recycle")
        await connection.execute("SELECT pg_reload_conf()")


async def _log(connection: Connection) -> None:
    last, parts = await connection.fetchrow(_PARTS) or (None, 0)
    for _ in range(parts + MORE_ROUNDS):
        await connection.execute("SELECT pg_switch_wal()")
        await connection.execute("CHECKPOINT")
        if not await connection.fetchval(_LEFT, last):
            return
    raise StillThere


async def main() -> int:
    """Turn over the database of the stack that runs here."""
    stack = Stack(PROJECT, usual_ports=True)
    connection = await asyncpg.connect(stack.database.dsn())
    try:
        await turn_over(connection)
    finally:
        await connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
