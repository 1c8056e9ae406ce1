"""Who owes and who sees a gap of timeliness, and what kind of thing it is.

contract.md 3: "**Who owes it**: the agency of the anchor event; for decision, telling, assessment
and conference the social care of the area it was sent to (else the agency that received or held)."
"""

import pytest

from tests.domain.rules.build import (
    CENSUS,
    NORFOLK,
    SCHOOL,
    Wire,
    amended,
    concerned,
    decided,
    detained,
    discussed,
    gaps,
    made,
    received,
    ruled,
    service,
    the_gap,
)

SUFFOLK, NOWHERE = "E10000029", "E10000099"
ELSEWHERE = "/suffolk-csc/cases"
AT = "2026-03-03 09:00"
BY_TWO = ruled(
    agencies={
        "suffolk-csc": {"name": "Suffolk", "kind": "social-care", "areas": [SUFFOLK]},
    }
)

OF_REFERRALS = ["decision_overdue", "referrer_not_told", "assessment_overdue"]

OWES: dict[str, tuple[tuple[Wire, ...], str]] = {
    "the social care of the area it was sent to": ((made(AT),), "norfolk-csc"),
    "that of another area": ((made(AT, sent_to=SUFFOLK),), "suffolk-csc"),
    "that, whoever received it": (
        (made(AT, sent_to=SUFFOLK), received(AT)),
        "suffolk-csc",
    ),
    "that, whoever sent it": ((made(AT, source=SCHOOL, sent_to=SUFFOLK),), "suffolk-csc"),
    "that of the area it was sent to at last": (
        (made(AT, sent_to=SUFFOLK), amended("2026-03-03 10:00", sent_to=NORFOLK)),
        "norfolk-csc",
    ),
    "else who received it": (
        (made(AT, sent_to=NOWHERE), received(AT, source=ELSEWHERE)),
        "suffolk-csc",
    ),
    "who received it, while no made is known": ((received(AT, source=ELSEWHERE),), "suffolk-csc"),
    "who received it by the census": ((received(AT, source=CENSUS),), "norfolk-csc"),
}


@pytest.mark.parametrize("rule", OF_REFERRALS)
@pytest.mark.parametrize(("events", "agency"), OWES.values(), ids=OWES)
def test_it_is_owed_by(rule: str, events: tuple[Wire, ...], agency: str) -> None:
    late = decided("2026-06-30 09:00")
    assert the_gap(rule, *events, late, by=BY_TWO).agency == agency


CONFERENCE: dict[str, tuple[tuple[Wire, ...], str]] = {
    "the social care of the area its referral was sent to": (
        (made("2026-03-01 09:00", sent_to=SUFFOLK), discussed(AT)),
        "suffolk-csc",
    ),
    "else who held the discussion": ((discussed(AT, source=ELSEWHERE),), "suffolk-csc"),
    "who held a discussion of no referral": (
        (made("2026-03-01 09:00"), discussed(AT, source=ELSEWHERE, referral_ref=None)),
        "suffolk-csc",
    ),
}


@pytest.mark.parametrize(("events", "agency"), CONFERENCE.values(), ids=CONFERENCE)
def test_a_conference_is_owed_by(events: tuple[Wire, ...], agency: str) -> None:
    assert the_gap("conference_overdue", *events, by=BY_TWO).agency == agency


# "**Who sees it**: the agency that owes it; decision and feedback on a referral also its sender;
# ... nobody else by name."
REFERRED = made(AT, source=SCHOOL), decided("2026-06-30 09:00"), discussed(AT)
SEEN = {
    "decision_overdue": {"norfolk-school"},
    "referrer_not_told": {"norfolk-school"},
    "assessment_overdue": set(),
    "conference_overdue": set(),
}


@pytest.mark.parametrize(("rule", "also"), SEEN.items(), ids=SEEN)
def test_besides_who_owes_it_it_is_seen_by(rule: str, also: set[str]) -> None:
    gap = the_gap(rule, *REFERRED)
    assert gap.agency == "norfolk-csc"
    assert set(gap.visible_to) - {gap.agency} == also


def test_a_referral_not_made_and_support_are_seen_by_who_owes_them() -> None:
    events = concerned(AT, grade="red"), service(AT)
    for rule in ("referral_not_made", "support_not_started"):
        gap = the_gap(rule, *events)
        assert set(gap.visible_to) - {gap.agency} == set()


# contract.md 3: the column "Lesson"; "`kind` is `gap` ... or `query`": none of these is a query.
LESSONS = {
    "referral_not_made": "1",
    "decision_overdue": "1",
    "referrer_not_told": "1",
    "assessment_overdue": "1",
    "conference_overdue": "1",
    "support_not_started": "themes",
}
ALL = detained(AT, unit="custody"), *REFERRED, service(AT)


@pytest.mark.parametrize(("rule", "lesson"), LESSONS.items(), ids=LESSONS)
def test_it_is_a_gap_of_lesson(rule: str, lesson: str) -> None:
    # Detained at the very instant of the referral, so that nothing is owed but for C-2.
    owed = detained("2026-03-04 09:00", custody_ref="C-2", unit="custody")
    (gap,) = gaps(rule, *ALL, owed)
    assert (gap.lesson, gap.kind) == (lesson, "gap")
    assert gap.anchor in gap.evidence


def test_the_unit_is_that_of_the_anchor() -> None:
    assert the_gap("referral_not_made", detained(AT, unit="general-cid")).unit == "general-cid"
