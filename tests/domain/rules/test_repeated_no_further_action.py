"""Boundaries of `cumulative_harm.repeated_no_further_action`.

contract.md 3: "query: at an incident after [2] no-further-action decisions within [365 days]",
closed by "a decision other than no further action".
"""

from datetime import date
from functools import partial

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import (
    CENSUS,
    Wire,
    concerned,
    decided,
    detained,
    discussed,
    exposed,
    found,
    interviewed,
    made,
    missing,
    received,
    retracted,
    ruled,
    searched,
    span,
    told,
    withdrawn,
)

RULE = "cumulative_harm.repeated_no_further_action"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)
the_gap = partial(lessons.only, RULE)

nfa = partial(decided, decision="no-further-action")
FIRST = nfa("2026-01-10 09:00", referral_ref="R-1")
SECOND = nfa("2026-02-10 09:00", referral_ref="R-2")
AT = "2026-03-10 09:00"
green = partial(exposed, grade="green")
INCIDENT = green(AT, id="incident")


def test_it_opens_at_the_incident() -> None:
    gap = the_gap(FIRST, SECOND, INCIDENT)
    assert (gap.opens_at, gap.closes_at) == span(AT)
    assert (gap.kind, gap.lesson, gap.anchor[1]) == ("query", "1", "incident")


@pytest.mark.parametrize(
    "before",
    [
        (),
        (FIRST,),
        (FIRST, nfa("2026-02-10 09:00", referral_ref="R-1")),
        (FIRST, decided("2026-02-10 09:00", referral_ref="R-2", decision="early-help")),
        (FIRST, SECOND, retracted(SECOND)),
    ],
    ids=["none", "one", "one referral twice", "one and another decision", "one retracted"],
)
def test_fewer_than_two_distinct_referrals_raise_nothing(before: tuple[Wire, ...]) -> None:
    assert gaps(*before, INCIDENT) == []


KINDS: dict[str, Wire] = {
    "a detention": detained(AT),
    "an interview as witness": interviewed(AT, involvement="witness"),
    "an exposure": green(AT, involvement="suspect"),
    "missing": missing(AT),
    "found": found(AT),
    "a search": searched(AT, outcome="nothing-found"),
    "a concern": concerned(AT, grade="green"),
    "an event without a known age": green(AT, age=None),
}


@pytest.mark.parametrize("incident", KINDS.values(), ids=KINDS)
def test_any_incident_raises_it_with_its_agency(incident: Wire) -> None:
    gap = the_gap(FIRST, SECOND, incident)
    assert ((gap.opens_at, gap.closes_at), gap.agency) == (span(AT), incident["agency"])


def test_an_incident_at_18_raises_nothing() -> None:
    assert gaps(FIRST, SECOND, green(AT, age=18)) == []


@pytest.mark.parametrize(
    "other", [made(AT), received(AT), told(AT), discussed(AT)], ids=lambda wire: str(wire["type"])
)
def test_nothing_but_an_incident_raises_it(other: Wire) -> None:
    assert gaps(FIRST, SECOND, other) == []


# "two distinct `referral_ref`s, each decided no further action strictly before the incident"
LAST = {
    "the moment before": ("2026-03-10 08:59:59.999999", True),
    "at the instant": (AT, False),
    "the moment after": ("2026-03-10 09:00:00.000001", False),
}


@pytest.mark.parametrize(("at", "raised"), LAST.values(), ids=LAST)
def test_the_decisions_are_strictly_before_the_incident(at: str, *, raised: bool) -> None:
    assert bool(gaps(FIRST, nfa(at, referral_ref="R-2"), INCIDENT)) is raised


def test_two_decisions_at_one_instant_are_two() -> None:
    same = nfa("2026-02-10 09:00", referral_ref="R-1")
    assert spans(same, SECOND, INCIDENT) == [span(AT)]


def test_a_referral_decided_otherwise_as_well_was_decided_so() -> None:
    other = decided("2026-02-20 09:00", referral_ref="R-2", decision="section-17")
    assert spans(FIRST, SECOND, other, INCIDENT) == [span(AT)]


def test_a_decision_of_the_census_counts() -> None:
    assert spans(FIRST, nfa("2026-02-10 09:00", referral_ref="R-2", source=CENSUS), INCIDENT)


# "and within the window (both ends included)": 365 x 24 h
WINDOW = {
    "the moment within": ("2025-03-10 09:00:00.000001", AT, True),
    "365 days exactly": ("2025-03-10 09:00", AT, True),
    "the moment before": ("2025-03-10 08:59:59.999999", AT, False),
    "from winter into summer, exactly": ("2025-03-29 09:00", "2026-03-29 10:00", True),
    "from winter into summer, too late": (
        "2025-03-29 09:00",
        "2026-03-29 10:00:00.000001",
        False,
    ),
    "from summer into winter, exactly": ("2025-10-25 09:00", "2026-10-25 08:00", True),
    "from summer into winter, a year by the calendar": (
        "2025-10-25 09:00",
        "2026-10-25 09:00",
        False,
    ),
}


