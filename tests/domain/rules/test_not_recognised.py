"""Boundaries of `cumulative_harm.not_recognised`: when it is owed, and when it opens.

contract.md 3: "[24 h] after the [3rd] distinct incident of any grade, any agency, within
[90 days]." What closes it is in test_not_recognised_closed.py.
"""

from datetime import date
from functools import partial

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import (
    SCHOOL,
    Wire,
    concerned,
    detained,
    exposed,
    found,
    interviewed,
    missing,
    retracted,
    ruled,
    searched,
    span,
)

RULE = "cumulative_harm.not_recognised"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)
the_gap = partial(lessons.only, RULE)

ONE = exposed("2026-03-02 09:00", incident_ref="I-1", grade="green", id="one")
TWO = exposed("2026-03-05 09:00", incident_ref="I-2", grade="amber", id="two")
AT = "2026-03-10 09:00"
THREE = exposed(AT, incident_ref="I-3", grade="red", id="three")
OPENS = "2026-03-11 09:00"


def test_two_incidents_owe_nothing() -> None:
    assert gaps(ONE, TWO) == []


def test_it_opens_24_hours_after_the_third() -> None:
    assert spans(ONE, TWO, THREE) == [span(OPENS)]


def test_it_is_a_gap_of_lesson_1_anchored_on_the_incident_that_completes_it() -> None:
    gap = the_gap(ONE, TWO, THREE)
    assert (gap.kind, gap.lesson, gap.anchor[1], gap.observed) == ("gap", "1", "three", True)
    assert {key[1] for key in gap.evidence} >= {"one", "two", "three"}


# contract.md says "Hours and days are elapsed time (a day is 24 h)"
CLOCKS = {
    "march: an hour later by the clock": ("2026-03-28 12:00", "2026-03-29 13:00"),
    "october: an hour earlier by the clock": ("2026-10-24 12:00", "2026-10-25 11:00"),
    "within the hour that october has twice": ("2026-10-25T00:30:00Z", "2026-10-26T00:30:00Z"),
}


@pytest.mark.parametrize(("at", "opens"), CLOCKS.values(), ids=CLOCKS)
def test_24_hours_are_elapsed_time(at: str, opens: str) -> None:
    before = (
        exposed(at, incident_ref="I-1", grade="green", id="1"),
        exposed(at, incident_ref="I-2", grade="green", id="2"),
    )
    assert spans(*before, exposed(at, incident_ref="I-3", grade="green", id="3")) == [span(opens)]


# contract.md says "within the 90 x 24 h ending with it (both ends included)"
WINDOW = {
    "well within": ("2026-02-01 09:00", "2026-03-02 09:00", True),
    "the moment before 90 days": ("2026-05-01 09:00", "2026-07-30 08:59:59.999999", True),
    "90 days exactly": ("2026-05-01 09:00", "2026-07-30 09:00", True),
    "the moment after 90 days": ("2026-05-01 09:00", "2026-07-30 09:00:00.000001", False),
    "over march: 90 x 24 h are 10:00": ("2026-01-15 09:00", "2026-04-15 10:00", True),
    "over march: the moment after": ("2026-01-15 09:00", "2026-04-15 10:00:00.000001", False),
    "over october: 90 x 24 h are 08:00": ("2026-08-01 09:00", "2026-10-30 08:00", True),
    "over october: the moment after": ("2026-08-01 09:00", "2026-10-30 08:00:00.000001", False),
    "over october: 90 days by the calendar": ("2026-08-01 09:00", "2026-10-30 09:00", False),
}


@pytest.mark.parametrize(("first", "last", "owed"), WINDOW.values(), ids=WINDOW)
def test_the_window_ends_with_the_third_and_includes_both_ends(
    first: str, last: str, *, owed: bool
) -> None:
    start = exposed(first, incident_ref="I-1", grade="green", id="1")
    between = exposed(first, incident_ref="I-2", grade="green", id="2")
    assert bool(gaps(start, between, exposed(last, incident_ref="I-3", grade="green"))) is owed


# "`distinct` and `at or after` include the same instant."
def test_three_at_the_same_instant_are_three() -> None:
    same = [exposed(AT, incident_ref=f"I-{n}", grade="green", id=f"{n}") for n in (2, 3, 1)]
    gap = the_gap(*same)
    # contract.md says "Ties are ordered by (`time`, `source`, `id`)."
    assert (gap.opens_at, gap.anchor[1]) == (span(OPENS)[0], "3")


# "An **incident** is any detention, interview, exposure, missing, found, search or concern event,
# whatever the involvement."
KINDS: dict[str, Wire] = {
    "a detention": detained(AT),
    "a detention of an incident": detained(AT, incident_ref="I-3"),
    "an interview as suspect": interviewed(AT),
    "an interview as witness": interviewed(AT, involvement="witness"),
    "an interview as victim": interviewed(AT, involvement="victim", custody_ref="C-3"),
    "an exposure as victim": exposed(AT, incident_ref="I-3", grade="green"),
    "an exposure as suspect": exposed(AT, incident_ref="I-3", grade="green", involvement="suspect"),
    "an exposure, present": exposed(AT, incident_ref="I-3", grade="amber", involvement="present"),
    "an exposure without a known age": exposed(AT, incident_ref="I-3", grade="red", age=None),
    "missing": missing(AT, incident_ref="I-3"),
    "found": found(AT, incident_ref="I-3"),
    "a search": searched(AT, incident_ref="I-3", outcome="nothing-found"),
    "a concern": concerned(AT, grade="green"),
    "a concern of an incident": concerned(AT, grade="red", incident_ref="I-3"),
    "an event of another record of the child": exposed(
        AT, incident_ref="I-3", grade="green", record="record-2"
    ),
}


