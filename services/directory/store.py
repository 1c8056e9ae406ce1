"""How are the versions of services kept and read?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
from asyncpg import Pool, Record
from asyncpg.pool import PoolConnectionProxy

from services.domain.digest import digest
from services.domain.offers import Offer

Connection: TypeAlias = "PoolConnectionProxy[Record]"

FILES: Final = "files"
"""Who brought what stands in schemas/directory."""

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('directory import'))"
_CURRENT: Final = "SELECT id::text, version, digest, row, at FROM service"
_SEEN: Final = "SELECT id::text, digest FROM service_version WHERE id = ANY($1::uuid[])"
_IMPORT: Final = "INSERT INTO import (subject, added, changed) VALUES ($1, $2, $3) RETURNING id"
_VERSION: Final = """
INSERT INTO service_version (id, version, import_id, digest, row) VALUES ($1::uuid, $2, $3, $4, $5)
"""
_VERSIONS: Final = """
SELECT version, at FROM service_version JOIN import ON import.id = import_id
WHERE service_version.id = $1::uuid ORDER BY version
"""


class Held(NamedTuple):
    """A service as it is held now."""

    offer: Offer
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an import; `number` is None where nothing was new."""

    number: int | None
    added: int
    changed: int
    unchanged: int


async def last_import(pool: "Pool[Record]") -> int:
    """Return the number of the last import, 0 before the first."""
    number: int = await pool.fetchval("SELECT coalesce(max(id), 0) FROM import")
    return number


async def held(pool: "Pool[Record]") -> dict[str, Held]:
    """Return every service as it is held now, by id."""
    return {
        row["id"]: Held(Offer.of(msgspec.json.decode(row["row"])), row["version"], row["at"])
        for row in await pool.fetch(_CURRENT)
    }


async def versions(pool: "Pool[Record]", service_id: str) -> list[Record]:
    """Return number and moment of every version of a service, oldest first."""
    return await pool.fetch(_VERSIONS, service_id)


async def keep(pool: "Pool[Record]", rows: Iterable[Mapping[str, Any]], subject: str) -> Outcome:
    """Keep what is new, as one import; a row that stands already makes no version.

    What files say is kept once: a version that an import has replaced does not come back by
    starting again.
    """
    by_id = {row["id"]: row for row in rows}
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_LOCK)
        current = {row["id"]: row for row in await connection.fetch(_CURRENT)}
        stated = {service_id: digest(row) for service_id, row in by_id.items()}
        seen = {(row["id"], row["digest"]) for row in await connection.fetch(_SEEN, list(by_id))}
        new = {
            service_id: mark
            for service_id, mark in stated.items()
            if service_id not in current
            or (mark != current[service_id]["digest"] and (service_id, mark) not in seen)
            or (mark != current[service_id]["digest"] and subject != FILES)
        }
        return await _write(connection, by_id, new, current, subject)


async def _write(
    connection: Connection,
    rows: Mapping[str, Mapping[str, Any]],
    new: Mapping[str, str],
    current: Mapping[str, Record],
    subject: str,
) -> Outcome:
    changed = len(new.keys() & current.keys())
    added, unchanged = len(new) - changed, len(rows) - len(new)
    if not new:
        return Outcome(None, added, changed, unchanged)
    number: int = await connection.fetchval(_IMPORT, subject, added, changed)
    await connection.executemany(
        _VERSION,
        [
            (
                service_id,
                current[service_id]["version"] + 1 if service_id in current else 1,
                number,
                mark,
                msgspec.json.encode(rows[service_id]).decode(),
            )
            for service_id, mark in new.items()
        ],
    )
    return Outcome(number, added, changed, unchanged)
