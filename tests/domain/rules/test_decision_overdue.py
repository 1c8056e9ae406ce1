"""Boundaries of `timeliness.decision_overdue`.

contract.md 3: "a decision on a referral [1 working day from received, else made]", closed by
"`referral-decided`, `referral.withdrawn`".
"""

import pytest

from tests.domain.rules.build import (
    Wire,
    amended,
    assessed,
    closed,
    conferred,
    decided,
    detained,
    discussed,
    gaps,
    made,
    received,
    span,
    spans,
    the_gap,
    told,
    withdrawn,
)
from tests.domain.rules.one_working_day import IN_TIME, LATE, OPENS, START, STARTS

RULE = "decision_overdue"
starts = pytest.mark.parametrize(("start", "opens"), STARTS.values(), ids=STARTS)


@starts
def test_it_is_owed_one_working_day_from_made(start: str, opens: str) -> None:
    assert spans(RULE, made(start)) == [span(opens)]


@starts
def test_it_is_owed_one_working_day_from_received(start: str, opens: str) -> None:
    assert spans(RULE, made("2021-12-01 09:00"), received(start)) == [span(opens)]


# "A ref known only from `received` is owed too."
@starts
def test_a_ref_known_only_from_its_receipt_is_owed_too(start: str, opens: str) -> None:
    assert spans(RULE, received(start)) == [span(opens)]


@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_a_decision_is_in_time(at: str) -> None:
    assert gaps(RULE, made("2026-03-05 16:00"), received(START), decided(at)) == []


@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_a_decision_is_late(at: str) -> None:
    assert spans(RULE, received(START), decided(at)) == [span(OPENS, at)]


# contract.md 2: a fact that has only a date "closes on its day whatever the hour of the deadline".
def test_a_decision_known_only_by_its_date_is_late_from_the_day_after() -> None:
    gap = the_gap(RULE, received(START), decided("2026-03-10"))
    assert gap.opens_at == span(OPENS)[0]
    assert gap.closes_at is not None
    assert span("2026-03-10 00:00")[0] <= gap.closes_at < span("2026-03-11 00:00")[0]


@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_a_withdrawal_is_in_time(at: str) -> None:
    assert gaps(RULE, made("2026-03-05 16:00"), received(START), withdrawn(at)) == []


@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_a_withdrawal_closes(at: str) -> None:
    assert spans(RULE, made(START), withdrawn(at)) == [span(OPENS, at)]


@pytest.mark.parametrize(
    "decision",
    [
        "immediate-protection",
        "strategy-discussion",
        "section-47",
        "section-17",
        "early-help",
        "information-and-advice",
        "no-further-action",
        "linked-to-open-case",
    ],
)
def test_any_decision_is_a_decision(decision: str) -> None:
    assert gaps(RULE, made(START), decided("2026-03-09 12:00", decision=decision)) == []


ELSE: dict[str, Wire] = {
    "the referrer told": told("2026-03-09 12:00"),
    "an amendment": amended("2026-03-09 12:00", urgency="immediate"),
    "a strategy discussion": discussed("2026-03-09 12:00"),
    "an assessment completed": assessed("2026-03-09 12:00"),
    "a conference held": conferred("2026-03-09 12:00"),
    "the case closed": closed("2026-03-09 12:00"),
    "a decision on another referral": decided("2026-03-09 12:00", referral_ref="R-2"),
}


@pytest.mark.parametrize("other", ELSE.values(), ids=ELSE)
def test_nothing_else_closes_it(other: Wire) -> None:
    assert spans(RULE, made(START), other) == [span(OPENS)]


def test_the_first_of_what_closes_it_closes() -> None:
    late = decided("2026-03-12 09:00"), withdrawn("2026-03-11 09:00"), decided("2026-03-13 09:00")
    assert spans(RULE, made(START), *late) == [span(OPENS, "2026-03-11 09:00")]


# "Where the start is "received, else made", only the clock follows it: the anchor is the first
# `referral.made` of that ref, or the first `received` while no `made` is known."
def test_the_clock_follows_receipt_and_the_anchor_is_made() -> None:
    gap = the_gap(RULE, made(START, id="m"), received("2026-03-11 09:00", id="r"))
    assert (gap.opens_at, gap.anchor[1]) == (span("2026-03-12 23:59:59")[0], "m")


def test_receipt_timed_before_it_was_made_still_starts_the_clock() -> None:
    gap = the_gap(RULE, received(START, id="r"), made("2026-03-11 09:00", id="m"))
    assert (gap.opens_at, gap.anchor[1]) == (span(OPENS)[0], "m")


def test_while_none_is_known_to_be_made_the_anchor_is_the_first_receipt() -> None:
    gap = the_gap(RULE, received("2026-03-12 09:00", id="second"), received(START, id="first"))
    assert (gap.opens_at, gap.anchor[1]) == (span(OPENS)[0], "first")


def test_the_anchor_is_the_first_made_of_that_ref() -> None:
    twice = made("2026-03-12 09:00", id="second"), made(START, id="first")
    gap = the_gap(RULE, *twice)
    assert (gap.opens_at, gap.anchor[1]) == (span(OPENS)[0], "first")


# "any decision or telling of that ref closes, even one timed before receipt"
@pytest.mark.parametrize(
    "at", ["2026-03-01 09:00", "2026-03-05 08:00", "2026-03-06 15:59:59"], ids=str
)
def test_a_decision_timed_before_receipt_closes(at: str) -> None:
    assert gaps(RULE, made("2026-03-05 09:00"), received(START), decided(at)) == []


def test_each_referral_is_owed_its_own() -> None:
    two = made(START), made("2026-03-11 09:00", referral_ref="R-2")
    assert spans(RULE, *two) == [span(OPENS), span("2026-03-12 23:59:59")]
    assert [gap.referral_ref for gap in gaps(RULE, *two)] == ["R-1", "R-2"]


def test_without_a_referral_nothing_is_owed() -> None:
    assert gaps(RULE, detained(START), decided("2026-03-09 12:00"), told("2026-03-09 12:00")) == []


# "Nothing said of a referral after its withdrawal opens a gap."
def test_receipt_after_the_withdrawal_opens_nothing() -> None:
    over = made(START), withdrawn("2026-03-06 17:00"), received("2026-03-10 09:00")
    assert gaps(RULE, *over) == []


def test_the_same_ref_made_again_after_the_withdrawal_opens_nothing() -> None:
    over = made(START), withdrawn("2026-03-06 17:00"), made("2026-03-10 09:00")
    assert gaps(RULE, *over) == []
