"""Is behind every number on a page a list that is as long as the number says?"""

from collections.abc import Iterator
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from lxml import html

from tests.gaps import gap
from tests.services.dashboards.conftest import Ask, Tell
from tests.services.dashboards.test_dip_samples import Put, made, put
from tests.services.dashboards.test_measures import Count, count, fact

__all__ = ["count", "put"]
NOW = {"as_of": "2026-03-10T12:00:00Z"}


def linked(page: str, table: str) -> Iterator[tuple[int, str]]:
    """Every number of a table that is a link, and where it leads."""
    (found,) = html.fromstring(page).xpath(f"//table[@id='{table}']")
    for link in found.xpath(".//td//a"):
        if link.text_content().strip().isdigit():
            yield int(link.text_content()), link.get("href")


def total(page: str) -> int:
    """How many a list says that it holds."""
    return int(html.fromstring(page).xpath("//*[@role='status']//strong")[0].text.split()[0])


@pytest.mark.parametrize("persona", ["qa-reviewer", "police-supervisor", "norfolk-csc"])
async def test_what_is_open_by_rule_is_as_long_a_list(ask: Ask, tell: Tell, persona: str) -> None:
    await tell(gap(1), gap(2, closes_at=None), gap(3, rule="timeliness.referrer_not_told"))
    await tell(gap(4, child_ref="child-b"), child_ref="child-b")
    await tell(gap(5, child_ref="child-c", agency="norfolk-police"), child_ref="child-c")
    await tell(gap(6, child_ref="child-d", observed=False), child_ref="child-d")
    page = await ask(persona, "/timeliness", **NOW)
    numbers = list(linked(page.text, "owed"))
    assert sum(number for number, _ in numbers) > 0
    for number, place in numbers:
        path, _, query = place.partition("?")
        asked = dict(parse_qsl(query))
        assert total((await ask(persona, path, **asked)).text) == number


async def test_a_number_of_a_month_is_as_long_a_list(ask: Ask, count: Count) -> None:
    await count(
        fact(1, "2026-03-02"),
        fact(2, "2026-03-31", "missed"),
        fact(3, "2026-03-07", "missed"),
        fact(4, "2026-03-30", "missing"),
        fact(5, "2026-04-01", "missed"),
        fact(6, "2026-03-02", "missed", measure="feedback.in-time"),
    )
    months = {"from": "2026-03", "to": "2026-03"}
    page = await ask("qa-reviewer", "/measures/decision.in-time", **months)
    numbers = list(linked(page.text, "months"))
    assert [number for number, _ in numbers] == [1, 2, 3, 1]
    for number, place in numbers:
        path, _, query = place.partition("?")
        asked = dict(parse_qsl(query))
        assert total((await ask("qa-reviewer", path, **asked)).text) == number


async def test_what_a_number_is_narrowed_to_stays_with_its_list_and_can_be_taken_away(
    ask: Ask, count: Count
) -> None:
    here = [fact(number, "2026-03-02") for number in range(3)]
    there = [fact(number, "2026-03-02", area="E07000145") for number in range(3, 8)]
    await count(*here, *there)
    asked = {"from": "2026-03", "to": "2026-03", "area": "E07000145"}
    page = (await ask("qa-reviewer", "/measures/decision.in-time", **asked)).text
    numbers = list(linked(page, "months"))
    assert [number for number, _ in numbers] == [5, 5]
    for number, place in numbers:
        path, _, query = place.partition("?")
        listed = (await ask("qa-reviewer", path, **dict(parse_qsl(query)))).text
        assert total(listed) == number
        assert "Only area: Great Yarmouth." in listed
    tree = html.fromstring(page)
    assert tree.xpath("//form//input[@name='area']/@value") == ["E07000145"]
    (chip,) = tree.xpath("//a[contains(@class, 'app-chip')]")
    assert chip.text_content() == "Remove area: Great Yarmouth"
    assert "area" not in chip.get("href")


async def test_a_case_leads_to_its_gap_and_to_the_childs_chronology(
    ask: Ask, count: Count, tell: Tell, put: Put
) -> None:
    child, other = "a" * 32, "b" * 32
    decided = {"rule": "timeliness.decision_overdue", "child_ref": child, "referral_ref": "R-1"}
    anchored = {"anchor": ("/norfolk-police/referrals", "made-1"), **decided}
    await put(child, made(1))
    await tell(gap(1, **anchored), gap(2, **decided), child_ref=child)
    await tell(gap(3, **anchored | {"child_ref": other}), child_ref=other)
    own = {"child_ref": child, "agency": "norfolk-police"}
    await count(fact(1, "2026-03-02", "missed", **own), fact(9, "2026-03-03", "missed", **own))
    asked = {"from": "2026-03", "to": "2026-03", "state": "missed"}
    for persona in ("qa-reviewer", "norfolk-police"):
        page = await ask(persona, "/measures/decision.in-time/cases", **asked)
        (table,) = html.fromstring(page.text).xpath("//table[@id='cases']/tbody")
        links = [row.xpath(".//a/@href") for row in table]
        gap_page = f"/queue/{UUID(int=1)}"
        assert links == [[f"/children/{child}", gap_page], [f"/children/{child}"]]
        for place in links[0]:
            answer = await ask(persona, place)
            assert answer.status_code == 200, place


async def test_who_sees_no_case_is_led_to_none(ask: Ask, tell: Tell) -> None:
    await tell(gap(1))
    page = (await ask("pcc-analyst", "/timeliness")).text
    assert "/gaps" not in page
    assert "/cases" not in page
