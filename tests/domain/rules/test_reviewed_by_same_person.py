"""Boundaries of `oversight.reviewed_by_same_person`.

contract.md 3: "at a review by the person who did the work", closed by "a review by another".
"""

from functools import partial

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import (
    Span,
    Wire,
    amended,
    detained,
    exposed,
    found,
    interviewed,
    made,
    missing,
    not_referred,
    retracted,
    searched,
    span,
    withdrawn,
)
from tests.domain.rules.lessons import QUALITY, done_by, reviewed

RULE = "oversight.reviewed_by_same_person"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)
the_gap = partial(lessons.only, RULE)

AT = "2026-03-03 09:00"
SELF = "2026-03-05 14:00"
CUSTODY = done_by("anna", detained(AT))
OWN = reviewed(SELF, who="anna")
BEHIND = done_by("zoe", interviewed("2026-03-02 09:00", involvement="victim"))

# "Work of kind `incident` is exposure, missing, found and search."
WORK: dict[str, tuple[tuple[Wire, ...], str, str]] = {
    "a detention": ((CUSTODY,), "custody", "C-1"),
    "an interview as suspect": ((done_by("anna", interviewed(AT)),), "interview", "V-1"),
    "an exposure": ((done_by("anna", exposed(AT, grade="red")),), "incident", "I-1"),
    "missing": ((done_by("anna", missing(AT)),), "incident", "I-1"),
    "found": ((done_by("anna", found(AT)),), "incident", "I-1"),
    "found by another than reported": (
        (done_by("zoe", missing(AT)), done_by("anna", found(AT))),
        "incident",
        "I-1",
    ),
    "a search": ((done_by("anna", searched(AT, outcome="drugs")),), "incident", "I-1"),
    "a referral": ((done_by("anna", made(AT)),), "referral", "R-1"),
    "an amendment": (
        (done_by("zoe", made(AT)), done_by("anna", amended("2026-03-03 10:00"))),
        "referral",
        "R-1",
    ),
    "a decision not to refer": (
        (BEHIND, done_by("anna", not_referred(AT, triggers=["V-1"]))),
        "no-referral",
        "V-1",
    ),
}
works = pytest.mark.parametrize(("work", "kind", "ref"), WORK.values(), ids=WORK)


@works
def test_it_opens_at_the_review(work: tuple[Wire, ...], kind: str, ref: str) -> None:
    own = reviewed(SELF, kind, ref, who="anna")
    gap = the_gap(*work, own)
    assert (gap.opens_at, gap.closes_at) == span(SELF)
    assert (gap.kind, gap.lesson) == ("gap", "3")
    # contract.md says "Who owes it: the agency of the anchor event"
    assert (gap.anchor, gap.agency) == ((own["source"], own["id"]), "norfolk-police")


@works
def test_a_review_by_another_raises_nothing(work: tuple[Wire, ...], kind: str, ref: str) -> None:
    assert gaps(*work, reviewed(SELF, kind, ref, who="sergeant")) == []


@works
def test_a_later_review_by_another_closes_it(work: tuple[Wire, ...], kind: str, ref: str) -> None:
    own, other = reviewed(SELF, kind, ref, who="anna"), reviewed("2026-03-09 09:00", kind, ref)
    assert spans(*work, own, other) == [span(SELF, "2026-03-09 09:00")]


# "a review by another at any time satisfies it"
ANY_TIME = {
    "at the work": (AT, []),
    "before the review by oneself": ("2026-03-04 09:00", []),
    "at that review": (SELF, []),
    "the moment after": (
        "2026-03-05 14:00:00.000001",
        [span(SELF, "2026-03-05 14:00:00.000001")],
    ),
    "a year after": ("2027-03-05 14:00", [span(SELF, "2027-03-05 14:00")]),
}


@pytest.mark.parametrize(("at", "expected"), ANY_TIME.values(), ids=ANY_TIME)
def test_a_review_by_another_at_any_time(at: str, expected: list[Span]) -> None:
    assert spans(CUSTODY, OWN, reviewed(at)) == expected


