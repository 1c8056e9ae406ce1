"""Boundaries of `timeliness.referral_not_made`: what owes it, until when, what does it.

contract.md 3: "after a detention [24 h], an interview as suspect [24 h], an exposure or concern
graded red [24 h] or amber [72 h]; green alone owes nothing."
"""

import pytest

from tests.domain.rules.build import (
    NORFOLK,
    SCHOOL,
    Wire,
    amended,
    concerned,
    decided,
    detained,
    discussed,
    event,
    exposed,
    found,
    gaps,
    interviewed,
    made,
    missing,
    not_referred,
    received,
    searched,
    span,
    spans,
    the_gap,
    withdrawn,
)

RULE = "referral_not_made"
AT = "2026-03-03 09:00"
DAY, THREE_DAYS = "2026-03-04 09:00", "2026-03-06 09:00"

OWING: dict[str, tuple[Wire, str]] = {
    "a detention": (detained(AT), DAY),
    "an interview as suspect in custody": (interviewed(AT, basis="custody"), DAY),
    "an interview as suspect by appointment": (interviewed(AT, basis="voluntary"), DAY),
    "a red exposure": (exposed(AT, grade="red"), DAY),
    "a red exposure of a suspect": (exposed(AT, grade="red", involvement="suspect"), DAY),
    "a red exposure of one who was there": (exposed(AT, grade="red", involvement="present"), DAY),
    "a red concern": (concerned(AT, grade="red"), DAY),
    "an amber exposure": (exposed(AT, grade="amber"), THREE_DAYS),
    "an amber exposure of a witness": (
        exposed(AT, grade="amber", involvement="witness"),
        THREE_DAYS,
    ),
    "an amber concern": (concerned(AT, grade="amber"), THREE_DAYS),
}
owing = pytest.mark.parametrize(("behind", "due"), OWING.values(), ids=OWING)


@owing
def test_while_no_referral_is_made_the_gap_stays_open(behind: Wire, due: str) -> None:
    assert spans(RULE, behind) == [span(due)]


@owing
def test_the_moment_before_the_limit_is_in_time(behind: Wire, due: str) -> None:
    before = due.replace("09:00", "08:59:59.999999")
    assert gaps(RULE, behind, made(before)) == []


# "A gap whose `closes_at` is at or before `opens_at` does not exist."
@owing
def test_at_the_limit_is_in_time(behind: Wire, due: str) -> None:
    assert gaps(RULE, behind, made(due)) == []


# Hours have no forgiven second: that is of working days alone.
@owing
def test_the_moment_after_the_limit_is_late(behind: Wire, due: str) -> None:
    after = f"{due}:00.000001"
    assert spans(RULE, behind, made(after)) == [span(due, after)]


NOTHING: dict[str, Wire] = {
    # "green alone owes nothing"
    "a green exposure": exposed(AT, grade="green"),
    "a green concern": concerned(AT, grade="green"),
    # 3.1: "events that owe nothing (green; witness or victim interviews) set no clock"
    "an interview as witness": interviewed(AT, involvement="witness"),
    "an interview as victim": interviewed(AT, involvement="victim"),
    "a child missing": missing(AT),
    "a child found": found(AT),
    "a child searched": searched(AT, outcome="nothing-found"),
    "a referral": made(AT),
}


@pytest.mark.parametrize("alone", NOTHING.values(), ids=NOTHING)
def test_nothing_is_owed_after(alone: Wire) -> None:
    assert gaps(RULE, alone) == []


# 3: "Hours and days are elapsed time (a day is 24 h); only working days follow the calendar."
ELAPSED = {
    "over a weekend": ("2026-03-06 22:00", "2026-03-07 22:00"),
    "over christmas": ("2024-12-24 22:00", "2024-12-25 22:00"),
    "over the change in march": ("2026-03-28 12:00", "2026-03-29 13:00"),
    "over the change in march, in UTC": ("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"),
    "over the change in october": ("2026-10-24 12:00", "2026-10-25 11:00"),
    "over the change in october, in UTC": ("2026-10-24T11:00:00Z", "2026-10-25T11:00:00Z"),
    "from the hour that october has twice, first": (
        "2026-10-25T00:30:00Z",
        "2026-10-26T00:30:00Z",
    ),
    "from the hour that october has twice, second": (
        "2026-10-25T01:30:00Z",
        "2026-10-26T01:30:00Z",
    ),
}


@pytest.mark.parametrize(("at", "due"), ELAPSED.values(), ids=ELAPSED)
def test_a_day_is_24_hours_elapsed(at: str, due: str) -> None:
    assert spans(RULE, detained(at)) == [span(due)]


def test_amber_over_a_change_of_the_clocks_is_72_hours_elapsed() -> None:
    assert spans(RULE, exposed("2026-03-27 12:00", grade="amber")) == [span("2026-03-30 13:00")]


# 3: "first of: any `referral.made` for the child at or after the event"
@pytest.mark.parametrize(
    "source", ["/norfolk-police/referrals", SCHOOL, "/norfolk-csc/cases", "/norfolk-health/system"]
)
def test_any_agencys_referral_does_it(source: str) -> None:
    assert gaps(RULE, detained(AT), made("2026-03-03 10:00", source=source)) == []


