"""Boundaries of `completeness.information_missing`.

contract.md 3: "at once on `referral.made`: every required element has a value or an accepted
`unknown_because`. Blank, "n/a", "unknown", "tbc", "none given", "?" are not values." What
amendments, a second `made` and a withdrawal do is in test_completeness_amended.py.
"""

from datetime import date
from functools import partial
from typing import Any

import pytest

from services.domain.gaps import Gap
from services.domain.narrative.features import Reader
from tests.domain.lives import policy
from tests.domain.rules import lessons
from tests.domain.rules.build import SCHOOL, Wire, made, received, span, when
from tests.domain.rules.lessons import (
    ALL_SAID,
    ALL_VALUES,
    REQUIRED,
    listing,
    said,
    with_features,
    without,
)

RULE = "completeness.information_missing"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)
the_gap = partial(lessons.only, RULE)

AT = "2026-03-03 09:00"
READER = Reader(policy(), REQUIRED, {})
each_element = pytest.mark.parametrize("element", REQUIRED)


def stating(information: dict[str, str], at: str = AT, **facts: Any) -> Wire:  # noqa: ANN401
    return said(made(at, **facts), information, ALL_SAID)


def told_missing(gap: Gap) -> list[list[str]]:
    """Every list among what `why` is made of that names elements."""
    lists = [value for value in gap.why.params.values() if isinstance(value, list | tuple)]
    return [sorted(names) for names in lists if set(names) & set(REQUIRED)]


def test_with_every_element_nothing_is_owed() -> None:
    assert gaps(stating(ALL_VALUES)) == []


# "All four `unknown_because` are accepted for every element."
def test_with_every_element_unknown_for_a_reason_nothing_is_owed() -> None:
    assert gaps(stating(dict.fromkeys(REQUIRED, "unknown"))) == []


@each_element
@pytest.mark.parametrize("state", ["value", "unknown"])
def test_an_element_with_a_value_or_an_accepted_reason_is_there(element: str, state: str) -> None:
    assert gaps(stating({**ALL_VALUES, element: state})) == []


@each_element
@pytest.mark.parametrize("state", ["blank", None])
def test_each_element_is_required(element: str, state: str | None) -> None:
    stated = without(ALL_VALUES, element) | ({element: state} if state else {})
    gap = the_gap(stating(stated))
    assert (gap.opens_at, gap.closes_at) == span(AT)
    # "`why` lists what is missing"
    assert told_missing(gap) == [[element]]


def test_it_is_a_gap_of_lesson_2_of_the_sender() -> None:
    referral = stating({}, id="m")
    gap = the_gap(referral)
    assert (gap.kind, gap.lesson, gap.agency) == ("gap", "2", "norfolk-police")
    assert gap.visible_to == ()
    assert (gap.referral_ref, gap.anchor) == ("R-1", (referral["source"], referral["id"]))


def test_all_that_is_missing_is_one_gap_that_lists_it() -> None:
    gap = the_gap(stating(without(ALL_VALUES, "gp", "siblings", "consent") | {"consent": "blank"}))
    assert told_missing(gap) == [["consent", "gp", "siblings"]]
    assert told_missing(the_gap(stating({}))) == [sorted(REQUIRED)]


@pytest.mark.parametrize(
    ("age", "owed"), [(17, True), (None, True), (18, False)], ids=["17", "unknown", "18"]
)
def test_it_is_owed_of_a_child(age: int | None, *, owed: bool) -> None:
    assert bool(gaps(stating({}, age=age))) is owed


def test_any_agencys_referral_owes_it() -> None:
    assert the_gap(stating({}, source=SCHOOL)).agency == "norfolk-school"


def test_what_was_only_received_owes_nothing() -> None:
    assert gaps(received(AT)) == []


def test_each_referral_owes_its_own() -> None:
    two = gaps(stating({}), stating({}, referral_ref="R-2"))
    assert sorted(str(gap.referral_ref) for gap in two) == ["R-1", "R-2"]
    assert len({gap.gap_id for gap in two}) == len(two)


# "Placeholders are compared after trimming, lower-casing and dropping trailing punctuation. Null,
# empty text, list or object are not values; false and 0 are."
STATED: dict[str, tuple[Any, bool]] = {
    "a text": ("12 High Street", True),
    "false": (False, True),
    "true": (True, True),
    "0": (0, True),
    "0 as text": ("0", True),
    "a list": (["a brother"], True),
    "a list of nothing": ([None], True),
    "an object": ({"name": "GP"}, True),
    "a text that begins as a placeholder": ("unknown to us before today", True),
    "null": (None, False),
    "empty text": ("", False),
    "spaces": (" \t\n ", False),
    "empty list": ([], False),
    "empty object": ({}, False),
    "n/a": ("n/a", False),
    "N/A.": ("N/A.", False),
    "unknown": ("unknown", False),
    "Unknown!, spaced": ("  Unknown! ", False),
    "tbc": ("tbc", False),
    "TBC...": ("TBC...", False),
    "none given": ("none given", False),
    "None given.": ("None given. ", False),
    "?": ("?", False),
    "???": ("???", False),
    "not yet known": ({"unknown_because": "not-yet-known"}, True),
    "refused": ({"unknown_because": "refused"}, True),
    "not applicable": ({"unknown_because": "not-applicable"}, True),
    "would increase risk": ({"unknown_because": "would-increase-risk"}, True),
    "unknown for no accepted reason": ({"unknown_because": "busy"}, False),
    "unknown for a blank reason": ({"unknown_because": None}, False),
}


@pytest.mark.parametrize(("value", "there"), STATED.values(), ids=STATED)
def test_from_text_what_is_a_value(value: object, *, there: bool) -> None:
    referral = made(AT)
    stated = {"information": {**dict.fromkeys(REQUIRED, "stated"), "gp": value}}
    at = when(AT)
    found = gaps(with_features(referral, READER.features(stated, at)))
    assert [told_missing(gap) for gap in found] == ([] if there else [[["gp"]]])


# "Every number is policy: dated (`since`)": and what is required is of the day that it was made
@pytest.mark.parametrize(("since", "owed"), [(date(2026, 3, 3), False), (date(2026, 3, 4), True)])
def test_what_is_required_is_policy_of_the_day(since: date, *, owed: bool) -> None:
    less = listing(f"{RULE}.required", {"values": ["address"], "since": since})
    assert bool(gaps(stating({"address": "value"}), by=less)) is owed
    assert bool(gaps(stating(without(ALL_VALUES, "address")), by=less)) is True
