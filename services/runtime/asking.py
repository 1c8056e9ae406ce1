"""On whose behalf do we read? Postgres shows a reader nothing until the transaction says so.

A pool in a service's reader role (`postgres.create_pool(settings, role=...)`) sees the rows that
deploy/grants.sql lets who asks see, whatever the statement leaves out.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

from asyncpg import Pool, Record
from asyncpg.pool import PoolConnectionProxy

from services.runtime.auth import Caller

Connection: TypeAlias = "PoolConnectionProxy[Record]"

_WHO: Final = """
SELECT set_config('rw.subject', $1, true), set_config('rw.agency', $2, true),
       set_config('rw.role', $3, true), set_config('rw.areas', $4, true),
       set_config('rw.salt', gen_random_uuid()::text, true)
"""
_EVERY: Final = "*"


class Arguments(list[object]):
    """The values of a statement; each is given its place."""

    def place(self, value: object) -> str:
        """Take a value; return how the statement names it."""
        self.append(value)
        return f"${len(self)}"


@asynccontextmanager
async def asking(readers: "Pool[Record]", caller: Caller) -> AsyncIterator[Connection]:
    """Give a connection in a transaction of one snapshot that sees what the caller may see."""
    async with (
        readers.acquire() as connection,
        connection.transaction(isolation="repeatable_read"),
    ):
        await connection.execute(
            _WHO, caller.subject, caller.agency, caller.role, _areas(caller.areas)
        )
        yield connection


def _areas(narrowed: tuple[str, ...] | None) -> str:
    """Write a token's areas: none at all differ from areas that it does not state."""
    return _EVERY if narrowed is None else "," + ",".join(narrowed)