# "Only reviews at or after the work count."
REVIEWED_AT = {
    "the moment before the work": ("2026-03-03 08:59:59.999999", False),
    "at the work": (AT, True),
    "the moment after": ("2026-03-03 09:00:00.000001", True),
}


@pytest.mark.parametrize(("at", "raised"), REVIEWED_AT.values(), ids=REVIEWED_AT)
def test_only_a_review_at_or_after_the_work_is_one(at: str, *, raised: bool) -> None:
    assert bool(gaps(CUSTODY, reviewed(at, who="anna"))) is raised


# "one per kind and ref, from the first self-review"
def test_the_first_review_by_oneself_raises_it_and_the_next_none() -> None:
    again = reviewed("2026-03-06 09:00", who="anna")
    assert spans(CUSTODY, OWN, again) == [span(SELF)]
    assert spans(CUSTODY, OWN, reviewed("2026-03-05 18:00"), again) == [
        span(SELF, "2026-03-05 18:00")
    ]


def test_one_for_each_kind_and_ref() -> None:
    decision = done_by("anna", not_referred("2026-03-03 10:00", triggers=["C-1"]))
    two = gaps(CUSTODY, decision, OWN, reviewed(SELF, "no-referral", "C-1", who="anna"))
    assert len({gap.gap_id for gap in two}) == len(two) == len((CUSTODY, decision))


NOT_OWN: dict[str, tuple[Wire, ...]] = {
    "of work never seen": (OWN,),
    "of another's work": (done_by("zoe", detained(AT)), OWN),
    "of another custody": (CUSTODY, reviewed(SELF, ref="C-2", who="anna")),
    "of another kind": (CUSTODY, reviewed(SELF, "interview", "C-1", who="anna")),
    "of an incident in which one only detained": (
        done_by("anna", detained(AT, incident_ref="I-1")),
        done_by("zoe", exposed(AT, grade="red")),
        reviewed(SELF, "incident", "I-1", who="anna"),
    ),
    "of a custody of which one decided not to refer": (
        done_by("zoe", detained(AT)),
        done_by("anna", not_referred(AT, triggers=["C-1"])),
        OWN,
    ),
    "of a decision not to refer what one detained": (
        CUSTODY,
        done_by("zoe", not_referred(AT, triggers=["C-1"])),
        reviewed(SELF, "no-referral", "C-1", who="anna"),
    ),
    "retracted": (CUSTODY, OWN, retracted(OWN)),
    "of work retracted": (CUSTODY, retracted(CUSTODY), OWN),
    "at 18": (CUSTODY, reviewed(SELF, who="anna", age=18)),
}


@pytest.mark.parametrize("events", NOT_OWN.values(), ids=NOT_OWN)
def test_a_review_that_is_not_of_ones_own_work(events: tuple[Wire, ...]) -> None:
    assert gaps(*events) == []


def test_a_review_from_the_reviewers_closes_it() -> None:
    other = reviewed("2026-03-09 09:00", who="quality", source=QUALITY, outcome="returned")
    assert spans(CUSTODY, OWN, other) == [span(SELF, "2026-03-09 09:00")]


NO_CLOSER: dict[str, Wire] = {
    "a review by another of something else": reviewed("2026-03-09 09:00", ref="C-2"),
    "a review by another who did it too": reviewed("2026-03-09 09:00", who="ben"),
    "a referral": made("2026-03-09 09:00", triggers=["C-1"]),
}


@pytest.mark.parametrize("other", NO_CLOSER.values(), ids=NO_CLOSER)
def test_nothing_else_closes_it(other: Wire) -> None:
    work = CUSTODY, done_by("ben", detained("2026-03-03 10:00"))
    assert spans(*work, OWN, other) == [span(SELF)]


# contract.md says "`referral.withdrawn` closes that referral's own gaps: timeliness, completeness,
# review, ..."
def test_a_withdrawal_closes_that_of_its_referral() -> None:
    own = reviewed(SELF, "referral", "R-1", who="anna")
    work = done_by("anna", made(AT))
    assert spans(work, own, withdrawn("2026-03-06 09:00")) == [span(SELF, "2026-03-06 09:00")]
    assert gaps(work, withdrawn("2026-03-04 09:00"), own) == []
