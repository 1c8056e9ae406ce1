"""What closes `cumulative_harm.not_recognised`, and when it is owed again.

contract.md 3: "a `referral.made` or `.amended` at or after that incident with
`previous_incidents_considered` true; a strategy discussion at or after it".
"""

from functools import partial

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import (
    Wire,
    amended,
    decided,
    detained,
    discussed,
    exposed,
    made,
    not_referred,
    received,
    retracted,
    span,
    told,
    withdrawn,
)
from tests.domain.rules.lessons import reviewed

RULE = "cumulative_harm.not_recognised"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)

green = partial(exposed, grade="green")
ONE = green("2026-03-02 09:00", incident_ref="I-1")
TWO = green("2026-03-05 09:00", incident_ref="I-2")
THREE = green("2026-03-10 09:00", incident_ref="I-3")
INCIDENTS = (ONE, TWO, THREE)
OPENS = "2026-03-11 09:00"
SEEN = {"previous_incidents_considered": True}
UNSEEN = {"previous_incidents_considered": False}
considering = partial(made, history=SEEN)
BEFORE = made("2026-03-05 10:00")

IN_TIME = {
    "at the incident": "2026-03-10 09:00",
    "the moment before the limit": "2026-03-11 08:59:59.999999",
    "at the limit": "2026-03-11 09:00",
    "on the day of the limit, known only by its date": "2026-03-11",
}
LATE = {
    "the moment after the limit": "2026-03-11 09:00:00.000001",
    "a month after": "2026-04-11 09:00",
}
TOO_EARLY = {
    "the moment before the incident": "2026-03-10 08:59:59.999999",
    "the day before, known only by its date": "2026-03-09",
}


def recognitions(at: str) -> dict[str, tuple[Wire, ...]]:
    return {
        "a referral": (considering(at),),
        "an amendment": (BEFORE, amended(at, history=SEEN)),
        "a strategy discussion": (discussed(at),),
        "a discussion that leads to nothing": (discussed(at, leads_to="none"),),
        "a discussion of no referral": (discussed(at, referral_ref=None),),
    }


