"""How are responses, their entries and the files of what was published kept and read?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
from asyncpg import Pool, Record
from asyncpg.pool import PoolConnectionProxy

from services.domain.responses.record import Entry

Connection: TypeAlias = "PoolConnectionProxy[Record]"
Content = Mapping[str, Any]

_BEGIN: Final = """
INSERT INTO response (id, agency, name) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING
RETURNING id
"""
_LOCK: Final = "SELECT FROM response WHERE id = $1 FOR UPDATE"
_ENTRIES: Final = """
SELECT seq, at, subject, kind, content FROM entry WHERE response_id = $1 ORDER BY seq
"""
_ALL: Final = """
SELECT response_id, seq, at, subject, kind, content FROM entry
JOIN response ON response.id = response_id
WHERE $1::text IS NULL OR agency = $1 ORDER BY created_at, response_id, seq
"""
_ADD: Final = """
INSERT INTO entry (response_id, seq, subject, kind, content) VALUES ($1, $2, $3, $4, $5)
"""
_FILE: Final = """
INSERT INTO published_file (response_id, version, format, sha256, content)
VALUES ($1, $2, $3, $4, $5)
"""
_FILE_OF: Final = """
SELECT content, sha256 FROM published_file WHERE (response_id, version, format) = ($1, $2, $3)
"""


_MARKS: Final = """
SELECT format, sha256 FROM published_file WHERE (response_id, version) = ($1, $2) ORDER BY format
"""


class New(NamedTuple):
    """An entry to be added: by whom, of which kind, with what in it."""

    by: str
    kind: str
    content: Content


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a version that an entry publishes, by format."""

    version: int
    content: Mapping[str, bytes]


Decide = Callable[[Sequence[Entry]], tuple[New, Files | None]]
"""Says, of the entries there are, what is added; raises where nothing may be."""


async def begin(
    pool: "Pool[Record]", response_id: str, agency: str, name: str, news: Iterable[New]
) -> bool:
    """Begin a response with its first entries; False if there is one of this name already."""
    async with pool.acquire() as connection, connection.transaction():
        made = await connection.fetchval(_BEGIN, response_id, agency, name)
        if made is None:
            return False
        for seq, new in enumerate(news, 1):
            await _add(connection, response_id, seq, new)
    return True


async def id_of(pool: "Pool[Record]", name: str) -> str | None:
    """Return the response to an inspection of this name, if there is one."""
    found: str | None = await pool.fetchval("SELECT id FROM response WHERE name = $1", name)
    return found


async def agency_of(pool: "Pool[Record]", response_id: str) -> str | None:
    """Return whose response it is; None where there is none."""
    agency: str | None = await pool.fetchval(
        "SELECT agency FROM response WHERE id = $1", response_id
    )
    return agency


async def entries(pool: "Pool[Record]", response_id: str) -> list[Entry]:
    """Return the entries of a response, the oldest first; none where there is no such response."""
    return [_entry(row) for row in await pool.fetch(_ENTRIES, response_id)]


async def everything(pool: "Pool[Record]", agency: str | None) -> dict[str, list[Entry]]:
    """Return the entries of every response of an agency (None: of all), the oldest first."""
    found: dict[str, list[Entry]] = {}
    for row in await pool.fetch(_ALL, agency):
        found.setdefault(row["response_id"], []).append(_entry(row))
    return found


async def add(pool: "Pool[Record]", response_id: str, decide: Decide) -> list[Entry]:
    """Add what is decided upon the entries there are; nobody else adds meanwhile."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_LOCK, response_id)
        held = [_entry(row) for row in await connection.fetch(_ENTRIES, response_id)]
        new, files = decide(held)
        await _add(connection, response_id, len(held) + 1, new)
        if files is not None:
            for name, content in files.content.items():
                mark = sha256(content).hexdigest()
                await connection.execute(_FILE, response_id, files.version, name, mark, content)
        return [_entry(row) for row in await connection.fetch(_ENTRIES, response_id)]


async def file(
    pool: "Pool[Record]", response_id: str, version: int, name: str
) -> tuple[bytes, str] | None:
    """Return a published file and its SHA-256; None where there is none."""
    row = await pool.fetchrow(_FILE_OF, response_id, version, name)
    return None if row is None else (row["content"], row["sha256"])


async def marks(pool: "Pool[Record]", response_id: str, version: int) -> dict[str, str]:
    """Return the SHA-256 of each file of a published version, by format."""
    rows = await pool.fetch(_MARKS, response_id, version)
    return {row["format"]: row["sha256"] for row in rows}


async def _add(connection: Connection, response_id: str, seq: int, new: New) -> None:
    content = msgspec.json.encode(new.content).decode()
    await connection.execute(_ADD, response_id, seq, new.by, new.kind, content)


def _entry(row: Record) -> Entry:
    content = msgspec.json.decode(row["content"])
    return Entry(row["seq"], row["at"], row["subject"], row["kind"], content)
