"""Boundaries of `timeliness.support_not_started`.

contract.md 3: "after `service.referral-made` of kind therapeutic: support started [28 days]",
closed by "`support-started`, `referral-declined`, `support-ended`".
"""

import pytest

from tests.domain.rules.build import (
    SCHOOL,
    Wire,
    closed,
    declined,
    ended,
    event,
    gaps,
    retracted,
    service,
    span,
    spans,
    started,
    the_gap,
)

RULE = "support_not_started"
START, OPENS = "2026-05-01 10:00", "2026-05-29 10:00"

# 3: "Hours and days are elapsed time (a day is 24 h); only working days follow the calendar."
STARTS = {
    "an ordinary month": (START, OPENS),
    "over bank holidays": ("2024-12-20 10:00", "2025-01-17 10:00"),
    "due on a saturday": ("2026-05-02 10:00", "2026-05-30 10:00"),
    "over the change in march": ("2026-03-10 10:00", "2026-04-07 11:00"),
    "over the change in march, in UTC": ("2026-03-10T10:00:00Z", "2026-04-07T10:00:00Z"),
    "over the change in october": ("2026-10-10 10:00", "2026-11-07 09:00"),
    "over the change in october, in UTC": ("2026-10-10T09:00:00Z", "2026-11-07T09:00:00Z"),
}


@pytest.mark.parametrize(("start", "opens"), STARTS.values(), ids=STARTS)
def test_it_is_owed_28_days_from_the_referral(start: str, opens: str) -> None:
    assert spans(RULE, service(start)) == [span(opens)]


IN_TIME = {
    "at once": START,
    "the day before": "2026-05-28 10:00",
    "the moment before": "2026-05-29 09:59:59.999999",
    "at the limit": OPENS,
    # contract.md 2: "closes on its day whatever the hour of the deadline"
    "on the day, known only by its date": "2026-05-29",
}
LATE = {
    "the moment after": "2026-05-29 10:00:00.000001",
    "within the second": "2026-05-29 10:00:00.5",
    "the day after": "2026-05-30 10:00",
}
CLOSERS = {"started": started, "declined": declined, "ended": ended}
closers = pytest.mark.parametrize("closer", CLOSERS)


@closers
@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_it_is_in_time(closer: str, at: str) -> None:
    assert gaps(RULE, service(START), CLOSERS[closer](at)) == []


@closers
@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_it_is_late(closer: str, at: str) -> None:
    assert spans(RULE, service(START), CLOSERS[closer](at)) == [span(OPENS, at)]


def test_the_first_of_what_closes_it_closes() -> None:
    late = ended("2026-08-01 10:00"), started("2026-06-10 10:00"), declined("2026-06-20 10:00")
    assert spans(RULE, service(START), *late) == [span(OPENS, "2026-06-10 10:00")]


# Only support of kind therapeutic is owed.
@pytest.mark.parametrize(
    "kind",
    [
        "mentoring",
        "family-support",
        "speech-and-language",
        "violence-reduction",
        "advocacy",
        "other",
    ],
)
def test_it_is_not_owed_for_support_of_kind(kind: str) -> None:
    assert gaps(RULE, service(START, kind=kind)) == []


ELSE: dict[str, Wire] = {
    "the referral accepted": event(
        "service.referral-accepted.v1",
        "2026-05-05 10:00",
        "/norfolk-voluntary/cases",
        service_ref="S-1",
    ),
    "other support started": started("2026-05-05 10:00", service_ref="S-2"),
    "another referral declined": declined("2026-05-05 10:00", service_ref="S-2"),
    "other support ended": ended("2026-05-05 10:00", service_ref="S-2"),
    "the case closed": closed("2026-05-05 10:00"),
}


@pytest.mark.parametrize("other", ELSE.values(), ids=ELSE)
def test_nothing_else_closes_it(other: Wire) -> None:
    assert spans(RULE, service(START), other) == [span(OPENS)]


def test_each_referral_to_a_service_is_owed_its_own() -> None:
    two = service(START), service("2026-05-02 10:00", service_ref="S-2")
    assert spans(RULE, *two, started("2026-05-10 10:00")) == [span("2026-05-30 10:00")]


# 3: "The same thing owed is judged once: obligations are keyed by the ref"
def test_a_referral_to_a_service_told_twice_is_owed_once() -> None:
    assert spans(RULE, service(START), service("2026-05-08 10:00")) == [span(OPENS)]


def test_the_agency_that_referred_owes_it_whoever_closes() -> None:
    gap = the_gap(RULE, service(START, source=SCHOOL, id="s"), started("2026-06-10 10:00"))
    assert (gap.agency, gap.anchor) == ("norfolk-school", (SCHOOL, "s"))


def test_a_retracted_start_reopens_it() -> None:
    early = started("2026-05-10 10:00")
    assert spans(RULE, service(START), early, retracted(early)) == [span(OPENS)]
