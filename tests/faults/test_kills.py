"""Is anything lost when a process, or the broker, dies in the middle?"""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from deploy.embedded.stack import Stack
from services.domain.rules.catalogue import FAMILIES
from services.runtime.contracts import Contracts
from tests.agencies import Agencies
from tests.crowd import Made, crowd
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


async def _accepted(agencies: Agencies, event: Made) -> bool:
    """Post as an agency does: what was not answered, or not taken in, is sent again."""
    try:
        return (await agencies.post(event)).status_code in (200, 202)
    except httpx.TransportError:
        return False


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
async def test_sigterm_to_every_process_under_load_loses_nothing(
    stack: Stack, agencies: Agencies, contracts: Contracts
) -> None:
    async def polite_stops() -> None:
        for name in ("intake-relay", "intake-matcher", "chronology", *FAMILIES, "ledger"):
            await asyncio.to_thread(stack.stop, name)
            await asyncio.to_thread(stack.start, name)

    await _meanwhile(agencies, "terms", 2_000, polite_stops)
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
        while not await _accepted(agencies, event):
            await asyncio.sleep(0.2)
    await _agree(stack, agencies, contracts)
