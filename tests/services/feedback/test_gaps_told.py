"""Gaps reach the feed of who may see them: when they open and close, and when they vanish."""

import asyncio
from datetime import timedelta

from services.feedback import standing, store
from services.feedback.standing import standings
from tests.gaps import HOUR, MONDAY, gap
from tests.services.feedback.conftest import NOW, SETTLE, Told

OPEN = gap(1)


async def test_a_gap_is_told_to_who_owes_it_and_who_may_see_it(told: Told) -> None:
    await told.believed(OPEN)
    for agency in ("norfolk-police", "norfolk-csc"):
        (entry,) = await told.entries(agency)
        assert entry["type"] == "feedback.gap-opened.v1"
        assert entry["at"] == OPEN.opens_at
        assert entry["data"] == {
            "rule": "timeliness.decision_overdue",
            "kind": "gap",
            "lesson": "1",
            "owed_by": "norfolk-csc",
            "opens_at": "2026-03-02T10:00:00Z",
            "closes_at": None,
        }
    assert await told.types("norfolk-school") == []


async def test_a_gap_in_the_future_is_told_when_its_time_has_come(told: Told) -> None:
    coming = gap(1, opens_at=NOW + HOUR)
    await told.believed(coming)
    assert await told.types() == []
    told.now = NOW + HOUR - timedelta(seconds=1)
    await told.followed()
    assert await told.types() == []
    told.now = NOW + HOUR
    await told.followed()
    assert await told.types() == ["gap-opened"]


async def test_a_deadline_that_was_met_is_never_told(told: Told) -> None:
    await told.believed(gap(1, opens_at=NOW + HOUR))
    await told.believed()
    told.now = NOW + 2 * HOUR
    await told.followed()
    assert await told.types() == []
    assert await told.feedback.fetchval("SELECT count(*) FROM gap") == 0


async def test_a_gap_that_closes_is_told_and_one_known_late_is_told_whole(told: Told) -> None:
    await told.believed(OPEN)
    closed = gap(1, closes_at=MONDAY + 5 * HOUR)
    late = gap(2, opens_at=MONDAY, closes_at=MONDAY + 3 * HOUR)
    await told.believed(closed, late)
    assert await told.types() == ["gap-opened", "gap-opened", "gap-closed", "gap-closed"]
    assert [entry["at"] for entry in (await told.entries())[1:]] == [
        late.opens_at,
        late.closes_at,
        closed.closes_at,
    ]


async def test_a_gap_that_stays_open_and_was_not_what_was_told_is_told_once_more(
    told: Told,
) -> None:
    await told.believed(OPEN)
    earlier = gap(1, opens_at=OPEN.opens_at - HOUR)
    await told.believed(earlier)
    await told.believed(gap(1, opens_at=earlier.opens_at, policy_version="p2"))
    assert await told.types() == ["gap-opened", "gap-changed"]
    changed = (await told.entries())[-1]
    assert changed["data"]["opens_at"] == "2026-03-02T09:00:00Z"
    assert await told.feedback.fetchval("SELECT bool_or(changed) FROM gap") is False


async def test_a_gap_that_was_closed_at_another_time_is_told_once_more(told: Told) -> None:
    for hours in (5, 6, 6):
        await told.believed(gap(1, closes_at=MONDAY + hours * HOUR))
    assert await told.types() == ["gap-opened", "gap-closed", "gap-changed"]


async def test_a_gap_that_opens_again_is_told_again(told: Told) -> None:
    await told.believed(gap(1, closes_at=MONDAY + 5 * HOUR))
    await told.believed(OPEN)
    assert await told.types() == ["gap-opened", "gap-closed", "gap-opened"]


async def test_a_gap_that_vanishes_is_told_after_a_while(told: Told) -> None:
    await told.believed(OPEN)
    await told.believed()
    assert await told.types() == ["gap-opened"]
    told.now = NOW + SETTLE
    await told.followed()
    assert await told.types() == ["gap-opened", "gap-undone"]
    assert await told.feedback.fetchval("SELECT count(*) FROM gap") == 0


async def test_a_gap_that_passes_to_another_child_is_no_news(told: Told) -> None:
    await told.believed(OPEN)
    await told.believed()
    told.now = NOW + SETTLE / 2
    await told.believed(gap(1, child_ref="child-b"), child_ref="child-b")
    told.now = NOW + 2 * SETTLE
    await told.followed()
    assert await told.types() == ["gap-opened"]
    for table in ("gap", "entry"):
        query = f"SELECT DISTINCT child_ref FROM {table}"  # noqa: S608 - our tables
        assert await told.feedback.fetchval(query) == "child-b"


async def test_another_policy_that_finds_the_same_adds_nothing(told: Told) -> None:
    await told.believed(OPEN)
    await told.believed(gap(1, policy_version="p2"), policy_version="p2")
    told.now = NOW + 2 * SETTLE
    await told.followed()
    assert await told.types() == ["gap-opened"]


async def test_who_may_see_a_gap_no_longer_is_told_that_it_is_undone(told: Told) -> None:
    await told.believed(OPEN)
    await told.believed(gap(1, visible_to=()))
    told.now = NOW + SETTLE
    await told.followed()
    assert await told.types() == ["gap-opened", "gap-undone"]
    assert await told.types("norfolk-csc") == ["gap-opened"]


async def test_what_nobody_would_report_is_no_news(told: Told) -> None:
    await told.believed(gap(1, observed=False))
    assert await told.types("norfolk-csc") == []


async def test_more_changes_at_one_moment_than_a_step_takes_are_all_told(told: Told) -> None:
    await told.believed(*(gap(number, opens_at=MONDAY) for number in range(1, 1_203)))
    assert len(await told.types()) == 1_202


async def test_who_writes_second_waits_and_is_numbered_second(told: Told) -> None:
    await told.followed()
    async with told.feedback.acquire() as first, first.transaction():
        last, _ = await store.lock(first)
        (it,) = [it for it in standings(OPEN) if it.agency == "norfolk-police"]
        _, entries = standing.told(it, NOW, SETTLE)
        await store.tell(first, last, entries, NOW)
        second = asyncio.create_task(told.believed(gap(2)))
        await asyncio.sleep(0.3)
        assert not second.done()
        assert await told.feedback.fetchval("SELECT count(*) FROM entry") == 0
    await second
    numbers = [entry["seq"] for entry in await told.entries()]
    assert (numbers[0], sorted(numbers)) == (1, numbers)
