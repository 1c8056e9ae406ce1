"""Boundaries of `timeliness.conference_overdue`.

contract.md 3: "where a strategy discussion leads to section 47: conference [15 working days from
it]", closed by "`conference-held`, `case-closed`".
"""

import pytest

from tests.domain.rules.build import (
    Wire,
    assessed,
    closed,
    conferred,
    decided,
    discussed,
    gaps,
    made,
    received,
    span,
    spans,
    the_gap,
    withdrawn,
)

RULE = "conference_overdue"

# domain.md a.1: 15 working days from the strategy discussion; a.2: bank holidays and vectors.
STARTS: dict[str, tuple[str, str]] = {
    "23 december 2024 (vector)": ("2024-12-23 09:00", "2025-01-16 23:59:59"),
    "30 march 2026 (vector)": ("2026-03-30 09:00", "2026-04-22 23:59:59"),
    "from the first second of its day": ("2026-03-02 00:00", "2026-03-23 23:59:59"),
    "from the last second of its day": ("2026-03-02 23:59:59", "2026-03-23 23:59:59"),
    "known only by its date": ("2026-03-02", "2026-03-23 23:59:59"),
    "from a saturday": ("2026-03-07 09:00", "2026-03-27 23:59:59"),
    "over easter 2025": ("2025-04-01 09:00", "2025-04-24 23:59:59"),
    "due the day before the jubilee of 2022": ("2022-05-11 09:00", "2022-06-01 23:59:59"),
    "over the jubilee of 2022": ("2022-06-01 09:00", "2022-06-24 23:59:59"),
    "over the state funeral of 2022": ("2022-08-30 09:00", "2022-09-21 23:59:59"),
    "due before christmas 2026": ("2026-12-02 09:00", "2026-12-23 23:59:59"),
    "over the 25th and 28th of december 2026": ("2026-12-07 09:00", "2026-12-30 23:59:59"),
    "over the change in march": ("2026-03-09T09:00:00Z", "2026-03-30T22:59:59Z"),
    "over the change in october": ("2026-10-05T09:00:00Z", "2026-10-26T23:59:59Z"),
}

START = "2026-03-02 10:00"
OPENS = "2026-03-23 23:59:59"
IN_TIME = {
    "at the very instant of the discussion": START,
    "a week later": "2026-03-09 10:00",
    "the day before": "2026-03-22 12:00",
    "on the day": "2026-03-23 09:00",
    "on the day, known only by its date": "2026-03-23",
    "the moment before the last second": "2026-03-23 23:59:58.999999",
    "at 23:59:59 exactly": "2026-03-23 23:59:59",
    "within that second": "2026-03-23 23:59:59.999999",
    # contract.md 2: what has only a date "closes on its day"
    "on the day of the discussion, known only by its date": "2026-03-02",
}
LATE = {
    "the moment after that second": "2026-03-24 00:00",
    "the day after": "2026-03-24 09:00",
    "a week after": "2026-03-31 09:00",
}


@pytest.mark.parametrize(("start", "opens"), STARTS.values(), ids=STARTS)
def test_it_is_owed_15_working_days_from_the_discussion(start: str, opens: str) -> None:
    assert spans(RULE, discussed(start)) == [span(opens)]


@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_a_conference_is_in_time(at: str) -> None:
    assert gaps(RULE, discussed(START), conferred(at)) == []


@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_a_conference_is_late(at: str) -> None:
    assert spans(RULE, discussed(START), conferred(at)) == [span(OPENS, at)]


@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_a_case_is_closed_in_time(at: str) -> None:
    assert gaps(RULE, discussed(START), closed(at)) == []


@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_a_case_closed_late_closes(at: str) -> None:
    assert spans(RULE, discussed(START), closed(at)) == [span(OPENS, at)]


# "What closes it" is the first of them; what has only a date is timed 00:00 of its day.
def test_of_two_that_close_on_one_day_the_one_known_only_by_its_date_is_first() -> None:
    two = conferred("2026-03-24 09:00"), closed("2026-03-24")
    assert spans(RULE, discussed(START), two[1]) == [span(OPENS, "2026-03-24 00:00")]
    assert spans(RULE, discussed(START), *two) == [span(OPENS, "2026-03-24 00:00")]


def test_the_gap_is_anchored_on_the_discussion() -> None:
    gap = the_gap(RULE, made("2026-03-01 09:00"), discussed(START, id="talk"))
    assert (gap.anchor[1], gap.referral_ref) == ("talk", "R-1")


def test_a_discussion_that_leads_nowhere_owes_none() -> None:
    assert gaps(RULE, discussed(START, leads_to="none")) == []


def test_a_decision_for_section_47_alone_owes_none() -> None:
    assert gaps(RULE, made(START), received(START), decided(START, decision="section-47")) == []


