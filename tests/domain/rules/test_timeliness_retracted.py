"""What is retracted, and what its sender may not say, has no effect on the rules of timeliness.

contract.md 3: "`event.retracted` removes the event from judgement, not from history." 3.1: "Only
the same agency may retract; a retraction may arrive before its target; a retracted retraction
restores the event; a retracted referral was never made."
"""

import pytest

from tests.domain.rules.build import (
    CASES,
    REFERRALS,
    SCHOOL,
    Wire,
    amended,
    concerned,
    decided,
    detained,
    gaps,
    made,
    not_referred,
    received,
    retracted,
    span,
    spans,
    the_gap,
    withdrawn,
)

NOT_MADE, UNDECIDED = "referral_not_made", "decision_overdue"
HELD = detained("2026-03-03 09:00")
DUE = "2026-03-04 09:00"
MADE = made("2026-03-03 10:00", id="m")
OVER = retracted(HELD)

RETRACTED: dict[str, tuple[tuple[Wire, ...], bool]] = {
    "by its sender": ((OVER,), False),
    "by another system of its agency": ((retracted(HELD, source="/norfolk-police/pages"),), False),
    "by another agency": ((retracted(HELD, source=SCHOOL),), True),
    "by social care": ((retracted(HELD, source=CASES),), True),
    # "a retraction may arrive before its target"
    "by what is timed before it": ((retracted(HELD, "2026-03-01 09:00"),), False),
    # "a retracted retraction restores the event"
    "and the retraction retracted": ((OVER, retracted(OVER)), True),
    "and the retraction retracted by another agency": (
        (OVER, retracted(OVER, source=SCHOOL)),
        False,
    ),
    "and that retracted in turn": (
        (OVER, retracted(OVER), retracted(retracted(OVER))),
        False,
    ),
}


@pytest.mark.parametrize(("events", "owed"), RETRACTED.values(), ids=RETRACTED)
def test_a_detention_retracted(events: tuple[Wire, ...], owed: bool) -> None:  # noqa: FBT001 - a table
    assert spans(NOT_MADE, HELD, *events) == ([span(DUE)] if owed else [])


def test_a_retraction_waits_for_its_target() -> None:
    assert gaps(NOT_MADE, OVER) == []
    other = detained("2026-03-03 09:00", custody_ref="C-2")
    assert spans(NOT_MADE, OVER, other) == [span(DUE)]


# "a retracted referral was never made"
def test_a_retracted_referral_closes_nothing_and_owes_nothing() -> None:
    over = retracted(MADE)
    assert spans(NOT_MADE, HELD, MADE, over) == [span(DUE)]
    assert gaps(UNDECIDED, HELD, MADE, over) == []
    assert gaps("referrer_not_told", HELD, MADE, over) == []


def test_a_retracted_referral_that_was_received_is_known_only_from_its_receipt() -> None:
    got = received("2026-03-05 09:00", id="r")
    gap = the_gap(UNDECIDED, MADE, got, retracted(MADE))
    assert (gap.anchor[1], gap.opens_at) == ("r", span("2026-03-06 23:59:59")[0])


def test_a_retracted_withdrawal_leaves_the_referral_standing() -> None:
    undone = withdrawn("2026-03-03 11:00")
    assert gaps(NOT_MADE, HELD, MADE, undone, retracted(undone)) == []
    assert spans(UNDECIDED, MADE, undone, retracted(undone)) == [span("2026-03-04 23:59:59")]


def test_a_retracted_decision_decided_nothing() -> None:
    said = decided("2026-03-03 10:30")
    after = MADE, said, withdrawn("2026-03-03 11:00")
    assert gaps(NOT_MADE, HELD, *after) == []
    assert spans(NOT_MADE, HELD, *after, retracted(said)) == [span(DUE)]


def test_a_retracted_decision_not_to_refer_does_nothing() -> None:
    said = not_referred("2026-03-03 10:30", triggers=["C-1"])
    assert gaps(NOT_MADE, HELD, said) == []
    assert spans(NOT_MADE, HELD, said, retracted(said)) == [span(DUE)]


# contract.md 3: "amend, withdraw and retract only the original sender"; 3.1: "an unentitled one
# stays without effect".
EARLIER = made("2026-03-01 09:00")


