"""Boundaries of `equity.suspect_only`.

contract.md 3: a query at "a child with an indicator whose every involvement is suspect [at the 2nd
such incident], and no referral", closed by "any referral".
"""

from functools import partial

import pytest

from tests.domain.rules.build import (
    SCHOOL,
    Wire,
    amended,
    concerned,
    decided,
    detained,
    discussed,
    exposed,
    found,
    interviewed,
    made,
    missing,
    not_referred,
    searched,
    span,
    when,
    withdrawn,
)
from tests.domain.rules.equity_build import gaps, spans, the_gap

RULE = "suspect_only"
FIRST, AT = "2026-03-01 09:00", "2026-03-10 09:00"
suspected = partial(exposed, involvement="suspect", indicators=["drugs"])
ONE, TWO = suspected(FIRST), suspected(AT, incident_ref="I-2")

# "a detention is involvement as suspect"
SECONDS: dict[str, Wire] = {
    "an exposure as suspect": TWO,
    "an interview as suspect": interviewed(AT, indicators=["debt"]),
    "a detention": detained(AT, indicators=["weapon"]),
}


@pytest.mark.parametrize("second", SECONDS.values(), ids=SECONDS)
def test_it_is_asked_at_the_second_suspect_incident_with_an_indicator(second: Wire) -> None:
    assert spans(RULE, ONE, second) == [span(AT)]


NOT_ASKED: dict[str, tuple[Wire, ...]] = {
    "one incident": (ONE,),
    "two events of one incident": (ONE, suspected(AT)),
    "a custody, its interview and its incident": (
        detained(FIRST, incident_ref="I-1", indicators=["drugs"]),
        interviewed("2026-03-01 12:00", custody_ref="C-1", indicators=["drugs"]),
        suspected(AT),
    ),
    # "suspect incident that itself carries an indicator"
    "a second without an indicator": (ONE, detained(AT)),
    "a first without an indicator": (detained(FIRST), TWO),
    "an empty list": (ONE, detained(AT, indicators=[])),
    # "events without involvement are ignored"
    "a second that is a concern": (ONE, concerned(AT, indicators=["debt"])),
    "a second that is a search": (ONE, searched(AT, incident_ref="I-2", indicators=["weapon"])),
    "a second that is missing": (ONE, missing(AT, incident_ref="I-2", indicators=["debt"])),
}


@pytest.mark.parametrize("events", NOT_ASKED.values(), ids=NOT_ASKED)
def test_else_nothing_is_asked(events: tuple[Wire, ...]) -> None:
    assert gaps(RULE, *events) == []


# "Incidents with both a suspect involvement and an indicator, on any of their events, count"
PARTS: dict[str, tuple[Wire, ...]] = {
    "the indicator on a search of it": (
        detained(AT, incident_ref="I-2"),
        searched("2026-03-10 10:00", incident_ref="I-2", indicators=["weapon"]),
    ),
    "the indicator on a concern about it": (
        interviewed(AT, incident_ref="I-2"),
        concerned("2026-03-12 10:00", incident_ref="I-2", indicators=["debt"]),
    ),
    "the involvement on a later event of it": (
        found(AT, incident_ref="I-2", indicators=["found-out-of-area"]),
        exposed("2026-03-11 10:00", incident_ref="I-2", involvement="suspect"),
    ),
}


# "its time is its first event's"; "the 2nd is the anchor"
@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_an_incident_counts_by_any_of_its_events_from_its_first(parts: tuple[Wire, ...]) -> None:
    gap = the_gap(RULE, ONE, *parts)
    assert (gap.opens_at, gap.closes_at) == span(AT)
    assert gap.anchor == (parts[0]["source"], parts[0]["id"])


def test_an_incident_without_an_indicator_between_neither_counts_nor_spoils() -> None:
    assert spans(RULE, ONE, detained("2026-03-05 09:00"), TWO) == [span(AT)]


def test_events_without_involvement_are_ignored() -> None:
    ignored = (
        missing("2026-02-01 09:00", incident_ref="I-7", indicators=["debt"]),
        concerned("2026-03-05 09:00", indicators=["debt"]),
        searched("2026-03-06 09:00", incident_ref="I-8"),
    )
    assert spans(RULE, ONE, *ignored, TWO) == [span(AT)]