# "`distinct` and `at or after` include the same instant."
def test_a_referral_at_the_very_instant_is_at_or_after() -> None:
    assert gaps(RULE, detained(AT), made(AT)) == []


def test_a_referral_the_moment_before_that_names_nothing_is_of_something_else() -> None:
    assert spans(RULE, detained(AT), made("2026-03-03 08:59:59.999999")) == [span(DAY)]


# "an earlier referral that names its ref in `triggers`"
# "Its refs are every custody, incident, interview and concern ref of its events."
NAMED: dict[str, tuple[Wire, str]] = {
    "the custody": (detained(AT), "C-1"),
    "the custody's incident": (detained(AT, incident_ref="I-1"), "I-1"),
    "the interview": (interviewed(AT), "V-1"),
    "the interview's custody": (interviewed(AT, custody_ref="C-1"), "C-1"),
    "the interview of a custody": (interviewed(AT, custody_ref="C-1"), "V-1"),
    "the incident": (exposed(AT, grade="red"), "I-1"),
    "the concern": (concerned(AT, grade="red"), "N-1"),
    "the concern's incident": (concerned(AT, grade="red", incident_ref="I-1"), "I-1"),
    "the concern of an incident": (concerned(AT, grade="red", incident_ref="I-1"), "N-1"),
}


@pytest.mark.parametrize(("behind", "ref"), NAMED.values(), ids=NAMED)
def test_an_earlier_referral_does_it_that_names(behind: Wire, ref: str) -> None:
    assert gaps(RULE, behind, made("2026-03-01 09:00", triggers=["X-9", ref])) == []


def test_an_earlier_referral_that_names_another_ref_does_not() -> None:
    earlier = made("2026-03-01 09:00", triggers=["C-2"])
    assert spans(RULE, detained(AT), earlier) == [span(DAY)]


# "a `no-referral.decided` naming it"
NO_REFERRALS = {
    "in time": ("2026-03-04 08:00", []),
    "at the limit": (DAY, []),
    "late": ("2026-03-05 09:00", [span(DAY, "2026-03-05 09:00")]),
    "earlier than the event": ("2026-03-03 08:00", []),
}


@pytest.mark.parametrize(("at", "expected"), NO_REFERRALS.values(), ids=NO_REFERRALS)
def test_a_decision_not_to_refer_does_it(at: str, expected: list[object]) -> None:
    assert spans(RULE, detained(AT), not_referred(at, triggers=["C-1"])) == expected


def test_a_decision_not_to_refer_does_nothing_for_what_it_does_not_name() -> None:
    two = detained(AT), detained("2026-03-03 10:00", custody_ref="C-2")
    assert spans(RULE, *two, not_referred("2026-03-03 11:00", triggers=["C-2"])) == [span(DAY)]


def test_a_decision_not_to_refer_does_it_for_every_ref_that_it_names() -> None:
    two = detained(AT), detained("2026-03-03 10:00", custody_ref="C-2")
    assert gaps(RULE, *two, not_referred("2026-03-03 11:00", triggers=["C-1", "C-2"])) == []


def test_the_first_of_what_does_it_closes() -> None:
    late = (
        made("2026-03-07 09:00"),
        not_referred("2026-03-06 09:00", triggers=["C-1"]),
        made("2026-03-08 09:00", referral_ref="R-2"),
    )
    assert spans(RULE, detained(AT), *late) == [span(DAY, "2026-03-06 09:00")]


ELSE: dict[str, Wire] = {
    "an amendment that names nothing": amended("2026-03-03 10:00", urgency="immediate"),
    "a referral received": received("2026-03-03 10:00"),
    "a referral decided": decided("2026-03-03 10:00"),
    "a strategy discussion": discussed("2026-03-03 10:00"),
    "a review that says no referral": event(
        "oversight.reviewed.v1",
        "2026-03-03 10:00",
        "/norfolk-police/pages",
        of={"kind": "custody", "ref": "C-1"},
        outcome="no-referral",
    ),
    # "`gap.answered` never closes a gap"
    "an answer to the gap": event(
        "gap.answered.v1", "2026-03-04 10:00", "/norfolk-police/pages", answer="explained"
    ),
}


@pytest.mark.parametrize("other", ELSE.values(), ids=ELSE)
def test_nothing_else_does_it(other: Wire) -> None:
    earlier = made("2026-03-01 09:00", sent_to=NORFOLK)
    assert spans(RULE, detained(AT), earlier, other) == [span(DAY)]


# 3: "**Who owes it**: the agency of the anchor event"
def test_the_agency_of_the_event_owes_it() -> None:
    assert the_gap(RULE, detained(AT)).agency == "norfolk-police"
    assert the_gap(RULE, concerned(AT, grade="red")).agency == "norfolk-school"


# "`referral.withdrawn` closes that referral's own gaps ...; no gap of the events behind it"
def test_a_withdrawal_does_not_close_it() -> None:
    late = made("2026-03-01 09:00"), withdrawn("2026-03-05 09:00")
    assert spans(RULE, detained(AT), *late) == [span(DAY)]
