"""Boundaries of `timeliness.assessment_overdue`.

contract.md 3: "where decided section 17 or 47: assessment completed [45 working days from
received]", closed by "`assessment-completed`, `case-closed`".
"""

import pytest

from tests.domain.rules.build import (
    Span,
    Wire,
    assessed,
    closed,
    conferred,
    decided,
    discussed,
    event,
    gaps,
    made,
    received,
    retracted,
    span,
    spans,
    the_gap,
    told,
    withdrawn,
)

RULE = "assessment_overdue"

# domain.md a.1: at most 45 working days from the point of referral; a.2: bank holidays and vectors.
STARTS: dict[str, tuple[str, str]] = {
    "30 march 2026 (vector)": ("2026-03-30 09:00", "2026-06-05 23:59:59"),
    "from the first second of its day": ("2026-03-30 00:00", "2026-06-05 23:59:59"),
    "from the last second of its day": ("2026-03-30 23:59:59", "2026-06-05 23:59:59"),
    "known only by its date": ("2026-03-30", "2026-06-05 23:59:59"),
    "no holiday on the way": ("2026-01-05 09:00", "2026-03-09 23:59:59"),
    "from a saturday": ("2026-03-07 09:00", "2026-05-13 23:59:59"),
    "from a saturday before a holiday": ("2026-02-28 09:00", "2026-05-06 23:59:59"),
    "over christmas 2024": ("2024-11-11 09:00", "2025-01-16 23:59:59"),
    "over easter 2025": ("2025-03-03 09:00", "2025-05-08 23:59:59"),
    "over the jubilee of 2022": ("2022-04-19 09:00", "2022-06-24 23:59:59"),
    "over the state funeral of 2022": ("2022-08-01 09:00", "2022-10-05 23:59:59"),
    "over the 25th and 28th of december 2026": ("2026-11-02 09:00", "2027-01-07 23:59:59"),
    "due before the change in march": ("2026-01-23T09:00:00Z", "2026-03-27T23:59:59Z"),
    "due after the change in march": ("2026-01-26T09:00:00Z", "2026-03-30T22:59:59Z"),
    "due after the change in october": ("2026-08-24T09:00:00Z", "2026-10-27T23:59:59Z"),
}
starts = pytest.mark.parametrize(("start", "opens"), STARTS.values(), ids=STARTS)

MADE = made("2026-03-27 09:00", id="m")
RECEIVED = received("2026-03-30 09:00", id="r")
DECIDED = decided("2026-03-31 09:00")
OPENS = "2026-06-05 23:59:59"


@starts
def test_it_is_owed_45_working_days_from_received(start: str, opens: str) -> None:
    assert spans(RULE, made("2021-12-01 09:00"), received(start), decided(start)) == [span(opens)]


# "With neither received nor made nothing is owed.": else the clock is made's.
@starts
def test_it_is_owed_from_made_while_no_receipt_is_known(start: str, opens: str) -> None:
    assert spans(RULE, made(start), decided(start)) == [span(opens)]


def test_with_neither_received_nor_made_nothing_is_owed() -> None:
    assert gaps(RULE, DECIDED) == []


IN_TIME = {
    "the day before": "2026-06-04 17:00",
    "on the day": "2026-06-05 09:00",
    "on the day, known only by its date": "2026-06-05",
    "the moment before the last second": "2026-06-05 23:59:58.999999",
    "at 23:59:59 exactly": "2026-06-05 23:59:59",
    "within that second": "2026-06-05 23:59:59.999999",
    "before the decision": "2026-03-30 12:00",
}
LATE = {
    "the moment after that second": "2026-06-06 00:00",
    "the day after": "2026-06-06 09:00",
    "the working day after": "2026-06-08 09:00",
}


@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_an_assessment_is_in_time(at: str) -> None:
    assert gaps(RULE, MADE, RECEIVED, DECIDED, assessed(at)) == []


@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_an_assessment_is_late(at: str) -> None:
    assert spans(RULE, MADE, RECEIVED, DECIDED, assessed(at)) == [span(OPENS, at)]


@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_a_case_is_closed_in_time(at: str) -> None:
    assert gaps(RULE, MADE, RECEIVED, DECIDED, closed(at)) == []


@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_a_case_closed_late_closes(at: str) -> None:
    assert spans(RULE, MADE, RECEIVED, DECIDED, closed(at)) == [span(OPENS, at)]


# 3.1: "`referral.withdrawn` closes that referral's own gaps: timeliness, ..."
@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_a_withdrawal_closes(at: str) -> None:
    assert spans(RULE, MADE, RECEIVED, DECIDED, withdrawn(at)) == [span(OPENS, at)]


def test_a_withdrawal_in_time_leaves_nothing_owed() -> None:
    assert gaps(RULE, MADE, RECEIVED, DECIDED, withdrawn("2026-04-10 09:00")) == []


