"""Changes the master key while intake goes on: `make rotate`.

`--new` puts a new key in front and wraps every stored key anew by it; without it a run that was
stopped goes on. `--retire ID` takes an old key away, and refuses while it still wraps anything.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from services.intake.keyring import KeyFile, vault_of
from services.intake.settings import Settings
from services.intake.vault import Unreadable, Wrapped, Wrapping
from services.runtime import clock, log, postgres

BATCH: Final = 500
"""Keys wrapped anew in one transaction."""
TABLES: Final[Mapping[str, str]] = {
    "record": "record_ref",
    "staff": "staff_ref",
    "import": "id",
    "draft": "draft_id",
    "mac_key": "'mac'",
}
"""Where wrapped keys stand, and by what their owner is known. A test finds a table left out."""

_LOOK: Final = """
SELECT max(owner) AS last, array_agg(owner) FILTER (WHERE master_key_id <> $3) AS stale
FROM (SELECT {owner} AS owner, master_key_id FROM {table}
      WHERE {owner} > $1 ORDER BY 1 LIMIT $2) AS stretch
"""
_TAKE: Final = """
SELECT {owner} AS owner, wrapped_key, master_key_id FROM {table}
WHERE {owner} = ANY($1::text[]) AND master_key_id <> $2 ORDER BY 1 FOR NO KEY UPDATE
"""
_PUT: Final = """
UPDATE {table} SET (wrapped_key, master_key_id) = (anew.wrapped_key, anew.master_key_id)
FROM unnest($1::text[], $2::bytea[], $3::text[]) AS anew (owner, wrapped_key, master_key_id)
WHERE {owner} = anew.owner
"""
_COUNT: Final = "SELECT master_key_id, count(*) FROM {table} GROUP BY 1"
_WAIT: Final = "LOCK TABLE record, staff, import, draft, mac_key IN SHARE MODE"
_RETIRE: Final = "INSERT INTO retired_master_key VALUES ($1, $2) ON CONFLICT DO NOTHING"


class InUse(Exception):
    """The key still wraps something, or wraps what is new."""


@dataclass(slots=True)
class Rotation:
    """Wraps every stored key by the current master key."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    wrapping: Wrapping
    size: int = BATCH
    done: int = 0
    shut: set[str] = field(default_factory=set)
    """Owners whose key opens by no master key that we have."""

    async def run(self) -> None:
        """Go once over all keys; a stop is safe at any moment, the next run goes on."""
        for table in TABLES:
            after: str | None = ""
            while after is not None:
                after = await self._stretch(table, after)

    async def _stretch(self, table: str, after: str) -> str | None:
        look = await postgres.patiently(
            lambda: self.pool.fetchrow(_sql(_LOOK, table), after, self.size, self.wrapping.current)
        )
        assert look is not None  # noqa: S101 - an aggregate has one row
        if look["stale"]:
            await postgres.patiently(lambda: self._wrap_anew(table, look["stale"]))
        last: str | None = look["last"]
        return last

    async def _wrap_anew(self, table: str, owners: Sequence[str]) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_sql(_TAKE, table), owners, self.wrapping.current)
            anew = [(row["owner"], made) for row in rows if (made := self._anew(row))]
            columns = (
                [owner for owner, _ in anew],
                [made.key for _, made in anew],
                [made.master_key_id for _, made in anew],
            )
            if anew:
                await connection.execute(_sql(_PUT, table), *columns)
        self.done += len(anew)

    def _anew(self, row: asyncpg.Record) -> Wrapped | None:
        try:
            key = self.wrapping.unwrap(
                Wrapped(row["wrapped_key"], row["master_key_id"]), row["owner"]
            )
        except Unreadable:
            self.shut.add(row["owner"])
            return None
        return self.wrapping.wrap(key, row["owner"])


