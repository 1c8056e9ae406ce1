"""Boundaries of `timeliness.referrer_not_told`.

contract.md 3: "the referrer told [1 working day, same start]" (received, else made), closed by
"`referrer-told`, `referral.withdrawn`".
"""

import pytest

from tests.domain.rules.build import (
    Wire,
    amended,
    assessed,
    closed,
    decided,
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

RULE = "referrer_not_told"
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
def test_the_referrer_is_told_in_time(at: str) -> None:
    assert gaps(RULE, made("2026-03-05 16:00"), received(START), told(at)) == []


@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_the_referrer_is_told_late(at: str) -> None:
    assert spans(RULE, received(START), told(at)) == [span(OPENS, at)]


@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_a_withdrawal_is_in_time(at: str) -> None:
    assert gaps(RULE, made("2026-03-05 16:00"), received(START), withdrawn(at)) == []


@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_a_withdrawal_closes(at: str) -> None:
    assert spans(RULE, made(START), withdrawn(at)) == [span(OPENS, at)]


ELSE: dict[str, Wire] = {
    "a decision": decided("2026-03-09 12:00"),
    "an amendment": amended("2026-03-09 12:00", urgency="immediate"),
    "a strategy discussion": discussed("2026-03-09 12:00"),
    "an assessment completed": assessed("2026-03-09 12:00"),
    "the case closed": closed("2026-03-09 12:00"),
    "a word on another referral": told("2026-03-09 12:00", referral_ref="R-2"),
}


@pytest.mark.parametrize("other", ELSE.values(), ids=ELSE)
def test_nothing_else_closes_it(other: Wire) -> None:
    assert spans(RULE, made(START), other) == [span(OPENS)]


# "any decision or telling of that ref closes, even one timed before receipt; telling before the
# decision counts"
def test_telling_before_receipt_counts() -> None:
    assert gaps(RULE, made("2026-03-05 09:00"), told("2026-03-05 10:00"), received(START)) == []


def test_telling_before_the_decision_counts() -> None:
    early = told("2026-03-09 10:00"), decided("2026-03-12 10:00")
    assert gaps(RULE, made(START), *early) == []


# 3.1: "only the clock follows it: the anchor is the first `referral.made` of that ref"
def test_the_clock_follows_receipt_and_the_anchor_is_made() -> None:
    gap = the_gap(RULE, made(START, id="m"), received("2026-03-11 09:00", id="r"))
    assert (gap.opens_at, gap.anchor[1]) == (span("2026-03-12 23:59:59")[0], "m")


def test_each_referral_is_owed_its_own() -> None:
    two = made(START), made("2026-03-11 09:00", referral_ref="R-2")
    assert spans(RULE, *two) == [span(OPENS), span("2026-03-12 23:59:59")]


# "Nothing said of a referral after its withdrawal opens a gap."
def test_receipt_after_the_withdrawal_opens_nothing() -> None:
    over = made(START), withdrawn("2026-03-06 17:00"), received("2026-03-10 09:00")
    assert gaps(RULE, *over) == []
