"""How are audit rows and their links read, and links added?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias

import asyncpg
from asyncpg import Record

from services.audit.chain import COLUMNS, NONE, Head
from services.audit.horizon import Horizon

Connection: TypeAlias = "asyncpg.Connection[Record] | asyncpg.pool.PoolConnectionProxy[Record]"

# The lock is the session's: a pool lets go of it on release.
_ALONE: Final = "SELECT pg_try_advisory_lock(hashtextextended('audit sealer', 0))"
_CHAINS: Final = """
SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relname = 'audit_entry' AND relkind = 'r'
  AND has_schema_privilege(pg_namespace.oid, 'USAGE')
  AND has_table_privilege(pg_class.oid, 'SELECT')
ORDER BY nspname
"""
_LINKED_CHAINS: Final = """
WITH RECURSIVE found AS (
    SELECT min(chain) AS chain FROM link
    UNION ALL
    SELECT (SELECT min(chain) FROM link WHERE chain > found.chain)
    FROM found WHERE chain IS NOT NULL)
SELECT chain FROM found WHERE chain IS NOT NULL ORDER BY chain
"""
_HEAD: Final = "SELECT position, hash FROM link WHERE chain = $1 ORDER BY position DESC LIMIT 1"
_NAMES: Final = ", ".join(f"a.{name}" for name in COLUMNS)
_UNSEALED: Final = """
FROM {table} AS a
WHERE a.seq > $2 AND NOT EXISTS (SELECT FROM link WHERE chain = $1 AND link.seq = a.seq)
"""
_ROWS: Final = f"SELECT {_NAMES} {_UNSEALED} ORDER BY a.seq LIMIT $3"
_WAITING: Final = f"SELECT count(*) AS waiting, min(a.at) AS since {_UNSEALED}"
_INSERTED: Final = """
SELECT min(a.seq) FROM {table} AS a
WHERE a.seq <= $2 AND NOT EXISTS (SELECT FROM link WHERE chain = $1 AND link.seq = a.seq)
"""
_APPEND: Final = """
INSERT INTO link (chain, sealed_at, position, seq, hash)
SELECT $1, $2, * FROM unnest($3::bigint[], $4::bigint[], $5::bytea[])
"""
_SNAPSHOT: Final = """
SELECT pg_snapshot_xmin(now)::text::bigint AS oldest, pg_snapshot_xmax(now)::text::bigint AS latest
FROM pg_current_snapshot() AS now
"""
_HORIZON: Final = "SELECT floor, next_floor, until FROM horizon WHERE chain = $1"
_MOVE: Final = """
INSERT INTO horizon (chain, floor, next_floor, until) VALUES ($1, $2, $3, $4)
ON CONFLICT (chain) DO UPDATE SET floor = $2, next_floor = $3, until = $4
"""
_LAST_SEALED: Final = "SELECT coalesce(max(seq), 0) FROM link WHERE chain = $1"
LINKED: Final = f"""
SELECT link.position, link.seq AS link_seq, link.hash, link.sealed_at, {_NAMES}
FROM link LEFT JOIN {{table}} AS a ON a.seq = link.seq WHERE chain = $1 ORDER BY position
"""  # noqa: S608 - our own words
"""A chain's links in order, each with its row; all of the row is null where there is none."""


async def alone(connection: Connection) -> bool:
    """Become the one sealer for as long as this connection is held; False if another one is."""
    return bool(await connection.fetchval(_ALONE))


async def chains(connection: Connection) -> list[str]:
    """Return the schemas whose audit rows we may read."""
    return [row["nspname"] for row in await connection.fetch(_CHAINS)]


async def linked_chains(connection: Connection) -> list[str]:
    """Return the schemas of which there are links, also where their rows are gone."""
    return [row["chain"] for row in await connection.fetch(_LINKED_CHAINS)]


async def head(connection: Connection, chain: str) -> Head:
    """Return a chain's last link."""
    row = await connection.fetchrow(_HEAD, chain)
    return NONE if row is None else Head(row["position"], row["hash"])


async def unsealed(connection: Connection, chain: str, floor: int, limit: int) -> list[Record]:
    """Return rows above the floor that no link is of, in order."""
    return await connection.fetch(_of(chain, _ROWS), chain, floor, limit)


async def waiting(connection: Connection, chain: str, floor: int) -> tuple[int, datetime | None]:
    """Return how many rows above the floor no link is of, and since when."""
    row = await connection.fetchrow(_of(chain, _WAITING), chain, floor)
    assert row is not None  # noqa: S101 - a count has a row
    return row["waiting"], row["since"]


async def inserted(connection: Connection, chain: str, floor: int) -> int | None:
    """Return the first row at or below the floor that no link is of."""
    found: int | None = await connection.fetchval(_of(chain, _INSERTED), chain, floor)
    return found


async def append(
    connection: Connection, chain: str, links: Sequence[tuple[Head, int]], sealed_at: datetime
) -> None:
    """Add links, each with the seq of its row."""
    columns = [head.position for head, _ in links], [seq for _, seq in links]
    await connection.execute(_APPEND, chain, sealed_at, *columns, [head.hash for head, _ in links])


async def last_sealed(connection: Connection, chain: str) -> int:
    """Return the highest row that a link is of."""
    found: int = await connection.fetchval(_LAST_SEALED, chain)
    return found


async def snapshot(connection: Connection) -> tuple[int, int]:
    """Return the lowest number of a transaction that runs, and the lowest not given yet."""
    row = await connection.fetchrow(_SNAPSHOT)
    assert row is not None  # noqa: S101 - there is always one
    return row["oldest"], row["latest"]


async def horizon(connection: Connection, chain: str) -> Horizon:
    """Return how far a chain is settled."""
    row = await connection.fetchrow(_HORIZON, chain)
    return Horizon() if row is None else Horizon(*row)


async def move(connection: Connection, chain: str, to: Horizon) -> None:
    """Note how far a chain is settled."""
    await connection.execute(_MOVE, chain, to.floor, to.next_floor, to.until)


def of_chain(chain: str) -> str:
    """Return a chain's statement of LINKED."""
    return _of(chain, LINKED)


def _of(chain: str, statement: str) -> str:
    """Name a chain's table in a statement."""
    schema = chain.replace('"', '""')
    return statement.format(table=f'"{schema}".audit_entry')