async def counts(connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> dict[str, int]:
    """Return how many keys each master key wraps."""
    found: dict[str, int] = {}
    for table in TABLES:
        for row in await connection.fetch(_sql(_COUNT, table)):
            found[row["master_key_id"]] = found.get(row["master_key_id"], 0) + row["count"]
    return found


async def retire(pool: "asyncpg.Pool[asyncpg.Record]", keys: KeyFile, master_key_id: str) -> None:
    """Take a key away for ever; raises InUse where anything is, or would be, wrapped by it.

    Counted again under a lock that every writer of keys waits for: nothing slips in between.
    """
    if keys.current == master_key_id:
        raise InUse
    async with pool.acquire() as connection:
        if (await counts(connection)).get(master_key_id):
            raise InUse
        async with connection.transaction():
            await connection.execute(_WAIT)
            if (await counts(connection)).get(master_key_id):
                raise InUse
            await connection.execute(_RETIRE, master_key_id, clock.now())
    keys.remove(master_key_id)


def _sql(statement: str, table: str) -> str:
    return statement.format(table=table, owner=TABLES[table])


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m services.intake.rotate", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--new", action="store_true", help="put a new key in front, then wrap by it")
    which.add_argument("--list", action="store_true", help="ids, and how many keys each wraps")
    which.add_argument("--retire", metavar="ID", help="take an old key away for ever")
    return parser.parse_args(arguments)


async def run(asked: argparse.Namespace) -> int:
    """Do what was asked for; 0 when all is wrapped by the current key or the key is gone."""
    settings = Settings.load("master_key_file")
    log.configure("intake-rotate", settings.log_level)
    assert settings.master_key_file is not None  # noqa: S101 - just required
    keys = KeyFile(settings.master_key_file)
    pool = await postgres.create_pool(settings)
    try:
        if asked.retire:
            return await _retire(pool, keys, asked.retire)
        await vault_of(pool, settings.master_key_file)  # a key that goes takes no MAC with it
        if asked.new:
            _say(f"{keys.add()} wraps what is new from now on.")
        if not asked.list:
            await _wrap_all(pool, keys)
        return await _tell(pool, keys)
    finally:
        pool.terminate()


async def _wrap_all(pool: "asyncpg.Pool[asyncpg.Record]", keys: KeyFile) -> None:
    rotation = Rotation(pool, keys)
    telling = asyncio.create_task(_progress(rotation))
    try:
        await rotation.run()
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    _say(f"{rotation.done:,} keys wrapped anew.")
    if rotation.shut:
        _say(f"{len(rotation.shut):,} keys open by no master key that is in the file.")


async def _progress(rotation: Rotation) -> None:
    while True:
        await asyncio.sleep(1)
        _say(f"{rotation.done:,} keys wrapped anew so far.")


async def _retire(pool: "asyncpg.Pool[asyncpg.Record]", keys: KeyFile, master_key_id: str) -> int:
    try:
        await retire(pool, keys, master_key_id)
    except InUse:
        _say(f"{master_key_id} is in use and stays: `make rotate` first.")
        return 1
    _say(f"{master_key_id} is retired.")
    return 0


async def _tell(pool: "asyncpg.Pool[asyncpg.Record]", keys: KeyFile) -> int:
    """List the keys; those that wrap something and are not in the file, too."""
    async with pool.acquire() as connection:
        found = await counts(connection)
    for place, master_key_id in enumerate(keys.ids):
        use = "current" if place == 0 else "opens only"
        _say(f"{master_key_id}\t{use}\twraps {found.pop(master_key_id, 0):,}")
    for master_key_id, count in found.items():
        _say(f"{master_key_id}\tMISSING FROM THE FILE\twraps {count:,}")
    return 1 if found else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Rotate; a stop is safe at any moment, for each batch is a transaction."""
    try:
        sys.exit(asyncio.run(run(options(None))))
    except KeyboardInterrupt:
        sys.exit("Stopped; `make rotate` goes on from here.")


if __name__ == "__main__":
    main()