@pytest.mark.parametrize("third", KINDS.values(), ids=KINDS)
def test_any_kind_of_incident_of_any_grade_and_agency_counts(third: Wire) -> None:
    assert spans(ONE, TWO, third) == [span(OPENS)]


@pytest.mark.parametrize("third", KINDS.values(), ids=KINDS)
def test_the_agency_of_the_incident_that_completes_the_window_owes_it(third: Wire) -> None:
    gap = the_gap(ONE, TWO, third)
    assert (gap.agency, gap.anchor) == (third["agency"], (third["source"], third["id"]))


# "an event at 18 or over opens nothing and joins nothing"
def test_an_event_at_18_does_not_count() -> None:
    assert gaps(ONE, TWO, exposed(AT, incident_ref="I-3", grade="red", age=18)) == []
    assert (
        gaps(exposed("2026-03-01 09:00", incident_ref="I-9", grade="red", age=18), TWO, THREE) == []
    )


# "Distinct = distinct `incident_ref`, else `custody_ref`, else `concern_ref`/`interview_ref`; two
# agencies on one incident count once"
EARLIER = "2026-03-09 09:00"
TWICE: dict[str, tuple[Wire, ...]] = {
    "two agencies on one incident": (THREE, concerned(EARLIER, incident_ref="I-3", grade="red")),
    "missing and found": (missing(EARLIER, incident_ref="I-3"), found(AT, incident_ref="I-3")),
    "a detention and an interview of one custody": (
        detained(EARLIER),
        interviewed(AT, custody_ref="C-1"),
    ),
    "two events of one incident, of two custodies": (
        detained(EARLIER, incident_ref="I-3"),
        detained(AT, incident_ref="I-3", custody_ref="C-2"),
    ),
    "two incident refs in one custody": (
        detained(EARLIER, incident_ref="I-3"),
        detained(AT, incident_ref="I-4"),
    ),
    "through a third event": (
        exposed(EARLIER, incident_ref="I-3", grade="red"),
        interviewed(AT, custody_ref="C-1"),
        detained(AT, incident_ref="I-3", custody_ref="C-1"),
    ),
    "two events with one interview ref": (interviewed(EARLIER), interviewed(AT)),
    "one interview ref in two custodies": (
        interviewed(EARLIER, custody_ref="C-1"),
        interviewed(AT, custody_ref="C-2"),
    ),
    "two events with one concern ref": (
        concerned(EARLIER, grade="green"),
        concerned(AT, grade="green", incident_ref="I-3"),
    ),
}


@pytest.mark.parametrize("events", TWICE.values(), ids=TWICE)
def test_events_of_one_incident_count_once(events: tuple[Wire, ...]) -> None:
    assert gaps(ONE, *events) == []
    assert len(gaps(ONE, TWO, *events)) == 1


DISTINCT: dict[str, tuple[Wire, ...]] = {
    "custody refs": (detained(EARLIER), detained(AT, custody_ref="C-2")),
    "interview refs": (interviewed(EARLIER), interviewed(AT, interview_ref="V-2")),
    "concern refs": (
        concerned(EARLIER, grade="green"),
        concerned(AT, grade="green", concern_ref="N-2"),
    ),
    "refs of two kinds": (
        detained(EARLIER, custody_ref="X"),
        concerned(AT, concern_ref="X", grade="red"),
    ),
}


@pytest.mark.parametrize("events", DISTINCT.values(), ids=DISTINCT)
def test_distinct_refs_are_distinct_incidents(events: tuple[Wire, ...]) -> None:
    assert spans(ONE, *events) == [span(OPENS)]


# "its time is its first event's"
def test_the_third_incident_is_placed_by_its_first_event() -> None:
    later = concerned("2026-03-12 09:00", incident_ref="I-3", grade="red", source=SCHOOL)
    gap = the_gap(ONE, TWO, THREE, later)
    assert (gap.opens_at, gap.anchor[1], gap.agency) == (span(OPENS)[0], "three", "norfolk-police")


def test_an_incident_that_began_before_the_window_does_not_count_by_a_later_event() -> None:
    began = missing("2025-11-01 09:00", incident_ref="I-1")
    assert gaps(began, ONE, TWO, exposed(AT, incident_ref="I-2", grade="red")) == []


def test_a_retracted_incident_does_not_count() -> None:
    assert gaps(ONE, TWO, THREE, retracted(TWO)) == []


# contract.md says "Every number is policy: dated (`since`)"
@pytest.mark.parametrize(("since", "owed"), [(date(2026, 3, 10), False), (date(2026, 3, 11), True)])
def test_the_number_of_incidents_is_that_of_the_day(since: date, *, owed: bool) -> None:
    four = ruled({f"{RULE}.incidents": [{"value": 4, "since": since}]})
    assert bool(gaps(ONE, TWO, THREE, by=four)) is owed