def test_an_amendment_by_another_agency_names_nothing() -> None:
    by_other = amended("2026-03-03 12:00", source=SCHOOL, triggers=["C-1"])
    assert spans(NOT_MADE, HELD, EARLIER, by_other) == [span(DUE)]


def test_an_amendment_by_another_system_of_the_sender_names() -> None:
    by_page = amended("2026-03-03 12:00", source="/norfolk-police/pages", triggers=["C-1"])
    assert gaps(NOT_MADE, HELD, EARLIER, by_page) == []


@pytest.mark.parametrize("source", [SCHOOL, CASES])
def test_a_withdrawal_by_another_agency_undoes_and_closes_nothing(source: str) -> None:
    by_other = withdrawn("2026-03-03 11:00", source=source)
    assert gaps(NOT_MADE, HELD, MADE, by_other) == []
    assert spans(UNDECIDED, MADE, by_other) == [span("2026-03-04 23:59:59")]


# contract.md 3: "`no-referral.decided` only an agency that sent one of its triggers"
def test_a_decision_not_to_refer_by_an_agency_that_sent_no_trigger_does_nothing() -> None:
    by_school = not_referred("2026-03-03 12:00", source=SCHOOL, triggers=["C-1"])
    assert spans(NOT_MADE, HELD, by_school) == [span(DUE)]


def test_a_decision_not_to_refer_by_an_agency_that_sent_one_trigger_does_it_for_all() -> None:
    worry = concerned("2026-03-03 09:00", grade="red")
    by_school = not_referred("2026-03-03 12:00", source=SCHOOL, triggers=["N-1", "C-1"])
    assert len(gaps(NOT_MADE, HELD, worry)) == 2
    assert gaps(NOT_MADE, HELD, worry, by_school) == []


def test_a_decision_not_to_refer_on_an_incident_may_be_of_either_agency() -> None:
    shared = detained("2026-03-03 09:00", incident_ref="I-1")
    worry = concerned("2026-03-03 10:00", grade="green", incident_ref="I-1")
    by_school = not_referred("2026-03-03 12:00", source=SCHOOL, triggers=["I-1"])
    assert gaps(NOT_MADE, shared, worry, by_school) == []


# 3.1: "an event whose target is not yet known (amendment, retraction, no-referral, ...) ... stands
# in the chronology without effect until its target is there"
def test_an_amendment_waits_for_its_referral() -> None:
    naming = amended("2026-03-03 12:00", triggers=["C-1"])
    assert spans(NOT_MADE, HELD, naming) == [span(DUE)]
    assert gaps(UNDECIDED, naming) == []
    assert gaps(NOT_MADE, HELD, naming, EARLIER) == []


def test_an_amendment_of_a_retracted_referral_waits_again() -> None:
    naming = amended("2026-03-03 12:00", triggers=["C-1"])
    assert spans(NOT_MADE, HELD, naming, EARLIER, retracted(EARLIER)) == [span(DUE)]


def test_a_withdrawal_waits_for_its_referral() -> None:
    got, undone = received("2026-03-05 09:00"), withdrawn("2026-03-06 10:00")
    assert spans(UNDECIDED, got, undone) == [span("2026-03-06 23:59:59")]
    assert gaps(UNDECIDED, got, undone, made("2026-03-04 09:00")) == []


def test_a_decision_not_to_refer_waits_for_the_trigger_of_its_sender() -> None:
    by_school = not_referred("2026-03-03 12:00", source=SCHOOL, triggers=["N-1", "C-1"])
    assert spans(NOT_MADE, HELD, by_school) == [span(DUE)]
    worry = concerned("2026-03-02 09:00", grade="green")
    assert gaps(NOT_MADE, HELD, by_school, worry) == []


def test_a_decision_not_to_refer_waits_again_when_the_trigger_is_retracted() -> None:
    by_school = not_referred("2026-03-03 12:00", source=SCHOOL, triggers=["N-1", "C-1"])
    worry = concerned("2026-03-02 09:00", grade="green")
    assert spans(NOT_MADE, HELD, by_school, worry, retracted(worry)) == [span(DUE)]


# A ref that two agencies made: each is its sender. What one withdraws was made by it.
def test_who_made_a_referral_may_withdraw_it_though_another_says_it_was_received() -> None:
    got = received("2026-03-03 12:00", source=CASES)
    undone = withdrawn("2026-03-04 09:00", source=REFERRALS)
    assert gaps(UNDECIDED, MADE, got, undone) == []
