"""Does the database let go of all of its log, also of the parts that lie ready to be used again?"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.ports import HOST
from deploy.embedded.turn_over import Connection, turn_over
from tests.services.conftest import answers, throwaway_server

MARK = "zqlog"
ROWS = 20_000


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    """A server whose log is used again at once."""
    with throwaway_server({"min_wal_size": "160MB", "max_wal_size": "160MB"}) as (port, _):
        address = f"postgresql://postgres@{HOST}:{port}/postgres"
        await answers(address)
        made = await asyncpg.connect(address)
        yield made
        await made.close()


async def marked(connection: Connection) -> set[str]:
    """The parts of the log in which the mark is."""
    folder = Path(await connection.fetchval("SHOW data_directory")) / "pg_wal"
    parts = [part for part in folder.iterdir() if part.is_file()]
    return {part.name for part in parts if MARK.encode() in part.read_bytes()}


async def test_no_part_of_the_log_keeps_what_was_deleted(connection: Connection) -> None:
    await connection.execute("CREATE TABLE kept (told text)")
    for _ in range(3):  # each time all of it is in the log, and then in parts that lie ready
        told = [(MARK + os.urandom(700).hex(),) for _ in range(ROWS)]
        await connection.copy_records_to_table("kept", records=told)
        await connection.execute("TRUNCATE kept")
        await connection.execute("CHECKPOINT")
    last = await connection.fetchval("SELECT pg_walfile_name(pg_current_wal_lsn())")
    assert max(await marked(connection)) > last

    await turn_over(connection)
    assert await marked(connection) == set()
