"""Boundaries of `oversight.not_reviewed`.

contract.md 3: "a review of each detention, suspect interview, police referral and no-referral
decision [24 h]", closed by "`oversight.reviewed` of that kind and ref by someone other than who did
it".
"""

from datetime import date
from functools import partial

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import (
    SCHOOL,
    Wire,
    amended,
    concerned,
    detained,
    exposed,
    found,
    interviewed,
    made,
    missing,
    not_referred,
    retracted,
    ruled,
    searched,
    span,
)
from tests.domain.rules.lessons import QUALITY, done_by, reviewed

RULE = "oversight.not_reviewed"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)
the_gap = partial(lessons.only, RULE)

AT = "2026-03-03 09:00"
OPENS = "2026-03-04 09:00"
UNSUSPECTED = partial(interviewed, involvement="victim", basis="voluntary")
BEHIND = done_by("zoe", UNSUSPECTED("2026-03-02 09:00"))
"""An interview that is owed no review, and may be what a decision not to refer names."""

WORK: dict[str, tuple[tuple[Wire, ...], str, str]] = {
    "a detention": ((done_by("anna", detained(AT)),), "custody", "C-1"),
    "an interview as suspect, in custody": (
        (done_by("anna", interviewed(AT, basis="custody", custody_ref="C-1")),),
        "interview",
        "V-1",
    ),
    "an interview as suspect, voluntary": (
        (done_by("anna", interviewed(AT, basis="voluntary")),),
        "interview",
        "V-1",
    ),
    "a police referral": ((done_by("anna", made(AT)),), "referral", "R-1"),
    "a decision not to refer": (
        (BEHIND, done_by("anna", not_referred(AT, triggers=["V-1"]))),
        "no-referral",
        "V-1",
    ),
}
works = pytest.mark.parametrize(("work", "kind", "ref"), WORK.values(), ids=WORK)


@works
def test_a_review_is_owed_in_24_hours(work: tuple[Wire, ...], kind: str, ref: str) -> None:
    gap = the_gap(*work)
    assert (gap.opens_at, gap.closes_at) == span(OPENS), (kind, ref)
    assert (gap.kind, gap.lesson, gap.agency) == ("gap", "3", "norfolk-police")
    assert gap.visible_to == ()
    assert gap.anchor == (work[-1]["source"], work[-1]["id"])


IN_TIME = {
    "at once": AT,
    "the moment before the limit": "2026-03-04 08:59:59.999999",
    "at the limit": "2026-03-04 09:00",
    "on the day of the limit, known only by its date": "2026-03-04",
}
LATE = {
    "the moment after the limit": "2026-03-04 09:00:00.000001",
    "a week after": "2026-03-11 09:00",
}


@works
@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_a_review_is_in_time(at: str, work: tuple[Wire, ...], kind: str, ref: str) -> None:
    assert gaps(*work, reviewed(at, kind, ref)) == []


@works
@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_a_review_is_late(at: str, work: tuple[Wire, ...], kind: str, ref: str) -> None:
    assert spans(*work, reviewed(at, kind, ref)) == [span(OPENS, at)]


@pytest.mark.parametrize("outcome", ["refer", "no-referral", "approved", "returned", "escalated"])
@pytest.mark.parametrize("source", [lessons.PAGES, QUALITY])
def test_any_outcome_is_a_review_whoever_of_the_two_sends_it(outcome: str, source: str) -> None:
    (work, kind, ref) = WORK["a detention"]
    assert gaps(*work, reviewed("2026-03-03 12:00", kind, ref, outcome, source=source)) == []


# "Only reviews at or after the work count."
@works
def test_a_review_before_the_work_is_none(work: tuple[Wire, ...], kind: str, ref: str) -> None:
    early = reviewed("2026-03-03 08:59:59.999999", kind, ref)
    assert spans(*work, early) == [span(OPENS)]


# "someone other than who did it"
@works
def test_a_review_by_who_did_it_closes_nothing(work: tuple[Wire, ...], kind: str, ref: str) -> None:
    own = reviewed("2026-03-03 12:00", kind, ref, who="anna")
    assert spans(*work, own) == [span(OPENS)]
    assert spans(*work, own, reviewed("2026-03-05 09:00", kind, ref)) == [
        span(OPENS, "2026-03-05 09:00")
    ]


# ""The person who did it" is any practitioner (agency and ref) on an event of that kind with that
# ref: for `referral`, made or amended; for `no-referral`, the decision naming it."
DETENTION = done_by("anna", detained(AT))
DOERS: dict[str, tuple[tuple[Wire, ...], str, str]] = {
    "who amended the referral": (
        (done_by("anna", made(AT)), done_by("ben", amended("2026-03-03 10:00"))),
        "referral",
        "R-1",
    ),
    "who also detained": (
        (DETENTION, done_by("ben", detained("2026-03-03 10:00"))),
        "custody",
        "C-1",
    ),
    "who also interviewed": (
        (
            done_by("anna", interviewed(AT)),
            done_by("ben", interviewed("2026-03-03 10:00")),
        ),
        "interview",
        "V-1",
    ),
    "who also decided": (
        (
            BEHIND,
            done_by("anna", not_referred(AT, triggers=["V-1"])),
            done_by("ben", not_referred("2026-03-03 10:00", triggers=["V-1"])),
        ),
        "no-referral",
        "V-1",
    ),
}