OTHERWISE: dict[str, Wire] = {
    "a victim": exposed("2026-03-05 09:00", incident_ref="I-3"),
    "a witness": exposed("2026-03-05 09:00", incident_ref="I-3", involvement="witness"),
    "present": exposed("2026-03-05 09:00", incident_ref="I-3", involvement="present"),
    "interviewed as witness": interviewed("2026-03-05 09:00", involvement="witness"),
    "interviewed as victim": interviewed("2026-03-05 09:00", involvement="victim"),
    "a victim before the first": exposed("2026-01-05 09:00", incident_ref="I-3"),
    "a victim in the first": exposed("2026-03-02 09:00"),
    "a victim the moment before": exposed("2026-03-10 08:59:59.999999", incident_ref="I-3"),
}


# "if no other involvement and no referral came before"
@pytest.mark.parametrize("other", OTHERWISE.values(), ids=OTHERWISE)
def test_where_the_child_was_seen_otherwise_before_nothing_is_asked(other: Wire) -> None:
    assert gaps(RULE, ONE, other, TWO) == []


# "at the 2nd distinct suspect incident": a third does not ask what the second did not.
def test_a_third_incident_asks_nothing_that_the_second_did_not() -> None:
    third = suspected("2026-04-10 09:00", incident_ref="I-4")
    victim = exposed("2026-03-05 09:00", incident_ref="I-3")
    assert gaps(RULE, ONE, victim, TWO, third) == []
    assert gaps(RULE, ONE, made("2026-03-05 09:00"), TWO, third) == []


# "later involvement of another kind does not close it"
@pytest.mark.parametrize("at", ["2026-03-10 09:00:00.000001", "2026-05-01 09:00"])
def test_later_involvement_of_another_kind_does_not_close_it(at: str) -> None:
    assert spans(RULE, ONE, TWO, exposed(at, incident_ref="I-3")) == [span(AT)]
    assert spans(RULE, ONE, TWO, interviewed(at, involvement="victim")) == [span(AT)]


BY_THEN = ["2026-01-01 09:00", "2026-03-05 09:00", "2026-03-10 08:59:59.999999", AT]


@pytest.mark.parametrize("at", BY_THEN)
def test_a_referral_by_then_leaves_nothing_to_ask(at: str) -> None:
    assert gaps(RULE, ONE, TWO, made(at)) == []


@pytest.mark.parametrize("at", ["2026-03-10 09:00:00.000001", "2026-05-01 09:00"])
def test_any_later_referral_closes(at: str) -> None:
    assert spans(RULE, ONE, TWO, made(at)) == [span(AT, at)]
    assert spans(RULE, ONE, TWO, made(at, source=SCHOOL, harms=["other"])) == [span(AT, at)]


def test_the_first_later_referral_closes() -> None:
    two = made("2026-05-01 09:00"), made("2026-04-01 09:00", referral_ref="R-2")
    assert spans(RULE, ONE, TWO, *two) == [span(AT, "2026-04-01 09:00")]


ELSE: dict[str, tuple[Wire, ...]] = {
    "a decision not to refer": (not_referred("2026-03-11 09:00", triggers=["I-1"]),),
    "a decision": (decided("2026-03-11 09:00"),),
    "a strategy discussion": (discussed("2026-03-11 09:00"),),
    "an amendment of a referral not known": (amended("2026-03-11 09:00"),),
    "a referral withdrawn before any decision": (
        made("2026-03-02 09:00"),
        withdrawn("2026-03-03 09:00"),
    ),
    "a later referral withdrawn before any decision": (
        made("2026-03-12 09:00"),
        withdrawn("2026-03-13 09:00"),
    ),
}


@pytest.mark.parametrize("others", ELSE.values(), ids=ELSE)
def test_nothing_else_answers(others: tuple[Wire, ...]) -> None:
    assert spans(RULE, ONE, TWO, *others) == [span(AT)]


# "one withdrawn after a decision still counts"
def test_a_referral_withdrawn_after_a_decision_still_counts() -> None:
    refused = made("2026-03-02 09:00"), decided("2026-03-02 12:00"), withdrawn("2026-03-03 09:00")
    assert gaps(RULE, ONE, TWO, *refused) == []


# "once per child"
def test_it_is_asked_once_per_child() -> None:
    more = [suspected(f"2026-04-{day} 09:00", incident_ref=f"I-{day}") for day in range(10, 15)]
    assert spans(RULE, ONE, TWO, *more) == [span(AT)]
    between = made("2026-04-12 12:00")
    assert spans(RULE, ONE, TWO, between, *more) == [span(AT, "2026-04-12 12:00")]


def test_two_incidents_at_one_instant_are_two() -> None:
    (gap,) = gaps(RULE, suspected(AT), TWO)
    assert gap.opens_at == when(AT)
