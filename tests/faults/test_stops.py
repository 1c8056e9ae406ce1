"""Does every process, told politely to stop under load, end in time, with 0, and lose nothing?"""

import asyncio
from dataclasses import dataclass, field

import asyncpg
import pytest

from deploy.embedded.processes import PROCESSES
from deploy.embedded.stack import Stack
from services.domain.rules.catalogue import FAMILIES
from services.runtime import clock
from services.runtime.contracts import Contracts
from tests.agencies import Agencies
from tests.crowd import crowd
from tests.oracle import differences, unaccounted

MOST_EVENTS = 5_000
POSTERS = 2
WITHIN_SECONDS = 10

# A belief that ends when another begins that says the same: judged twice, and kept twice.
_TWICE = """
SELECT count(*) FROM ledger.gap AS one JOIN ledger.gap AS next USING (child_ref, gap_id)
WHERE one.known_to = next.known_from AND one.opens_at = next.opens_at
  AND one.closes_at IS NOT DISTINCT FROM next.closes_at
  AND (one.observed, one.agency, one.unit, one.why, one.evidence, one.policy_version)
      IS NOT DISTINCT FROM
      (next.observed, next.agency, next.unit, next.why, next.evidence, next.policy_version)
"""


@dataclass
class Stopped:
    """How each process ended: after how many seconds, and with which status."""

    seconds: dict[str, float] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)


def _stop_each(stack: Stack) -> Stopped:
    """Stop one process that runs after the other; each starts again while the next ones stop."""
    found = Stopped()
    for process in PROCESSES:
        stack.await_ready(process.name)
        began = clock.monotonic()
        stack.stop(process.name)
        found.seconds[process.name] = clock.monotonic() - began
        found.status[process.name] = stack.runner.exit_status(process.name)
        stack.start(process.name)
    for process in PROCESSES:
        stack.await_ready(process.name)
    return found


async def _post_until(agencies: Agencies, number: int, done: asyncio.Event) -> int:
    """Post one event after the other until all have been stopped; return how many."""
    sent = 0
    for event in crowd(f"stops{number}", MOST_EVENTS):
        if done.is_set():
            break
        await agencies.insist(event)
        sent += 1
    return sent


@pytest.mark.timeout(600)
async def test_sigterm_under_load_ends_every_process_with_0_in_time_and_nothing_is_lost_or_twice(
    stack: Stack, agencies: Agencies, contracts: Contracts
) -> None:
    done = asyncio.Event()
    posting = [asyncio.create_task(_post_until(agencies, n, done)) for n in range(POSTERS)]
    try:
        stopped = await asyncio.to_thread(_stop_each, stack)
    finally:
        done.set()
        sent = sum(await asyncio.gather(*posting))
    assert stopped.status == {process.name: 0 for process in PROCESSES}
    late = {name: s for name, s in stopped.seconds.items() if s > WITHIN_SECONDS}
    assert late == {}
    assert sent > len(PROCESSES)  # there was a load

    await agencies.settled(within=240)
    dsn = stack.endpoints["postgres"]
    assert await unaccounted(dsn, agencies.receipts) == set()
    assert await differences(dsn, contracts.policy(), FAMILIES) == []
    connection = await asyncpg.connect(dsn)
    try:
        assert await connection.fetchval(_TWICE) == 0
    finally:
        await connection.close()
