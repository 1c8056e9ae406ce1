"""Do two chronology workers, with merges and un-links under their hands, corrupt nothing?"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from deploy.embedded.places import PROJECT
from deploy.embedded.processes import PROCESSES
from deploy.embedded.programs import environment
from deploy.embedded.stack import Stack
from services.domain.rules.catalogue import FAMILIES
from services.runtime.contracts import Contracts
from tests.agencies import Agencies
from tests.crowd import crowd
from tests.oracle import differences, unaccounted


@asynccontextmanager
async def another(name: str, stack: Stack) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a second process beside the stack's own, with its settings and a port of its own."""
    process = next(one for one in PROCESSES if one.name == name)
    told = environment(process, stack.places, stack.ports, stack.database, stack.broker)
    with (stack.places.logs / f"{name}-2.log").open("wb") as log:
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", process.module),
            cwd=PROJECT,
            env=os.environ | told | {"RW_STATUS_PORT": str(_a_free_port())},
            stdout=log,
            stderr=log,
        )
        try:
            yield running
        finally:
            running.terminate()
            assert await running.wait() == 0


def _a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.timeout(300)
async def test_two_chronology_workers_and_merges_at_once_corrupt_nothing(
    stack: Stack, agencies: Agencies, contracts: Contracts
) -> None:
    made = crowd("twice", 3_000)
    async with another("chronology", stack):
        # The second worker joins, and takes partitions, while the first is at work.
        await agencies.post_all(made, size=100)
        await agencies.settled(within=200)
    dsn = stack.endpoints["postgres"]
    assert await unaccounted(dsn, agencies.receipts) == set()
    assert await differences(dsn, contracts.policy(), FAMILIES) == []