WAYS = list(recognitions("2026-03-10 09:00"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_it_is_recognised_in_time(at: str, way: str) -> None:
    assert gaps(*INCIDENTS, *recognitions(at)[way]) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_it_is_recognised_late(at: str, way: str) -> None:
    assert spans(*INCIDENTS, *recognitions(at)[way]) == [span(OPENS, at)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("at", TOO_EARLY.values(), ids=TOO_EARLY)
def test_what_was_before_the_incident_recognises_nothing(at: str, way: str) -> None:
    assert spans(*INCIDENTS, *recognitions(at)[way]) == [span(OPENS)]


NOON = "2026-03-10 12:00"
ELSE: dict[str, tuple[Wire, ...]] = {
    "a referral that does not say": (made(NOON),),
    "a referral that says false": (made(NOON, history=UNSEEN),),
    "a referral that names the incidents": (made(NOON, triggers=["I-1", "I-2", "I-3"]),),
    "a decision": (made(NOON), received(NOON), decided(NOON, decision="section-47"), told(NOON)),
    "a decision not to refer": (not_referred(NOON, triggers=["I-3"]),),
    "a review": (reviewed(NOON, "incident", "I-3", "refer"),),
    # "counts only when stated true in that event's own data"
    "an amendment of a referral that had said so": (
        considering("2026-03-10 08:00"),
        amended(NOON, urgency="immediate"),
    ),
    "an amendment that says false": (BEFORE, amended(NOON, history=UNSEEN)),
    # "A referral withdrawn before any decision on it closes nothing, as if it had not been made"
    "a referral withdrawn": (considering(NOON), withdrawn("2026-03-10 13:00")),
    "an amendment of a referral withdrawn": (
        BEFORE,
        amended(NOON, history=SEEN),
        withdrawn("2026-03-10 13:00"),
    ),
    "an amendment of a referral not known": (amended(NOON, history=SEEN),),
}


@pytest.mark.parametrize("other", ELSE.values(), ids=ELSE)
def test_nothing_else_recognises_it(other: tuple[Wire, ...]) -> None:
    assert spans(*INCIDENTS, *other) == [span(OPENS)]


def test_a_retracted_recognition_recognises_nothing() -> None:
    seen = considering(NOON)
    assert spans(*INCIDENTS, seen, retracted(seen)) == [span(OPENS)]


# "one withdrawn after a decision still counts"
def test_a_referral_withdrawn_after_a_decision_counts() -> None:
    over = considering(NOON), decided("2026-03-10 13:00"), withdrawn("2026-03-10 14:00")
    assert gaps(*INCIDENTS, *over) == []


# "`referral.withdrawn` closes that referral's own gaps ...; no gap of the events behind it"
def test_a_withdrawal_closes_nothing_here() -> None:
    late = made(NOON, triggers=["I-3"]), withdrawn("2026-03-20 09:00")
    assert spans(*INCIDENTS, *late) == [span(OPENS)]


# "owed again at any incident that is the 3rd or later within the 90 x 24 h ending with it (both
# ends included), if no earlier one is still unclosed then; recognition does not reset the count."
FOURTH = green("2026-03-20 09:00", incident_ref="I-4")
AGAIN = span("2026-03-21 09:00")


def test_after_recognition_in_time_it_is_owed_again_at_the_fourth() -> None:
    assert spans(*INCIDENTS, considering(NOON), FOURTH) == [AGAIN]


def test_after_late_recognition_it_is_owed_again_at_the_fourth() -> None:
    two = lessons.found(RULE, *INCIDENTS, considering("2026-03-15 09:00"), FOURTH)
    assert [(gap.opens_at, gap.closes_at) for gap in two] == [
        span(OPENS, "2026-03-15 09:00"),
        AGAIN,
    ]
    assert len({gap.gap_id for gap in two}) == len(two)


def test_while_unclosed_it_is_not_owed_again() -> None:
    assert spans(*INCIDENTS, FOURTH) == [span(OPENS)]
    assert spans(*INCIDENTS, FOURTH, considering("2026-03-25 09:00")) == [
        span(OPENS, "2026-03-25 09:00")
    ]


def test_it_is_owed_again_at_the_fifth_once_the_first_is_closed() -> None:
    fifth = green("2026-03-30 09:00", incident_ref="I-5")
    assert spans(*INCIDENTS, FOURTH, considering("2026-03-25 09:00"), fifth) == [
        span(OPENS, "2026-03-25 09:00"),
        span("2026-03-31 09:00"),
    ]


def test_recognition_at_the_instant_of_the_fourth_serves_both() -> None:
    assert spans(*INCIDENTS, FOURTH, considering("2026-03-20 09:00")) == [
        span(OPENS, "2026-03-20 09:00")
    ]


# Owed since the third, though its gap is not open yet: it is unclosed.
def test_a_fourth_within_the_24_hours_starts_no_second_clock() -> None:
    soon = green("2026-03-10 20:00", incident_ref="I-4")
    assert spans(*INCIDENTS, soon) == [span(OPENS)]
    assert gaps(*INCIDENTS, soon, considering("2026-03-11 08:00")) == []


def test_a_fourth_within_the_24_hours_after_recognition_starts_its_own() -> None:
    soon = green("2026-03-10 20:00", incident_ref="I-4")
    assert spans(*INCIDENTS, considering(NOON), soon) == [span("2026-03-11 20:00")]


def test_an_incident_alone_in_its_window_owes_nothing_again() -> None:
    alone = green("2026-12-01 09:00", incident_ref="I-4")
    assert gaps(*INCIDENTS, considering(NOON), alone) == []


# I-2 at 2026-03-05 09:00 and 90 x 24 h, over the change of the clocks in March.
@pytest.mark.parametrize(
    ("at", "owed"), [("2026-06-03 10:00", True), ("2026-06-03 10:00:00.000001", False)]
)
def test_owed_again_by_the_window_that_ends_with_it(at: str, *, owed: bool) -> None:
    again = green(at, incident_ref="I-4")
    assert bool(gaps(*INCIDENTS, considering(NOON), again)) is owed


def test_a_later_event_of_the_third_incident_is_no_fourth() -> None:
    same = detained("2026-03-20 09:00", incident_ref="I-3")
    assert gaps(*INCIDENTS, considering(NOON), same) == []


def test_a_late_event_of_the_incident_keeps_the_name_of_the_gap() -> None:
    (gap,) = gaps(*INCIDENTS)
    (more,) = gaps(*INCIDENTS, detained("2026-03-20 09:00", incident_ref="I-3"))
    assert more.gap_id == gap.gap_id
