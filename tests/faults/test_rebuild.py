"""Does a rebuild on the running stack miss anything that is said while it goes on?"""

import asyncio
import os
import sys

import asyncpg
import pytest

from deploy.embedded.beside import environment
from deploy.embedded.places import PROJECT
from deploy.embedded.stack import Stack
from services.domain.rules.catalogue import FAMILIES
from services.runtime.contracts import Contracts
from tests.agencies import Agencies
from tests.crowd import crowd
from tests.oracle import differences, unaccounted

MODULE = "services.ledger.rebuild"


@pytest.mark.timeout(420)
async def test_a_rebuild_gives_what_live_judging_gives_while_posting_goes_on(
    stack: Stack, agencies: Agencies, contracts: Contracts
) -> None:
    made = crowd("rebuild", 3_000)
    half = len(made) // 2
    await agencies.post_all(made[:half])
    await agencies.settled(within=180)
    known_at = await _value(stack, "SELECT last FROM ledger.belief_clock")
    before = await _believed_at(stack, known_at)
    epoch = await _value(stack, "SELECT current FROM ledger.epoch")
    await asyncio.gather(_rebuild(stack), agencies.post_all(made[half:], size=50))
    await agencies.settled(within=180)
    assert await _value(stack, "SELECT current FROM ledger.epoch") == int(str(epoch)) + 1
    policy = await _value(stack, "SELECT policy_version FROM ledger.epoch")
    assert policy == contracts.policy().version
    assert await unaccounted(stack.endpoints["postgres"], agencies.receipts) == set()
    assert await differences(stack.endpoints["postgres"], contracts.policy(), FAMILIES) == []
    assert await _believed_at(stack, known_at) == before


async def _rebuild(stack: Stack) -> None:
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", MODULE),
        cwd=PROJECT,
        env=os.environ | environment(stack, MODULE),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await run.communicate()
    assert run.returncode == 0, said.decode()


async def _value(stack: Stack, query: str) -> object:
    connection = await asyncpg.connect(stack.endpoints["postgres"])
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def _believed_at(stack: Stack, known_at: object) -> object:
    connection = await asyncpg.connect(stack.endpoints["postgres"])
    try:
        return await connection.fetch(
            "SELECT child_ref, gap_id, opens_at, closes_at, why, policy_version FROM ledger.gap "
            "WHERE known_from <= $1 AND (known_to IS NULL OR known_to > $1) ORDER BY 1, 2",
            known_at,
        )
    finally:
        await connection.close()
