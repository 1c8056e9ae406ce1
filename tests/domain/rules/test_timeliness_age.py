"""Whose age counts, and when, in the rules of timeliness.

contract.md 3: "Child = under 18 at `time`; where the date of birth is unknown, treated as a child
and said so." Whole years by London date reach the rules as a fact of the event.
"""

from collections.abc import Callable

import pytest

from tests.domain.rules.build import (
    Wire,
    concerned,
    decided,
    detained,
    discussed,
    exposed,
    gaps,
    interviewed,
    made,
    received,
    service,
    span,
    spans,
    started,
    the_gap,
)

AT = "2026-03-03 09:00"

Opening = Callable[[int | None], tuple[Wire, ...]]

OPENINGS: dict[str, tuple[str, Opening]] = {
    "a detention": ("referral_not_made", lambda age: (detained(AT, age=age),)),
    "a suspect's interview": ("referral_not_made", lambda age: (interviewed(AT, age=age),)),
    "an exposure": ("referral_not_made", lambda age: (exposed(AT, grade="red", age=age),)),
    "a concern": ("referral_not_made", lambda age: (concerned(AT, grade="amber", age=age),)),
    "a referral's decision": ("decision_overdue", lambda age: (made(AT, age=age),)),
    "a received referral's decision": ("decision_overdue", lambda age: (received(AT, age=age),)),
    "a referral's telling": ("referrer_not_told", lambda age: (made(AT, age=age),)),
    "an assessment": (
        "assessment_overdue",
        lambda age: (made(AT, age=age), decided(AT, age=age)),
    ),
    "a conference": ("conference_overdue", lambda age: (discussed(AT, age=age),)),
    "support": ("support_not_started", lambda age: (service(AT, age=age),)),
}
openings = pytest.mark.parametrize(("rule", "opening"), OPENINGS.values(), ids=OPENINGS)


@openings
def test_at_17_it_is_owed(rule: str, opening: Opening) -> None:
    assert the_gap(rule, *opening(17)).why.params["age_unknown"] is False


# "an event at 18 or over opens nothing"
@openings
@pytest.mark.parametrize("age", [18, 19, 40])
def test_at_18_or_over_it_is_not_owed(rule: str, opening: Opening, age: int) -> None:
    assert gaps(rule, *opening(age)) == []


# "where the date of birth is unknown, treated as a child and said so"
@openings
def test_at_an_unknown_age_it_is_owed_and_said_so(rule: str, opening: Opening) -> None:
    assert the_gap(rule, *opening(None)).why.params["age_unknown"] is True


# "Turning 18 later closes nothing"
@openings
def test_turning_18_later_closes_nothing(rule: str, opening: Opening) -> None:
    before = spans(rule, *opening(17))
    later = detained("2026-03-20 09:00", custody_ref="C-8", age=18)
    assert spans(rule, *opening(17), later) == before
    assert before[0][1] is None


# "an event at 18 or over ... joins nothing"
def test_an_event_at_18_sets_no_clock_for_what_came_before() -> None:
    amber = exposed(AT, grade="amber", age=17)
    held = detained("2026-03-03 10:00", incident_ref="I-1", age=18)
    assert spans("referral_not_made", amber, held) == [span("2026-03-06 09:00")]


def test_an_event_at_18_joins_no_two_events_together() -> None:
    two = detained(AT, age=17), exposed(AT, grade="red", age=17)
    joint = interviewed("2026-03-04 08:00", custody_ref="C-1", incident_ref="I-1", age=18)
    assert len(gaps("referral_not_made", *two, joint)) == 2


# It opens nothing and joins nothing; that it closes nothing is nowhere said: what was owed is done.
def test_what_was_owed_at_17_can_be_done_at_18() -> None:
    by = "2026-03-05 09:00"
    assert spans("referral_not_made", detained(AT, age=17), made(by, age=18)) == [
        span("2026-03-04 09:00", by)
    ]
    assert gaps("decision_overdue", made(AT, age=17), decided("2026-03-04 09:00", age=18)) == []
    assert gaps("support_not_started", service(AT, age=17), started(by, age=18)) == []


# "Age is judged at the anchor's `time`": the clock may follow a receipt at 18.
def test_a_referral_made_at_17_and_received_at_18_is_owed_its_decision() -> None:
    got = received("2026-03-05 09:00", age=18)
    assert len(gaps("decision_overdue", made(AT, age=17), got)) == 1
