"""One event that cannot be matched stops no other; it is set aside and tried again at a restart."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from services.domain.registry import Registry
from services.intake.matcher import Matcher
from services.runtime.contracts import Contracts
from tests.services.conftest import Dsn, Pool
from tests.services.matcher.vaulted import NHS, VAULT, Vaulted, concern, missing

UNMATCHED = "SELECT id FROM event WHERE matched_at IS NULL ORDER BY received_at"
WAITS = "SELECT id FROM event WHERE matched_at IS NULL AND match_parked_at IS NULL LIMIT 1"
PARKED = "SELECT id, match_parked_reason FROM event WHERE match_parked_at IS NOT NULL ORDER BY id"


@pytest.fixture
async def short_pool(dsn: Dsn) -> AsyncIterator[Pool]:
    """A pool whose statements may take a tenth of a second."""
    limits = {"statement_timeout": "100"}
    async with asyncpg.create_pool(dsn("intake"), min_size=1, server_settings=limits) as pool:
        yield pool


async def until_settled(pool: Pool, matcher: Matcher) -> None:
    """Run a matcher until nothing waits for it any more."""
    running = asyncio.create_task(matcher.run())
    while await pool.fetchval(WAITS) is not None and not running.done():
        await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def without(contracts: Contracts, agency: str) -> Contracts:
    """As if an agency had been taken out of agencies.toml."""
    left = {name: one for name, one in contracts.registry.agencies.items() if name != agency}
    return dataclasses.replace(contracts, registry=Registry(left))


async def test_records_of_an_agency_that_is_no_longer_registered_are_linked_all_the_same(
    vaulted: Vaulted, contracts: Contracts
) -> None:
    await vaulted.tell(missing("p1", nhs_number=NHS))
    await vaulted.take(
        concern("s1", nhs_number=NHS),
        concern("s1", minute=1, nhs_number=NHS, date_of_birth="2010-05-01"),
    )
    vaulted.matcher = Matcher(vaulted.pool, without(contracts, "norfolk-school"), VAULT)
    await vaulted.tell()
    assert await vaulted.together(("norfolk-police", "p1"), ("norfolk-school", "s1"))
    ((topic, _, _),) = await vaulted.published()
    assert topic == "partner.events"


async def test_ages_of_an_agency_that_is_no_longer_registered_are_published_again(
    vaulted: Vaulted, contracts: Contracts
) -> None:
    await vaulted.tell(concern("s1"))
    await vaulted.take(concern("s1", minute=1, date_of_birth="2010-05-01"))
    vaulted.matcher = Matcher(vaulted.pool, without(contracts, "norfolk-school"), VAULT)
    await vaulted.tell()
    wires = [(topic, wire) for topic, _, wire in await vaulted.published("partner.")]
    assert (wires[-1][0], wires[-1][1]["facts"]["child"]["age"]) == ("partner.events", 15)


async def test_an_event_that_fails_is_set_aside_alone_and_its_reason_kept(
    vaulted: Vaulted,
) -> None:
    await vaulted.tell(missing("p1"))
    await vaulted.pool.execute("UPDATE event SET type = 'police.forgotten.v1'")
    sent = [missing(f"q{number}", minute=number) for number in range(9)]
    sent.insert(4, missing("p1", minute=30, date_of_birth="2010-05-01"))
    await vaulted.take(*sent)
    await until_settled(vaulted.pool, vaulted.matcher)
    assert [tuple(row) for row in await vaulted.pool.fetch(PARKED)] == [(sent[4]["id"], "KeyError")]
    assert [row["id"] for row in await vaulted.pool.fetch(UNMATCHED)] == [sent[4]["id"]]


async def test_what_was_set_aside_is_tried_again_when_the_matcher_starts_anew(
    vaulted: Vaulted, contracts: Contracts
) -> None:
    await vaulted.tell(missing("p1"))
    await vaulted.pool.execute("UPDATE event SET type = 'police.forgotten.v1'")
    await vaulted.take(missing("p1", minute=30, date_of_birth="2010-05-01"))
    await until_settled(vaulted.pool, vaulted.matcher)
    assert len(await vaulted.pool.fetch(PARKED)) == 1
    await vaulted.pool.execute("UPDATE event SET type = 'police.child-missing.v1'")
    again = Matcher(vaulted.pool, contracts, VAULT)
    await again.release()
    await until_settled(vaulted.pool, again)
    assert await vaulted.pool.fetch(UNMATCHED) == []
    assert await vaulted.pool.fetch(PARKED) == []


async def test_what_takes_too_long_even_alone_is_set_aside_and_the_others_are_matched(
    vaulted: Vaulted, short_pool: Pool, contracts: Contracts
) -> None:
    sent = [missing(f"q{number}", minute=number) for number in range(5)]
    await vaulted.take(*sent)
    await vaulted.pool.execute(
        "CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(20); RETURN NEW; END $$"
    )
    await vaulted.pool.execute(
        "CREATE TRIGGER slow BEFORE UPDATE OF matched_at ON event FOR EACH ROW"
        f" WHEN (OLD.id = '{sent[2]['id']}') EXECUTE FUNCTION take_long()"
    )
    await until_settled(vaulted.pool, Matcher(short_pool, contracts, VAULT))
    assert [tuple(row) for row in await vaulted.pool.fetch(PARKED)] == [
        (sent[2]["id"], "QueryCanceledError")
    ]
