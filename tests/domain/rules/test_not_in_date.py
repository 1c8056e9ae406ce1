"""Boundaries of `training.not_in_date`.

contract.md 3: "at a detention, interview, exposure or referral handled by a practitioner of a unit
that must hold [`child-vulnerability`; units `general-cid`, `response`, `custody`; valid 3 years]
without it in date then". What closes it is in test_not_in_date_closed.py.
"""

from datetime import date
from functools import partial

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import (
    Wire,
    amended,
    detained,
    exposed,
    found,
    interviewed,
    made,
    missing,
    not_referred,
    retracted,
    ruled,
    searched,
    span,
    withdrawn,
)
from tests.domain.rules.lessons import done_by, listing, reviewed, trained

RULE = "training.not_in_date"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)
the_gap = partial(lessons.only, RULE)
by_anna = partial(done_by, "anna", unit="response")

AT = "2026-03-03 09:00"
HANDLED = by_anna(detained(AT))

# "interviews of any involvement"
WORK: dict[str, Wire] = {
    "a detention": detained(AT),
    "an interview as suspect": interviewed(AT),
    "an interview as witness": interviewed(AT, involvement="witness"),
    "an interview as victim": interviewed(AT, involvement="victim"),
    "an exposure": exposed(AT, grade="green"),
    "a referral": made(AT),
    "a detention of a child without a known age": detained(AT, age=None),
}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_it_opens_at_what_was_handled(work: Wire) -> None:
    handled = by_anna(work)
    gap = the_gap(handled)
    assert (gap.opens_at, gap.closes_at) == span(AT)
    assert (gap.kind, gap.lesson, gap.agency, gap.unit) == (
        "gap",
        "4",
        "norfolk-police",
        "response",
    )
    assert gap.anchor == (handled["source"], handled["id"])


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_in_date_nothing_is_owed(work: Wire) -> None:
    assert gaps(by_anna(work), training=[trained("2025-01-01")]) == []


@pytest.mark.parametrize(
    ("unit", "must"),
    [
        ("general-cid", True),
        ("response", True),
        ("custody", True),
        ("child-abuse-unit", False),
        ("other", False),
        # "no `unit`, no duty"
        (None, False),
    ],
)
def test_some_units_must_hold_it(unit: str | None, *, must: bool) -> None:
    assert bool(gaps(done_by("anna", detained(AT), unit))) is must


# "amendments handle nothing"
NOT_HANDLED: dict[str, tuple[Wire, ...]] = {
    "missing": (by_anna(missing(AT)),),
    "found": (by_anna(found(AT)),),
    "a search": (by_anna(searched(AT, outcome="drugs")),),
    "an amendment": (done_by("ben", made(AT)), by_anna(amended(AT))),
    "a withdrawal": (done_by("ben", made(AT)), by_anna(withdrawn(AT))),
    "a decision not to refer": (
        done_by("ben", detained(AT)),
        by_anna(not_referred(AT, triggers=["C-1"])),
    ),
    "a review": (done_by("ben", detained(AT)), by_anna(reviewed(AT))),
    "a detention at 18": (by_anna(detained(AT, age=18)),),
    "a retracted detention": (HANDLED, retracted(HANDLED)),
}


@pytest.mark.parametrize("events", NOT_HANDLED.values(), ids=NOT_HANDLED)
def test_nothing_else_is_handled(events: tuple[Wire, ...]) -> None:
    assert gaps(*events) == []


