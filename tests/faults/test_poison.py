"""Does an exception in a handler lose nothing, and a poison message stop nobody else?

The fault is put into the real database: a trigger that refuses one event of one child.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from deploy.embedded.places import PROJECT
from deploy.embedded.stack import Stack
from services.domain.rules.catalogue import FAMILIES
from services.runtime.contracts import Contracts
from tests.agencies import Agencies
from tests.crowd import crowd
from tests.oracle import differences

SIGN = """
CREATE OR REPLACE FUNCTION chronology.poisoned() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = 'P0001'; END $$;
CREATE TRIGGER poisoned BEFORE INSERT ON chronology.event
    FOR EACH ROW WHEN (NEW.id = '{id}') EXECUTE FUNCTION chronology.poisoned();
"""


@asynccontextmanager
async def refusing(dsn: str, event_id: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """Make chronology fail on one event for as long as the block lasts."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(SIGN.format(id=event_id))
        yield connection
    finally:
        await connection.execute("DROP TRIGGER IF EXISTS poisoned ON chronology.event")
        await connection.close()


async def _until(connection: "asyncpg.Connection[asyncpg.Record]", query: str) -> None:
    while not await connection.fetchval(query):
        await asyncio.sleep(0.2)


def _redrive(stack: Stack) -> None:
    """Do what an operator does: send chronology's dead letters again."""
    environment = os.environ | {
        "RW_POSTGRES_DSN": stack.database.dsn("chronology"),
        "RW_KAFKA_BOOTSTRAP": stack.broker.bootstrap,
    }
    command = [sys.executable, "-m", "services.runtime.redrive", "--service", "chronology", "--all"]
    subprocess.run(command, cwd=PROJECT, env=environment, check=True)  # noqa: S603


async def test_an_exception_in_a_handler_loses_nothing(
    stack: Stack, agencies: Agencies, contracts: Contracts
) -> None:
    made = crowd("throws", 300)
    dsn = stack.endpoints["postgres"]
    async with refusing(dsn, made[150]["id"]) as connection:
        before = await connection.fetchval(
            "SELECT coalesce(sum(attempts), 0) FROM chronology.attempt"
        )
        await agencies.post_all(made)
        await _until(
            connection,
            f"SELECT sum(attempts) > {before} FROM chronology.attempt",  # noqa: S608
        )
    await agencies.settled(within=120)
    assert await differences(dsn, contracts.policy(), FAMILIES) == []


async def test_a_poison_message_stops_nobody_else_and_can_be_driven_again(
    stack: Stack, agencies: Agencies, contracts: Contracts
) -> None:
    made = crowd("poison", 300)
    dsn = stack.endpoints["postgres"]
    poison = made[150]
    async with refusing(dsn, poison["id"]) as connection:
        await agencies.post_all(made)
        bad = agencies.receipts.pop((poison["source"], poison["id"]))
        await agencies.settled(within=150)
        await _until(
            connection,
            "SELECT count(*) > 0 FROM chronology.dead_letter WHERE redriven_at IS NULL",
        )
    await asyncio.to_thread(_redrive, stack)
    agencies.receipts[poison["source"], poison["id"]] = bad
    await agencies.settled(within=60)
    assert await differences(dsn, contracts.policy(), FAMILIES) == []
