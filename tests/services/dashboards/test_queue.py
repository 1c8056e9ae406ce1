"""Is the queue in the order of what is breached next, and is nothing on it lost or met twice?"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import chain

import pytest
from lxml import html

from services.dashboards.desks import queue_rows
from services.domain.gaps import Gap
from services.runtime import clock
from tests.gaps import gap
from tests.services.conftest import Dsn, pool_of
from tests.services.dashboards.conftest import Ask, Tell

SECOND = timedelta(seconds=1)
RARE = "timeliness.decision_overdue"
WAIT = 2 * SECOND


def due(number: int, opens_at: datetime) -> Gap:
    """A gap of a number, owed by social care from a moment on."""
    return gap(number, opens_at=opens_at)


def shown(page: str) -> list[int]:
    """The numbers of the gaps on a page, in its order."""
    links = html.fromstring(page).xpath("//ol[@class='app-work']//h2/a/@href")
    return [int(link.rpartition("/")[2].replace("-", ""), 16) for link in links]


def following(page: str) -> str | None:
    """Where the next page begins."""
    links = html.fromstring(page).xpath("//a[@rel='next']/@href")
    return links[0].partition("after=")[2] if links else None


async def pages(ask: Ask, persona: str = "norfolk-csc", **asked: str) -> AsyncIterator[list[int]]:
    """Go from page to page to the last."""
    page = (await ask(persona, "/queue", **asked)).text
    yield shown(page)
    while (after := following(page)) is not None:
        page = (await ask(persona, "/queue", after=after, **asked)).text
        yield shown(page)


async def test_first_what_is_due_next_then_what_is_over_the_latest_first(
    ask: Ask, tell: Tell
) -> None:
    now = clock.now()
    late = [due(number, now - number * SECOND) for number in range(1, 31)]
    soon = [due(100 + number, now + timedelta(hours=number)) for number in range(1, 31)]
    await tell(*late, *soon)
    found = [one async for one in pages(ask)]
    assert [len(one) for one in found] == [25, 25, 10]
    assert list(chain(*found)) == [*range(101, 131), *range(1, 31)]
    assert [one async for one in pages(ask, state="open")] == [
        list(range(1, 26)), list(range(26, 31)),
    ]  # fmt: skip


async def test_what_is_done_or_that_nobody_would_report_is_no_work(ask: Ask, tell: Tell) -> None:
    now = clock.now()
    await tell(due(1, now), gap(2, closes_at=now), gap(3, observed=False))
    assert [one async for one in pages(ask)] == [[1]]


async def test_by_a_rule_the_queue_has_what_is_owed_by_it_and_its_tally_tells_where_nothing_is(
    ask: Ask, tell: Tell, dsn: Dsn
) -> None:
    now = clock.now()
    other = "timeliness.referrer_not_told"
    done = gap(3, rule=other, closes_at=now, opens_at=now - SECOND)
    third = {"rule": "timeliness.assessment_overdue"}
    soon = gap(4, opens_at=now + timedelta(hours=1), **third)
    await tell(due(1, now), gap(2, agency="norfolk-police", rule=other), done, soon)
    rule = {"rule": gap(1).rule}
    for persona in ("norfolk-csc", "qa-reviewer"):
        assert [one async for one in pages(ask, persona, **rule)] == [[1]]
        assert [one async for one in pages(ask, persona, **third)] == [[4]]
    assert [one async for one in pages(ask, "qa-reviewer", rule=other)] == [[2]]
    assert [one async for one in pages(ask, "norfolk-csc", rule=other)] == [[]]
    assert [one async for one in pages(ask, "qa-reviewer", agency="norfolk-police", **rule)] == [[]]
    async with pool_of(dsn("ledger")) as pool:  # nothing is read past a tally that knows of nothing
        zero = "UPDATE gap_tally SET (believed, ended) = (0, 0) WHERE rule = $1"
        await pool.execute(zero, rule["rule"])
    assert [one async for one in pages(ask, **rule)] == [[]]


@pytest.mark.parametrize("streams", [0, queue_rows.STREAMS])
@pytest.mark.parametrize(
    "asked",
    [{}, {"rule": RARE}, {"lesson": "2"}, {"agency": "norfolk-police"}, {"unit": "custody"},
     {"unit": "custody", "rule": RARE}, {"kind": "query"}, {"claim": "free"}],
)  # fmt: skip
async def test_read_rule_by_rule_or_as_a_whole_the_queue_is_the_same_and_whole(
    ask: Ask, tell: Tell, monkeypatch: pytest.MonkeyPatch, streams: int, asked: dict[str, str]
) -> None:
    monkeypatch.setattr(queue_rows, "STREAMS", streams)
    now = clock.now()
    every = [
        gap(
            number,
            rule=RARE if number % 9 == 0 else "completeness.information_missing",
            lesson="1" if number % 9 == 0 else "2",
            kind="query" if number % 7 == 0 else "gap",
            agency="norfolk-police" if number % 3 else "norfolk-csc",
            unit="custody" if number % 4 == 0 else None,
            opens_at=now + (number % 5 - 2) * timedelta(hours=1),  # many at the same moment
        )
        for number in range(1, 121)
    ]
    await tell(*every)
    wanted = [one for one in every if all(getattr(one, name, "free") == value
                                          for name, value in asked.items())]  # fmt: skip
    places = [(one.opens_at, int(one.gap_id.replace("-", ""), 16)) for one in wanted]
    soon, over = (
        [place for place in places if (place[0] > now) == is_so] for is_so in (True, False)
    )
    expected = [number for _, number in (*sorted(soon), *sorted(over, reverse=True))]
    found = [one async for one in pages(ask, "qa-reviewer", **asked)]
    assert list(chain(*found)) == expected
    assert [len(one) for one in found[:-1]] == [25] * (len(found) - 1)


async def test_nothing_is_lost_or_met_twice_while_time_goes_on_and_new_gaps_come(
    ask: Ask, tell: Tell
) -> None:
    now = clock.now()
    soon = [due(number, now + WAIT + number * SECOND / 1000) for number in range(1, 31)]
    late = [due(100 + number, now - number * SECOND) for number in range(1, 31)]
    await tell(*soon, *late)
    found: list[int] = []
    async for one in pages(ask):
        if not found:
            await asyncio.sleep((now + WAIT + SECOND / 4 - clock.now()).total_seconds())
        found += one
        came = due(200 + len(found), clock.now())
        await tell(came, version=len(found), child_ref=f"child-{len(found)}")
    assert [number for number in found if number < 200] == [*range(1, 31), *range(101, 131)]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("after", ["x", "WzFd", "WyJub3doZXJlIl0"])
async def test_a_place_that_is_none_is_named(ask: Ask, after: str) -> None:
    answer = await ask("norfolk-csc", "/queue", after=after)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/query/after", "code": "cursor"}]


async def test_where_the_page_of_a_gap_stood_leads_to_where_it_is(ask: Ask, tell: Tell) -> None:
    await tell(gap(1))
    one = f"/gaps/{gap(1).gap_id}"
    moved = await ask("norfolk-csc", one, known_at="2026-03-10T12:00:00Z")
    assert moved.status_code == 308
    assert moved.headers["location"] == (
        f"/queue/{gap(1).gap_id}?known_at=2026-03-10T12%3A00%3A00Z"
    )
    assert (await ask("norfolk-csc", "/gaps/not-one")).status_code == 422


async def test_what_was_believed_of_a_gap_then_is_shown_as_it_was(ask: Ask, tell: Tell) -> None:
    await tell(gap(1), version=1)
    then = (await ask("norfolk-csc")).json()["known_at"]
    await tell(gap(1, closes_at=clock.now()), version=2)
    place = f"/queue/{gap(1).gap_id}"
    assert "Closed" in (await ask("norfolk-csc", place)).text
    assert " over" in html.fromstring((await ask("norfolk-csc", place, known_at=then)).text).xpath(
        "string(//main)"
    )