# "in date means `completed_on` ≤ the event's London date ≤ `expires_on`, else the same date 3 years
# later (29 February becomes 28), both included."
DATES: dict[str, tuple[str, str | None, str, bool]] = {
    "completed that day": ("2026-03-03", None, AT, True),
    "completed the day after": ("2026-03-04", None, AT, False),
    "completed the day before": ("2026-03-02", None, AT, True),
    "three years to the day": ("2023-03-03", None, AT, True),
    "three years, the last moment of the day": (
        "2023-03-03",
        None,
        "2026-03-03 23:59:59.999999",
        True,
    ),
    "three years, midnight after": ("2023-03-03", None, "2026-03-04 00:00", False),
    "three years and a day": ("2023-03-02", None, AT, False),
    "29 february, on the 28th": ("2024-02-29", None, "2027-02-28 23:59", True),
    "29 february, on 1 march": ("2024-02-29", None, "2027-03-01 00:00", False),
    "28 february, on the 28th of a leap year": ("2025-02-28", None, "2028-02-28 09:00", True),
    "28 february, on the 29th": ("2025-02-28", None, "2028-02-29 09:00", False),
    "it expires that day": ("2025-03-03", "2026-03-03", AT, True),
    "it expired the day before": ("2025-03-03", "2026-03-02", AT, False),
    "it expires later than three years after": ("2019-03-03", "2026-03-03", AT, True),
    "it expires later, and was not completed": ("2026-03-04", "2030-03-03", AT, False),
    "london, summer: 23:30 UTC is the day after": (
        "2026-06-02",
        None,
        "2026-06-01T23:30:00Z",
        True,
    ),
    "london, summer: 22:59 UTC is the day": ("2026-06-02", None, "2026-06-01T22:59:59Z", False),
    "london, summer: expired at 23:00 UTC": (
        "2025-06-01",
        "2026-06-01",
        "2026-06-01T23:00:00Z",
        False,
    ),
    "london, winter: 23:59 UTC is the day": (
        "2025-01-05",
        "2026-01-05",
        "2026-01-05T23:59:59Z",
        True,
    ),
    "an event of which only the day is known": ("2026-06-02", None, "2026-06-02", True),
}


@pytest.mark.parametrize(("completed", "expires", "at", "held"), DATES.values(), ids=DATES)
def test_in_date(completed: str, expires: str | None, at: str, *, held: bool) -> None:
    training = [trained(completed, expires, at=f"{completed} 00:00")]
    assert (not gaps(by_anna(detained(at)), training=training)) is held


def test_any_of_several_trainings_in_date_is_enough() -> None:
    several = [trained("2020-01-01"), trained("2024-01-01"), trained("2025-01-01", "2025-06-01")]
    assert gaps(HANDLED, training=several) == []


# "In date is judged by `completed_on`, whenever the training event was timed."
@pytest.mark.parametrize("at", ["2025-01-01 12:00", "2026-03-03 09:00", "2026-12-01 12:00"])
def test_it_is_judged_by_the_day_of_completion(at: str) -> None:
    assert gaps(HANDLED, training=[trained("2025-01-01", at=at)]) == []
    assert len(gaps(HANDLED, training=[trained("2020-01-01", at=at)])) == 1


NOT_HELD = {
    "another's": trained("2025-01-01", who="ben"),
    "another course": trained("2025-01-01", course="other"),
}


@pytest.mark.parametrize("other", NOT_HELD.values(), ids=NOT_HELD)
def test_what_is_not_that_practitioners_course_is_not_held(other: Wire) -> None:
    assert spans(HANDLED, training=[other]) == [span(AT)]


def test_a_retracted_training_is_not_held() -> None:
    training = trained("2025-01-01")
    assert spans(HANDLED, retracted(training), training=[training]) == [span(AT)]


# contract.md says "Every number is policy: dated (`since`)"
@pytest.mark.parametrize(("since", "owed"), [(date(2026, 3, 3), True), (date(2026, 3, 4), False)])
def test_the_years_and_units_are_those_of_the_day(since: date, *, owed: bool) -> None:
    shorter = ruled({f"{RULE}.valid": [{"value": 2, "since": since}]})
    assert bool(gaps(HANDLED, training=[trained("2024-03-02")], by=shorter)) is owed
    more = listing(f"{RULE}.units", {"values": ["child-abuse-unit"], "since": since})
    assert bool(gaps(done_by("anna", detained(AT)), by=more)) is owed
    assert bool(gaps(HANDLED, by=more)) is not owed