ELSE: dict[str, Wire] = {
    "an assessment started": event(
        "social-care.assessment-started.v1",
        "2026-04-01 09:00",
        "/norfolk-csc/cases",
        referral_ref="R-1",
    ),
    "a conference": conferred("2026-04-01 09:00"),
    "a strategy discussion": discussed("2026-04-01 09:00"),
    "the referrer told": told("2026-04-01 09:00"),
    "the assessment of another referral": assessed("2026-04-01 09:00", referral_ref="R-2"),
    "the closing of another referral": closed("2026-04-01 09:00", referral_ref="R-2"),
}


@pytest.mark.parametrize("other", ELSE.values(), ids=ELSE)
def test_nothing_else_closes_it(other: Wire) -> None:
    assert spans(RULE, MADE, RECEIVED, DECIDED, other) == [span(OPENS)]


@pytest.mark.parametrize("decision", ["section-17", "section-47"])
def test_it_is_owed_where_decided(decision: str) -> None:
    by = decided("2026-03-31 09:00", decision=decision)
    assert spans(RULE, MADE, RECEIVED, by) == [span(OPENS)]


@pytest.mark.parametrize(
    "decision",
    [
        "immediate-protection",
        "strategy-discussion",
        "early-help",
        "information-and-advice",
        "no-further-action",
        "linked-to-open-case",
    ],
)
def test_it_is_not_owed_where_decided(decision: str) -> None:
    assert gaps(RULE, MADE, RECEIVED, decided("2026-03-31 09:00", decision=decision)) == []


def test_it_is_not_owed_where_nothing_is_decided() -> None:
    assert gaps(RULE, MADE, RECEIVED) == []


# "once any decision is section 17 or 47 it stays owed"
@pytest.mark.parametrize("decision", ["no-further-action", "early-help"])
def test_a_later_decision_to_do_less_does_not_end_it(decision: str) -> None:
    less = decided("2026-04-02 09:00", decision=decision)
    assert spans(RULE, MADE, RECEIVED, DECIDED, less) == [span(OPENS)]


def test_a_later_decision_to_do_more_starts_it() -> None:
    less = decided("2026-03-30 12:00", decision="no-further-action")
    assert spans(RULE, MADE, RECEIVED, less, DECIDED) == [span(OPENS)]


# "it opens at the later of the deadline and that decision"
AFTER: dict[str, tuple[tuple[Wire, ...], list[Span]]] = {
    "decided at the deadline": ((decided(OPENS),), [span(OPENS)]),
    "decided after the deadline": ((decided("2026-06-10 15:00"),), [span("2026-06-10 15:00")]),
    "decided again after the deadline": (
        (DECIDED, decided("2026-06-10 15:00", decision="section-47")),
        [span(OPENS)],
    ),
    "decided after the deadline, when less had been decided before": (
        (
            decided("2026-03-31 09:00", decision="early-help"),
            decided("2026-06-10 15:00", decision="section-47"),
        ),
        [span("2026-06-10 15:00")],
    ),
    "decided after the deadline, assessed after that": (
        (decided("2026-06-10 15:00"), assessed("2026-06-12 09:00")),
        [span("2026-06-10 15:00", "2026-06-12 09:00")],
    ),
    "decided after the deadline, assessed at that instant": (
        (decided("2026-06-10 15:00"), assessed("2026-06-10 15:00")),
        [],
    ),
    "decided after the deadline, assessed between": (
        (decided("2026-06-10 15:00"), assessed("2026-06-08 09:00")),
        [],
    ),
    "decided after the deadline, assessed on that day, known only by its date": (
        (decided("2026-06-10 15:00"), assessed("2026-06-10")),
        [],
    ),
}


@pytest.mark.parametrize(("events", "expected"), AFTER.values(), ids=AFTER)
def test_it_opens_when_it_is(events: tuple[Wire, ...], expected: list[Span]) -> None:
    assert spans(RULE, MADE, RECEIVED, *events) == expected


# "the anchor is the first `referral.made` of that ref, or the first `received` while no `made` is
# known"
def test_the_anchor_is_made_else_received() -> None:
    assert the_gap(RULE, MADE, RECEIVED, DECIDED).anchor[1] == "m"
    assert the_gap(RULE, RECEIVED, DECIDED).anchor[1] == "r"
    assert spans(RULE, RECEIVED, DECIDED) == [span(OPENS)]


# "Nothing said of a referral after its withdrawal opens a gap."
def test_a_decision_after_the_withdrawal_opens_nothing() -> None:
    assert gaps(RULE, MADE, RECEIVED, withdrawn("2026-03-30 12:00"), DECIDED) == []


def test_a_retracted_decision_owes_nothing() -> None:
    assert gaps(RULE, MADE, RECEIVED, DECIDED, retracted(DECIDED)) == []
