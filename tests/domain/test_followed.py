"""What became of a referral: state, clocks and decision, by who asks."""

from typing import Any

import pytest

from services.domain.chronology import Folded, fold
from services.domain.followed import Party, followed, party
from tests.domain.rules.build import (
    NORFOLK,
    REFERRALS,
    Wire,
    amended,
    assessed,
    decided,
    life,
    made,
    published,
    received,
    retracted,
    told,
    when,
    withdrawn,
)

MADE = made("2025-12-23 23:10", id="made")
RECEIVED = received("2025-12-24 10:00")
LATER = "2026-03-03 09:00"


def folded(*events: Wire) -> Folded:
    return fold(life(events), published().registry)


def found(*events: Wire, as_what: Party = "sender", at: str = LATER) -> dict[str, Any]:
    return followed(folded(*events), "R-1", as_what, published(), when(at))


def clock(rule: str, *events: Wire, as_what: Party = "sender", at: str = LATER) -> dict[str, Any]:
    every = found(*events, as_what=as_what, at=at)["clocks"]
    (one,) = [each for each in every if each["rule"] == f"timeliness.{rule}"]
    return dict(one)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "made"),
        ([amended("2025-12-24 09:00")], "made"),
        ([RECEIVED], "received"),
        ([RECEIVED, told("2025-12-24 10:05")], "received"),
        ([decided("2025-12-29 09:00")], "decided"),
        ([told("2025-12-24 10:05"), decided("2025-12-29 09:00")], "decided"),
        ([decided("2025-12-29 09:00"), told("2025-12-29 09:00")], "told"),
        ([decided("2025-12-29 09:00"), told("2025-12-29")], "told"),
        ([RECEIVED, withdrawn("2025-12-27 09:00")], "withdrawn"),
        ([decided("2025-12-26 09:00"), withdrawn("2025-12-27 09:00")], "decided"),
        ([withdrawn("2025-12-27 09:00"), made("2025-12-28 09:00", id="again")], "made"),
    ],
)
def test_the_state_is_how_far_it_has_come(events: list[Wire], state: str) -> None:
    assert found(MADE, *events)["state"] == state


def test_a_clock_says_how_it_was_worked_out() -> None:
    worked = clock("decision_overdue", MADE, RECEIVED, decided("2025-12-30 09:00"))
    assert worked["started_at"] == "2025-12-24T10:00:00Z"
    assert worked["due_at"] == "2025-12-29T23:59:59Z"
    assert [day["on"] for day in worked["skipped"]] == ["2025-12-25", "2025-12-26"]
    assert (worked["limit"], worked["unit"]) == (1, "working-days")
    assert worked["policy"]["standing"] == "guidance"
    assert worked["policy"]["source"].startswith("Working Together")
    assert (worked["met_at"], worked["result"]) == ("2025-12-30T09:00:00Z", "met-late")
    assert worked["agency"] == "norfolk-csc"


def test_a_clock_that_was_met_is_told_as_well() -> None:
    worked = clock("decision_overdue", MADE, RECEIVED, decided("2025-12-29 23:59"))
    assert (worked["result"], worked["met_by"]) == ("met", "social-care.referral-decided.v1")


@pytest.mark.parametrize(
    ("at", "result"), [("2025-12-29 23:59", "running"), ("2025-12-30 00:00", "overdue")]
)
def test_a_clock_that_is_not_met_runs_until_it_is_due(at: str, result: str) -> None:
    worked = clock("referrer_not_told", MADE, RECEIVED, at=at)
    assert (worked["met_at"], worked["result"]) == (None, result)


def test_a_withdrawal_ends_the_clocks() -> None:
    worked = clock("decision_overdue", MADE, withdrawn("2026-01-27 09:00"))
    assert worked["result"] == "withdrawn"


def test_the_assessment_is_the_recipients_matter() -> None:
    events = (MADE, RECEIVED, decided("2025-12-29 09:00"), assessed("2026-02-01 09:00"))
    assert clock("assessment_overdue", *events, as_what="recipient")["result"] == "met"
    assert len(found(*events)["clocks"]) == 2


def test_the_decision_last_stated_is_told_and_the_first_stops_the_clock() -> None:
    events = (
        decided("2025-12-24 12:00", decision="no-further-action"),
        decided("2026-01-15 12:00", decision="section-47"),
    )
    told_ = found(MADE, RECEIVED, *events)
    assert told_["decision"]["decision"] == "section-47"
    assert [each["decision"] for each in told_["decisions"]] == ["no-further-action", "section-47"]
    assert told_["decided_at"] == "2025-12-24T12:00:00Z"
    assert told_["clocks"][0]["met_at"] == "2025-12-24T12:00:00Z"


def test_a_calendar_that_ends_leaves_a_clock_unclocked_and_all_else_told() -> None:
    told_ = found(made("2099-12-24 09:00"))
    assert {each["not_clocked"] for each in told_["clocks"]} == {"calendar-ends"}
    assert told_["state"] == "made"


def test_another_referral_of_the_child_spoils_no_clock_of_this_one() -> None:
    late = made("2099-12-24 09:00", referral_ref="R-2", id="late")
    assert clock("decision_overdue", MADE, late)["result"] == "overdue"


def test_a_retracted_decision_is_no_decision() -> None:
    decision = decided("2025-12-24 12:00")
    told_ = found(MADE, RECEIVED, decision, retracted(decision))
    assert (told_["state"], told_["decision"]) == ("received", None)


def test_only_its_first_maker_and_who_received_it_are_parties() -> None:
    guess = amended("2025-12-24 09:00", source="/norfolk-school/records", id="guess")
    again = made("2025-12-20 09:00", source="/norfolk-school/records", id="z", sent_to=NORFOLK)
    first = MADE | {"received_at": "2025-12-23T23:10:00Z", "source": REFERRALS}
    referral = folded(first, RECEIVED, guess, again).referrals["R-1"]
    assert party(referral, "norfolk-police") == "sender"
    assert party(referral, "norfolk-csc") == "recipient"
    assert party(referral, "norfolk-school") is None