@pytest.mark.parametrize("who", ["anna", "ben"])
@pytest.mark.parametrize(("work", "kind", "ref"), DOERS.values(), ids=DOERS)
def test_any_who_had_a_hand_in_it_did_it(
    work: tuple[Wire, ...], kind: str, ref: str, who: str
) -> None:
    own = reviewed("2026-03-03 12:00", kind, ref, who=who)
    # "a second decision on the same ref starts no new clock": and the same thing is judged once.
    assert spans(*work, own) == [span(OPENS)]
    assert gaps(*work, own, reviewed("2026-03-03 13:00", kind, ref)) == []


def test_who_detained_may_review_the_decision_not_to_refer() -> None:
    decision = done_by("ben", not_referred("2026-03-03 10:00", triggers=["C-1"]))
    own = reviewed("2026-03-03 12:00", "no-referral", "C-1", who="anna")
    other = reviewed("2026-03-03 12:00", "custody", "C-1", who="ben")
    assert gaps(DETENTION, decision, own, other) == []


NOT_OWED: dict[str, tuple[Wire, ...]] = {
    "an interview as witness": (interviewed(AT, involvement="witness"),),
    "an interview as victim": (interviewed(AT, involvement="victim"),),
    "an exposure": (exposed(AT, grade="red", involvement="suspect"),),
    "missing and found": (missing(AT), found(AT)),
    "a search": (searched(AT, outcome="nothing-found"),),
    "a concern": (concerned(AT, grade="red"),),
    # "A police referral is a `referral.made` whose source agency ends in `-police`."
    "a referral by a school": (made(AT, source=SCHOOL),),
    "a referral by an agency that only begins so": (made(AT, source="/police-school/x"),),
    "a detention at 18": (detained(AT, age=18),),
    "an interview at 18": (interviewed(AT, age=18),),
    "a referral at 18": (made(AT, age=18),),
    "a retracted detention": (detained(AT, id="d"), retracted(detained(AT, id="d"))),
    "a review alone": (reviewed(AT),),
}


@pytest.mark.parametrize("events", NOT_OWED.values(), ids=NOT_OWED)
def test_nothing_else_is_owed_a_review(events: tuple[Wire, ...]) -> None:
    assert gaps(*events) == []


def test_a_referral_by_another_police_force_is_owed_one() -> None:
    gap = the_gap(made(AT, source="/suffolk-police/crime"))
    assert (gap.opens_at, gap.agency) == (span(OPENS)[0], "suffolk-police")


def test_where_the_age_is_unknown_it_is_owed() -> None:
    assert spans(detained(AT, age=None)) == [span(OPENS)]


# "Turning 18 later closes nothing", and a review then is a review.
def test_a_review_after_the_child_turned_18_closes() -> None:
    assert spans(DETENTION, reviewed("2026-04-01 09:00", age=18)) == [
        span(OPENS, "2026-04-01 09:00")
    ]


OTHER_REVIEWS = {
    "of another ref": ("custody", "C-2"),
    "of another kind": ("interview", "C-1"),
    "of its incident": ("incident", "C-1"),
    # "A review of the custody does not review its no-referral decision", nor the other way
    "of the decision not to refer": ("no-referral", "C-1"),
}


@pytest.mark.parametrize(("kind", "ref"), OTHER_REVIEWS.values(), ids=OTHER_REVIEWS)
def test_a_review_of_something_else_closes_nothing(kind: str, ref: str) -> None:
    assert spans(DETENTION, reviewed("2026-03-03 12:00", kind, ref)) == [span(OPENS)]


def test_a_retracted_review_closes_nothing() -> None:
    review = reviewed("2026-03-03 12:00")
    assert spans(DETENTION, review, retracted(review)) == [span(OPENS)]


@pytest.mark.parametrize(
    ("at", "opens"),
    [("2026-03-28 12:00", "2026-03-29 13:00"), ("2026-10-24 12:00", "2026-10-25 11:00")],
    ids=["march", "october"],
)
def test_24_hours_are_elapsed_time(at: str, opens: str) -> None:
    assert spans(detained(at)) == [span(opens)]


@pytest.mark.parametrize(("since", "hours"), [(date(2026, 3, 3), 8), (date(2026, 3, 4), 24)])
def test_the_limit_is_that_of_the_day(since: date, hours: int) -> None:
    tour = ruled({f"{RULE}.limit": [{"value": 8, "since": since}]})
    opens = {8: "2026-03-03 17:00", 24: OPENS}[hours]
    assert spans(DETENTION, by=tour) == [span(opens)]
