"""Who is an offer for, where, and until when?"""

from datetime import date
from typing import Any

import pytest

from services.domain.offers import (
    Areas,
    Offer,
    Wanted,
    found,
    identified,
    row_faults,
    suits,
    text_faults,
)

AREAS = Areas(
    {"county": "County", "east": "East", "west": "West", "other": "Other"},
    {"east": "county", "west": "county"},
)


def row(**stated: object) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "name": "A service",
        "description": "Of help.",
        "organization": "Somebody",
        "organization_description": "Invented.",
        "provider": "open-door",
        "type": "voluntary",
        "kind": "mentoring",
        "needs": ["knife"],
        "areas": ["east"],
        "open_to_referrals": True,
        "funded_until": "2027-03-31",
    }
    return identified(whole | stated)


def offer(**stated: object) -> Offer:
    return Offer.of(row(**stated))


@pytest.mark.parametrize(
    ("offered", "asked", "reached"),
    [
        ("east", "east", True),
        ("east", "west", False),
        ("county", "east", True),
        ("east", "county", True),
        ("county", "county", True),
        ("other", "county", False),
        ("county", "other", False),
    ],
)
def test_an_offer_in_a_county_is_one_in_each_of_its_districts(
    offered: str, asked: str, *, reached: bool
) -> None:
    assert AREAS.serves([offered], asked) is reached
    assert suits(offer(areas=[offered]), Wanted(area=asked), AREAS) is reached


def test_the_smallest_areas_are_those_that_no_other_lies_within() -> None:
    assert AREAS.smallest == ("east", "west", "other")


@pytest.mark.parametrize(
    "within", [{"a": "nowhere"}, {"a": "b", "b": "a"}, {"a": "a"}], ids=["unknown", "two", "itself"]
)
def test_areas_that_lie_within_nothing_known_or_within_themselves_are_refused(
    within: dict[str, str],
) -> None:
    stated = {code: {"name": code} for code in ("a", "b")}
    for code, outer in within.items():
        stated[code]["within"] = outer
    with pytest.raises(ValueError, match="/areas/a/within"):
        Areas.parse({"areas": stated})


@pytest.mark.parametrize(("age", "in_time"), [(9, False), (10, True), (16, True), (17, False)])
def test_both_ends_of_an_age_are_included(age: int, *, in_time: bool) -> None:
    assert suits(offer(minimum_age=10, maximum_age=16), Wanted(age=age), AREAS) is in_time


def test_what_an_offer_does_not_state_excludes_nobody() -> None:
    wanted = Wanted(age=3, sex="F", setting="school")
    assert suits(offer(), wanted, AREAS)
    assert not suits(offer(sexes=["M"]), wanted, AREAS)
    assert not suits(offer(settings=["clinic"]), wanted, AREAS)


@pytest.mark.parametrize(
    ("wanted", "stated"),
    [
        (Wanted(need="knife"), {"needs": ["missing"]}),
        (Wanted(kind="mentoring"), {"kind": "advocacy"}),
        (Wanted(type="voluntary"), {"type": "statutory"}),
        (Wanted(provider="open-door"), {"provider": "next-chapter"}),
        (Wanted(approach="mentoring"), {"approach": "sports"}),
        (Wanted(open=True), {"open_to_referrals": False}),
        (Wanted(open=True), {"status": "temporarily closed"}),
        (Wanted(prevention=False), {"prevention": True}),
        (Wanted(words="a service help"), {"name": "Another"}),
    ],
)
def test_each_thing_that_is_looked_for_narrows(wanted: Wanted, stated: dict[str, Any]) -> None:
    assert suits(offer(approach="mentoring"), wanted, AREAS)
    assert not suits(offer(**{"approach": "mentoring"} | stated), wanted, AREAS)


def test_a_service_that_is_gone_is_not_found_and_the_rest_comes_by_name() -> None:
    offers = [offer(name="b"), offer(name="A"), offer(name="c", status="defunct")]
    assert [one.row["name"] for one in found(offers, Wanted(), AREAS)] == ["A", "b"]


@pytest.mark.parametrize(
    ("stated", "day", "paid"),
    [
        ("2027-03-31", date(2027, 3, 31), True),
        ("2027-03-31", date(2027, 4, 1), False),
        ("no-end", date(2999, 1, 1), True),
        ("unknown", date(2027, 1, 1), None),
    ],
)
def test_the_last_day_is_paid_for_and_what_nobody_said_is_not_known(
    stated: str, day: date, *, paid: bool | None
) -> None:
    assert offer(funded_until=stated).funded_on(day) is paid


def test_a_service_without_an_id_gets_the_same_one_each_time() -> None:
    assert row()["id"] == row()["id"] != row(name="B")["id"]
    given = "AC148810-D857-441C-9679-408F346DE14B"
    assert row(id=given)["id"] == given.lower()


@pytest.mark.parametrize(
    ("stated", "fault"),
    [
        ({"minimum_age": 12, "maximum_age": 11}, ("maximum_age", "out-of-range")),
        ({"prevention": True}, ("approach", "required")),
        ({"funded_until": "soon"}, ("funded_until", "bad-format")),
        ({"funded_until": "20270331"}, ("funded_until", "bad-format")),
    ],
)
def test_what_is_wrong_with_a_row_is_named_by_its_field(
    stated: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert [(one.field, one.code) for one in row_faults(row(**stated))] == [fault]
    assert not row_faults(row(minimum_age=9, maximum_age=9))


@pytest.mark.parametrize(
    "unclean",
    ["with \x00 nothing", ["knife", "\u202e"], "a lone \ud800", {"\ud800": 1}, [["\x07"]]],
)
def test_what_is_no_text_is_named_whatever_the_shape_of_the_row(unclean: object) -> None:
    assert [one.field for one in text_faults({"name": unclean, "town": "Two\nlines"})] == ["name"]