# "closers are at or after the discussion"
@pytest.mark.parametrize("at", ["2026-03-02 09:59:59.999999", "2026-03-01 10:00", "2026-03-01"])
def test_what_was_before_the_discussion_closes_nothing(at: str) -> None:
    assert spans(RULE, discussed(START), conferred(at)) == [span(OPENS)]
    assert spans(RULE, discussed(START), closed(at)) == [span(OPENS)]


def test_what_was_before_the_discussion_hides_nothing_known_only_by_that_date() -> None:
    before, same_day = closed("2026-03-02 08:00"), conferred("2026-03-02")
    assert gaps(RULE, discussed(START), before, same_day) == []


# "and match the ref, or either side lacks it"
ANY = "2026-03-10 09:00"
MATCHING: dict[str, tuple[str | None, Wire]] = {
    "the conference of its referral": ("R-1", conferred(ANY)),
    "a conference of none": ("R-1", conferred(ANY, referral_ref=None)),
    "where it has no referral, a conference of none": (None, conferred(ANY, referral_ref=None)),
    "where it has no referral, a conference of any": (None, conferred(ANY, referral_ref="R-7")),
    "the closing of its referral": ("R-1", closed(ANY)),
    "where it has no referral, the closing of any": (None, closed(ANY, referral_ref="R-7")),
}


@pytest.mark.parametrize(("ref", "closer"), MATCHING.values(), ids=MATCHING)
def test_it_is_closed_by(ref: str | None, closer: Wire) -> None:
    assert gaps(RULE, discussed(START, referral_ref=ref), closer) == []


ELSE: dict[str, Wire] = {
    "the conference of another referral": conferred(ANY, referral_ref="R-2"),
    "the closing of another referral": closed(ANY, referral_ref="R-2"),
    "a further discussion": discussed(ANY, leads_to="none"),
    "an assessment": assessed(ANY),
    "a decision": decided(ANY, decision="no-further-action"),
}


@pytest.mark.parametrize("other", ELSE.values(), ids=ELSE)
def test_nothing_else_closes_it(other: Wire) -> None:
    assert spans(RULE, discussed(START), other) == [span(OPENS)]


# "one per `referral_ref`, or per discussion without one"
def test_a_second_discussion_of_one_referral_owes_no_second_conference() -> None:
    assert spans(RULE, discussed(START), discussed("2026-03-09 10:00")) == [span(OPENS)]


def test_it_is_owed_from_the_first_discussion_that_leads_to_section_47() -> None:
    none = discussed("2026-02-20 10:00", leads_to="none")
    assert spans(RULE, none, discussed(START)) == [span(OPENS)]


def test_two_referrals_are_owed_a_conference_each() -> None:
    two = discussed(START), discussed("2026-03-09 10:00", referral_ref="R-2")
    assert spans(RULE, *two) == [span(OPENS), span("2026-03-30 23:59:59")]


def test_two_discussions_without_a_referral_are_owed_a_conference_each() -> None:
    two = (
        discussed(START, referral_ref=None),
        discussed("2026-03-09 10:00", referral_ref=None),
    )
    assert spans(RULE, *two) == [span(OPENS), span("2026-03-30 23:59:59")]
    assert len({gap.gap_id for gap in gaps(RULE, *two)}) == 2


def test_a_conference_between_two_discussions_does_for_the_first() -> None:
    two = (
        discussed(START, referral_ref=None),
        discussed("2026-03-09 10:00", referral_ref=None),
        conferred("2026-03-06 10:00", referral_ref=None),
    )
    assert spans(RULE, *two) == [span("2026-03-30 23:59:59")]


# 3.1: "`referral.withdrawn` closes that referral's own gaps: timeliness, ..."
REFERRAL = made("2026-02-27 09:00"), decided("2026-03-01 09:00")


@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_a_withdrawal_of_its_referral_closes(at: str) -> None:
    assert spans(RULE, *REFERRAL, discussed(START), withdrawn(at)) == [span(OPENS, at)]


def test_a_withdrawal_in_time_leaves_nothing_owed() -> None:
    assert gaps(RULE, *REFERRAL, discussed(START), withdrawn("2026-03-09 10:00")) == []


def test_a_discussion_of_no_referral_is_not_closed_by_a_withdrawal() -> None:
    unnamed = discussed(START, referral_ref=None)
    assert spans(RULE, *REFERRAL, unnamed, withdrawn("2026-03-09 10:00")) == [span(OPENS)]


# "Nothing said of a referral after its withdrawal opens a gap."
def test_a_discussion_after_the_withdrawal_opens_nothing() -> None:
    assert gaps(RULE, *REFERRAL, withdrawn("2026-03-01 12:00"), discussed(START)) == []
