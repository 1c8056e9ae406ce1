"""Dated numbers, the calendar's end, and the purity of the rules of timeliness.

contract.md 3: "Every number is policy: dated (`since`), with `source` and `standing`".
"""

from datetime import date
from itertools import permutations

import pytest

from services.domain.judging import CannotJudge, judge
from tests.domain.rules.build import (
    Wire,
    concerned,
    decided,
    detained,
    discussed,
    exposed,
    gaps,
    interviewed,
    life,
    made,
    published,
    received,
    ruled,
    service,
    span,
    spans,
    the_gap,
    withdrawn,
)

AT = "2026-03-03 09:00"

# default.toml: "the line that holds on a day is the last whose `since` is not after it (London date
# of the anchor)"
BEFORE, FIRST = "2026-03-31T22:59:59Z", "2026-03-31T23:00:00Z"
NUMBERS: dict[str, tuple[str, int, tuple[Wire, Wire], tuple[str, str]]] = {
    "referral_not_made.detention": (
        "referral_not_made",
        12,
        (detained(BEFORE), detained(FIRST)),
        ("2026-04-01T22:59:59Z", "2026-04-01T11:00:00Z"),
    ),
    "referral_not_made.suspect_interview": (
        "referral_not_made",
        6,
        (interviewed(BEFORE), interviewed(FIRST)),
        ("2026-04-01T22:59:59Z", "2026-04-01T05:00:00Z"),
    ),
    "referral_not_made.red": (
        "referral_not_made",
        4,
        (exposed(BEFORE, grade="red"), exposed(FIRST, grade="red")),
        ("2026-04-01T22:59:59Z", "2026-04-01T03:00:00Z"),
    ),
    "referral_not_made.amber": (
        "referral_not_made",
        48,
        (concerned(BEFORE, grade="amber"), concerned(FIRST, grade="amber")),
        ("2026-04-03T22:59:59Z", "2026-04-02T23:00:00Z"),
    ),
    "decision_overdue.limit": (
        "decision_overdue",
        2,
        (made(BEFORE), made(FIRST)),
        ("2026-04-01T22:59:59Z", "2026-04-07T22:59:59Z"),
    ),
    "referrer_not_told.limit": (
        "referrer_not_told",
        2,
        (made(BEFORE), made(FIRST)),
        ("2026-04-01T22:59:59Z", "2026-04-07T22:59:59Z"),
    ),
    "conference_overdue.limit": (
        "conference_overdue",
        1,
        (discussed(BEFORE), discussed(FIRST)),
        ("2026-04-23T22:59:59Z", "2026-04-02T22:59:59Z"),
    ),
    "support_not_started.limit": (
        "support_not_started",
        14,
        (service(BEFORE), service(FIRST)),
        ("2026-04-28T22:59:59Z", "2026-04-14T23:00:00Z"),
    ),
}


@pytest.mark.parametrize(("rule", "value", "events", "due"), NUMBERS.values(), ids=NUMBERS)
def test_the_number_is_that_of_the_anchors_london_day(
    request: pytest.FixtureRequest,
    rule: str,
    value: int,
    events: tuple[Wire, Wire],
    due: tuple[str, str],
) -> None:
    name = f"timeliness.{request.node.callspec.id}"
    changed = ruled({name: [{"value": value, "since": date(2026, 4, 1)}]})
    for event, opens in zip(events, due, strict=True):
        assert spans(rule, event, by=changed) == [span(opens)]


def test_the_number_of_an_assessment_is_that_of_its_anchors_london_day() -> None:
    name = "timeliness.assessment_overdue.limit"
    changed = ruled({name: [{"value": 1, "since": date(2026, 4, 1)}]})
    for at, opens in ((BEFORE, "2026-06-08T22:59:59Z"), (FIRST, "2026-04-02T22:59:59Z")):
        assert spans("assessment_overdue", made(at), decided(at), by=changed) == [span(opens)]


def test_the_anchors_day_counts_though_the_clock_starts_later() -> None:
    changed = ruled(
        {"timeliness.decision_overdue.limit": [{"value": 3, "since": date(2026, 4, 1)}]}
    )
    late = made("2026-03-31 09:00"), received("2026-04-08 09:00")
    assert spans("decision_overdue", *late, by=changed) == [span("2026-04-09 23:59:59")]


def test_a_gap_names_the_policy_it_was_judged_by() -> None:
    changed = ruled({"timeliness.referral_not_made.red": [{"value": 4, "since": date(2026, 4, 1)}]})
    one, other = (
        the_gap("decision_overdue", made(AT)),
        the_gap("decision_overdue", made(AT), by=changed),
    )
    assert (one.policy_version, other.policy_version) == (published().version, changed.version)
    assert one.policy_version != other.policy_version


# style.md: "A calendar raises past its end". It holds to 31 December 2028, a Sunday.
PAST = {
    "a decision": (received("2028-12-29 09:00"),),
    "a conference": (discussed("2028-12-11 09:00"),),
    "an assessment": (received("2028-11-01 09:00"), decided("2028-11-02 09:00")),
}


@pytest.mark.parametrize("events", PAST.values(), ids=PAST)
def test_what_is_due_after_the_calendar_ends_is_not_guessed(events: tuple[Wire, ...]) -> None:
    with pytest.raises(CannotJudge):
        judge("timeliness", life(events), published())


def test_what_is_due_on_its_last_working_day_is_judged() -> None:
    assert spans("decision_overdue", received("2028-12-28 09:00")) == [span("2028-12-29 23:59:59")]


def test_elapsed_time_needs_no_calendar() -> None:
    assert spans("referral_not_made", detained("2028-12-31 09:00")) == [span("2029-01-01 09:00")]


# "A rule is a pure function of a child's chronology": whatever the order that events come in.
def test_the_order_of_arrival_changes_nothing() -> None:
    events = detained(AT), made(AT), received(AT), decided("2026-06-30 09:00"), withdrawn(AT)
    judged = [judge("timeliness", life(each), published()) for each in permutations(events)]
    assert judged[0]
    assert all(each == judged[0] for each in judged)
    assert gaps("decision_overdue", *events) == []