@pytest.mark.parametrize(("first", "at", "raised"), WINDOW.values(), ids=WINDOW)
def test_the_decisions_are_within_365_days(first: str, at: str, *, raised: bool) -> None:
    assert bool(gaps(nfa(first, referral_ref="R-1"), SECOND, green(at))) is raised


def test_a_referral_decided_so_again_within_the_window_counts() -> None:
    old, again = nfa("2024-01-10 09:00"), nfa("2026-01-11 09:00")
    assert spans(old, again, SECOND, INCIDENT) == [span(AT)]
    between = nfa("2024-02-10 09:00", referral_ref="R-9")
    assert spans(old, between, FIRST, SECOND, INCIDENT) == [span(AT)]
    assert spans(old, between, SECOND, nfa("2026-03-01 09:00"), INCIDENT) == [span(AT)]


# "closed by the first other decision at or after the incident"
OTHERS = [
    "immediate-protection",
    "strategy-discussion",
    "section-47",
    "section-17",
    "early-help",
    "information-and-advice",
    "linked-to-open-case",
]


@pytest.mark.parametrize("decision", OTHERS)
@pytest.mark.parametrize("ref", ["R-1", "R-3"])
def test_any_other_decision_closes_it(decision: str, ref: str) -> None:
    at = "2026-03-12 09:00"
    closing = decided(at, decision=decision, referral_ref=ref)
    assert spans(FIRST, SECOND, INCIDENT, closing) == [span(AT, at)]


def test_the_first_of_them_closes_it() -> None:
    late = decided("2026-03-14 09:00"), decided("2026-03-12 09:00")
    assert spans(FIRST, SECOND, INCIDENT, *late) == [span(AT, "2026-03-12 09:00")]


def test_another_decision_at_the_instant_leaves_no_query() -> None:
    assert gaps(FIRST, SECOND, INCIDENT, decided(AT, referral_ref="R-3")) == []


ELSE: dict[str, Wire] = {
    "a third decision of no further action": nfa("2026-03-12 09:00", referral_ref="R-3"),
    "another decision before the incident": decided("2026-03-10 08:59:59.999999"),
    "a referral": made("2026-03-12 09:00", history={"previous_incidents_considered": True}),
    "a strategy discussion": discussed("2026-03-12 09:00"),
}


@pytest.mark.parametrize("other", ELSE.values(), ids=ELSE)
def test_nothing_else_closes_it(other: Wire) -> None:
    assert spans(FIRST, SECOND, INCIDENT, other) == [span(AT)]


def test_a_withdrawal_does_not_close_it() -> None:
    over = made("2026-01-05 09:00"), withdrawn("2026-03-12 09:00")
    assert spans(FIRST, SECOND, INCIDENT, *over) == [span(AT)]


# "one query at a time"
NEXT = green("2026-03-20 09:00", incident_ref="I-2")


def test_while_it_is_open_another_incident_raises_none() -> None:
    assert spans(FIRST, SECOND, INCIDENT, NEXT) == [span(AT)]


def test_after_it_closed_another_incident_raises_the_next() -> None:
    two = gaps(FIRST, SECOND, INCIDENT, NEXT, decided("2026-03-12 09:00", referral_ref="R-3"))
    opens = [(gap.opens_at, gap.closes_at) for gap in two]
    assert opens == [span(AT, "2026-03-12 09:00"), span("2026-03-20 09:00")]
    assert len({gap.gap_id for gap in two}) == len(two)


# "Events are one incident if they share ...; its time is its first event's."
def test_a_later_event_of_the_same_incident_raises_none() -> None:
    same = detained("2026-03-20 09:00", incident_ref="I-1")
    closed = decided("2026-03-12 09:00", referral_ref="R-3")
    assert spans(FIRST, SECOND, INCIDENT, closed, same) == [span(AT, "2026-03-12 09:00")]


def test_an_incident_that_began_before_the_decisions_raises_none_by_a_later_event() -> None:
    began = missing("2026-01-01 09:00", incident_ref="I-1")
    assert gaps(began, FIRST, SECOND, INCIDENT) == []


@pytest.mark.parametrize(
    ("since", "raised"), [(date(2026, 3, 10), False), (date(2026, 3, 11), True)]
)
def test_the_number_of_decisions_is_that_of_the_day(since: date, *, raised: bool) -> None:
    three = ruled({f"{RULE}.decisions": [{"value": 3, "since": since}]})
    assert bool(gaps(FIRST, SECOND, INCIDENT, by=three)) is raised
