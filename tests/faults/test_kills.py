"""Is anything lost when a process, or the broker, dies in the middle?"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from deploy.embedded.stack import Stack
from services.domain.rules.catalogue import FAMILIES
from services.runtime.contracts import Contracts
from tests.agencies import Agencies
from tests.crowd import crowd
from tests.oracle import differences, unaccounted

EVENTS = 5_000


async def _agree(stack: Stack, agencies: Agencies, contracts: Contracts) -> None:
    """Every accepted event is in its chronology, and the ledger believes what the rules say."""
    await agencies.settled(within=240)
    assert await unaccounted(stack.endpoints["postgres"], agencies.receipts) == set()
    found = await differences(stack.endpoints["postgres"], contracts.policy(), FAMILIES)
    assert found == []


async def _meanwhile(
    agencies: Agencies, tag: str, events: int, fault: Callable[[], Awaitable[None]]
) -> None:
    """Post a crowd and let the fault happen when about half of it is in."""
    made = crowd(tag, events)
    half = len(made) // 2
    await agencies.post_all(made[:half])
    await asyncio.gather(fault(), agencies.post_all(made[half:], size=100))


@pytest.mark.timeout(420)
async def test_kill_9_of_every_process_in_turn_and_of_the_broker_loses_nothing(
    stack: Stack, agencies: Agencies, contracts: Contracts
) -> None:
    async def kills() -> None:
        for name in (
            "intake-relay",
            "chronology",
            *FAMILIES,
            "ledger",
            "intake-matcher",
            "kafka",
        ):
            await asyncio.to_thread(stack.kill, name)
            await asyncio.sleep(1)

    await _meanwhile(agencies, "kills", EVENTS, kills)
    await _agree(stack, agencies, contracts)


@pytest.mark.timeout(300)
async def test_intake_answers_202_while_the_broker_is_down_and_nothing_is_lost(
    stack: Stack, agencies: Agencies, contracts: Contracts
) -> None:
    await asyncio.to_thread(stack.stop, "kafka")
    try:
        for start in range(30):
            event = crowd(f"down{start}", 1)[0]
            assert (await agencies.post(event)).status_code == 202
            await asyncio.sleep(1)
    finally:
        await asyncio.to_thread(stack.start, "kafka")
    await _agree(stack, agencies, contracts)


@pytest.mark.timeout(300)
async def test_the_database_killed_and_restarted_loses_nothing(
    stack: Stack, agencies: Agencies, contracts: Contracts
) -> None:
    made = crowd("pgkill", 1_000)
    await agencies.post_all(made[:500])
    await asyncio.to_thread(stack.kill, "postgres")
    left = made[500:]
    for event in left:
        await agencies.insist(event)
    await _agree(stack, agencies, contracts)
