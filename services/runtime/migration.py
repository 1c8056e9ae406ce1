"""Is our schema what this code expects, and how does it get there?

Plain SQL files, `NNNN_name.sql`, applied once and in order under the service's own role, in its own
schema: first the runtime's track (attempts, dead letters), then the service's. No kept tool does
this over asyncpg: asyncpg-trek 0.4 wants names like `20260101_a_up_b.sql`, knows one track a schema
and takes no lock; yoyo and alembic bring a second driver. Sixty lines do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias

import asyncpg

from services.runtime import log

RUNTIME: Final = Path(__file__).with_name("migrations")
_NAME: Final = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
Queries: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.Pool[asyncpg.Record]"
_log = log.get(__name__)

_TABLE = """
create table if not exists migration (
    track      text        not null,
    name       text        not null,
    digest     text        not null,
    applied_at timestamptz not null default now(),
    primary key (track, name)
)
"""


class Changed(RuntimeError):
    """A file that was applied before has another content now; write a new one instead."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of one track."""

    track: str
    name: str
    sql: str

    @property
    def key(self) -> tuple[str, str]:
        """Track and name: what makes it this migration."""
        return self.track, self.name

    @property
    def digest(self) -> str:
        """SHA-256 of the text, to notice a file that was changed after it was applied."""
        return sha256(self.sql.encode()).hexdigest()


def wanted(folder: Path) -> list[Migration]:
    """Return the migrations of the runtime, then those of the service whose folder this is."""
    return [*_read("runtime", RUNTIME), *_read(folder.parent.name, folder)]


async def apply(connection: asyncpg.Connection[asyncpg.Record], folder: Path) -> list[str]:
    """Apply what is missing, each file in its own transaction; return the names applied.

    Two that start at once take turns. Raises Changed, or asyncpg's error for SQL that fails.
    """
    await connection.execute("select pg_advisory_lock(hashtext(current_user || ' migration'))")
    await connection.execute(_TABLE)
    missing = await _missing(connection, folder)
    for file in missing:
        await _apply(connection, file)
    return [file.name for file in missing]


async def is_current(connection: Queries, folder: Path) -> bool:
    """Say whether all files were applied, as they are."""
    return not await _missing(connection, folder)


def _read(track: str, folder: Path) -> Iterator[Migration]:
    """Read a folder's files in order of their numbers."""
    for path in sorted(folder.glob("*.sql")):
        if not _NAME.fullmatch(path.name):
            raise ValueError(f"{path.name} is not named NNNN_name.sql")
        yield Migration(track, path.name, path.read_text(encoding="utf-8"))


async def _missing(connection: Queries, folder: Path) -> list[Migration]:
    rows = await connection.fetch("select track, name, digest from migration")
    applied = {(row["track"], row["name"]): row["digest"] for row in rows}
    files = wanted(folder)
    for file in files:
        if applied.get(file.key, file.digest) != file.digest:
            raise Changed(f"{file.track} {file.name} was changed after it was applied")
    return [file for file in files if file.key not in applied]


async def _apply(connection: asyncpg.Connection[asyncpg.Record], file: Migration) -> None:
    async with connection.transaction():
        await connection.execute(file.sql)
        await connection.execute(
            "insert into migration (track, name, digest) values ($1, $2, $3)",
            *(file.track, file.name, file.digest),
        )
    _log.info("migration applied", migration=file.name)
