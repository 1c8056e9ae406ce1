"""Do two people ever hold the same work, when does a claim end, and what does who see of it?"""

import asyncio
from datetime import timedelta
from uuid import UUID

from lxml import html

from services.dashboards.desks import claims
from services.runtime import clock
from services.runtime.auth import Caller
from tests.gaps import MONDAY, gap
from tests.services.conftest import Pool
from tests.services.dashboards.conftest import Ask, Tell

WORK = UUID(gap(1).gap_id)
PLACE = f"/queue/{WORK}"
ONE, OTHER = (Caller(name, "norfolk-csc", "agency") for name in ("SW-1", "SW-2"))
NAMESAKE = Caller("SW-1", "norfolk-police", "police-supervisor")
INSTANT = timedelta(microseconds=1)


async def take(pool: Pool, who: Caller, at: timedelta = timedelta()) -> bool:
    return await claims.take(pool, who, WORK, "child-a", MONDAY + at)


async def test_of_two_who_claim_at_once_one_has_it(dashboards_pool: Pool) -> None:
    for _ in range(10):
        taken = await asyncio.gather(*(take(dashboards_pool, who) for who in (ONE, OTHER)))
        assert sorted(taken) == [False, True]
        who = (ONE, OTHER)[taken.index(True)]
        assert await claims.release(dashboards_pool, who, WORK, "child-a")


async def test_a_claim_ends_after_half_an_hour_and_not_before(dashboards_pool: Pool) -> None:
    assert await take(dashboards_pool, ONE)
    assert not await take(dashboards_pool, OTHER, claims.LASTS - INSTANT)
    assert set(await claims.held(dashboards_pool, [WORK], MONDAY + claims.LASTS - INSTANT))
    assert not await claims.held(dashboards_pool, [WORK], MONDAY + claims.LASTS)
    assert not await claims.every(dashboards_pool, MONDAY + claims.LASTS)
    assert await take(dashboards_pool, OTHER, claims.LASTS)


async def test_who_has_it_may_have_it_for_longer(dashboards_pool: Pool) -> None:
    later = timedelta(minutes=20)
    assert await take(dashboards_pool, ONE)
    assert await take(dashboards_pool, ONE, later)
    assert not await take(dashboards_pool, OTHER, claims.LASTS)
    assert await take(dashboards_pool, OTHER, later + claims.LASTS)


async def test_nobody_releases_what_another_has_nor_a_namesake_of_another_agency(
    dashboards_pool: Pool,
) -> None:
    assert await take(dashboards_pool, ONE)
    for another in (OTHER, NAMESAKE):
        assert not await claims.release(dashboards_pool, another, WORK, "child-a")
        assert not await take(dashboards_pool, another)
    assert await claims.release(dashboards_pool, ONE, WORK, "child-a")
    assert not await claims.release(dashboards_pool, ONE, WORK, "child-a")


async def test_what_was_tried_and_not_done_is_on_record_too(dashboards_pool: Pool) -> None:
    await take(dashboards_pool, ONE)
    await take(dashboards_pool, OTHER)
    rows = await dashboards_pool.fetch("SELECT subject, row_count FROM audit_entry ORDER BY seq")
    assert [tuple(row) for row in rows] == [("SW-1", 1), ("SW-2", 0)]


async def test_who_sees_the_work_sees_who_is_at_it_and_cannot_claim_it(
    ask: Ask, tell: Tell, dashboards_pool: Pool
) -> None:
    await tell(gap(1))
    await claims.take(dashboards_pool, ONE, WORK, "child-a", clock.now())
    for persona in ("norfolk-csc", "qa-reviewer"):
        listed = html.fromstring((await ask(persona, "/queue")).text)
        assert "Claimed by SW-1" in listed.xpath("string(//ol[@class='app-work'])")
        assert not listed.xpath("//form[contains(@action, '/claim')]")
        page = html.fromstring((await ask(persona, PLACE)).text)
        assert "SW-1, until" in page.xpath("string(//main)")
        assert not page.xpath("//form[contains(@action, '/claim') or contains(@action, 'release')]")


async def test_who_has_claimed_it_is_told_so_and_may_release_it(
    ask: Ask, tell: Tell, dashboards_pool: Pool
) -> None:
    await tell(gap(1), gap(2))
    me = Caller("norfolk-csc", "norfolk-csc", "agency")
    await claims.take(dashboards_pool, me, WORK, "child-a", clock.now())
    page = html.fromstring((await ask("norfolk-csc", PLACE)).text)
    assert page.xpath(f"//form[@action='{PLACE}/release']")
    for asked, shown in (("mine", [1]), ("free", [2]), ("claimed", [1])):
        listed = html.fromstring((await ask("norfolk-csc", "/queue", claim=asked)).text)
        links = listed.xpath("//ol[@class='app-work']//h2/a/@href")
        assert [int(link[-1]) for link in links] == shown


async def test_who_does_not_see_the_work_sees_no_claim_on_it(
    ask: Ask, tell: Tell, dashboards_pool: Pool
) -> None:
    await tell(gap(1))
    await claims.take(dashboards_pool, ONE, WORK, "child-a", clock.now())
    assert "SW-1" not in (await ask("norfolk-school", "/queue")).text
    assert (await ask("norfolk-school", PLACE)).status_code == 404
