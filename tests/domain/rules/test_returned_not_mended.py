"""Boundaries of `oversight.returned_not_mended`.

contract.md 3: "[24 h] after a review `returned`", closed by "`referral.amended`, `referral.made`,
or a later review `approved`".
"""

from datetime import date
from functools import partial

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import (
    SCHOOL,
    Wire,
    amended,
    decided,
    detained,
    made,
    not_referred,
    retracted,
    ruled,
    span,
    withdrawn,
)
from tests.domain.rules.lessons import done_by, returned, reviewed

RULE = "oversight.returned_not_mended"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)

WORK = (
    done_by("anna", detained("2026-03-02 09:00")),
    done_by("anna", made("2026-03-02 10:00")),
)
AT = "2026-03-03 09:00"
OPENS = "2026-03-04 09:00"
CUSTODY = (*WORK, returned(AT))
REFERRAL = (*WORK, returned(AT, "referral", "R-1"))

KINDS = {
    "a custody": ("custody", "C-1"),
    "an interview": ("interview", "V-1"),
    "an incident": ("incident", "I-1"),
    "a decision not to refer": ("no-referral", "C-1"),
    "a referral": ("referral", "R-1"),
}
kinds = pytest.mark.parametrize(("kind", "ref"), KINDS.values(), ids=KINDS)


# contract.md: "A further `returned` starts a clock only when the earlier one has closed", and a gap
# is closed from the very moment at which it was mended: returned again then, it is owed anew.
def test_returned_again_in_the_moment_of_approval_and_after_it_starts_a_clock_of_its_own() -> None:
    approved = reviewed("2026-03-05 09:00", "custody", "C-1", outcome="approved") | {"id": "a"}
    again = returned("2026-03-05 09:00") | {"id": "b"}
    first, second = gaps(*CUSTODY, approved, again)
    assert (first.opens_at, first.closes_at) == span(OPENS, "2026-03-05 09:00")
    assert (second.opens_at, second.closes_at) == span("2026-03-06 09:00")


# contract.md says "A review `returned` of work never seen is owed its mending all the same."
@kinds
@pytest.mark.parametrize("seen", [WORK, ()], ids=["work", "work never seen"])
def test_it_opens_24_hours_after(kind: str, ref: str, seen: tuple[Wire, ...]) -> None:
    back = returned(AT, kind, ref)
    (gap,) = gaps(*seen, back)
    assert (gap.opens_at, gap.closes_at) == span(OPENS)
    assert (gap.kind, gap.lesson, gap.agency) == ("gap", "3", "norfolk-police")
    assert gap.visible_to == ()
    assert gap.anchor == (back["source"], back["id"])


@pytest.mark.parametrize("outcome", ["refer", "no-referral", "approved", "escalated"])
def test_another_outcome_owes_no_mending(outcome: str) -> None:
    assert gaps(*WORK, reviewed(AT, outcome=outcome)) == []


def test_returned_at_18_owes_nothing() -> None:
    assert gaps(*WORK, returned(AT, age=18)) == []


IN_TIME = {
    "the moment after it was returned": "2026-03-03 09:00:00.000001",
    "the moment before the limit": "2026-03-04 08:59:59.999999",
    "at the limit": "2026-03-04 09:00",
    "on the day of the limit, known only by its date": "2026-03-04",
}
LATE = {
    "the moment after the limit": "2026-03-04 09:00:00.000001",
    "a week after": "2026-03-11 09:00",
}


def mendings(at: str, kind: str, ref: str) -> dict[str, Wire]:
    own = {"an amendment of it": amended(at)} if kind == "referral" else {}
    return own | {
        "a new referral": made(at, referral_ref="R-2"),
        "a referral by another agency": made(at, referral_ref="R-2", source=SCHOOL),
        "approved": reviewed(at, kind, ref),
        "approved by who returned it": reviewed(at, kind, ref, who="sergeant"),
    }


WAYS = [(kind, ref, way) for kind, ref in KINDS.values() for way in mendings(AT, kind, ref)]
ways = pytest.mark.parametrize(("kind", "ref", "way"), WAYS)


@ways
@pytest.mark.parametrize("at", IN_TIME.values(), ids=IN_TIME)
def test_it_is_mended_in_time(at: str, kind: str, ref: str, way: str) -> None:
    assert gaps(*WORK, returned(AT, kind, ref), mendings(at, kind, ref)[way]) == []


@ways
@pytest.mark.parametrize("at", LATE.values(), ids=LATE)
def test_it_is_mended_late(at: str, kind: str, ref: str, way: str) -> None:
    mended = mendings(at, kind, ref)[way]
    assert spans(*WORK, returned(AT, kind, ref), mended) == [span(OPENS, at)]


@ways
def test_what_was_before_it_was_returned_mends_nothing(kind: str, ref: str, way: str) -> None:
    early = mendings("2026-03-03 08:59:59.999999", kind, ref)[way]
    assert spans(*WORK, returned(AT, kind, ref), early) == [span(OPENS)]


NOON = "2026-03-03 12:00"
SECOND = made("2026-03-02 11:00", referral_ref="R-2")
# contract.md says "for a referral: an amendment of that ref, a new `referral.made`, or a later
# `approved` of it"
REFERRAL_NOT_MENDED: dict[str, tuple[Wire, ...]] = {
    "an amendment of another": (SECOND, amended(NOON, referral_ref="R-2")),
    "approval of another": (SECOND, reviewed(NOON, "referral", "R-2")),
    "approval of another kind": (reviewed(NOON, "custody", "R-1"),),
    "a decision": (decided(NOON),),
    # "A referral withdrawn before any decision on it closes nothing"
    "a new referral withdrawn": (
        made(NOON, referral_ref="R-2"),
        withdrawn("2026-03-03 13:00", referral_ref="R-2"),
    ),
    "another outcome": (reviewed(NOON, "referral", "R-1", "escalated"),),
}


@pytest.mark.parametrize("other", REFERRAL_NOT_MENDED.values(), ids=REFERRAL_NOT_MENDED)
def test_nothing_else_mends_a_referral(other: tuple[Wire, ...]) -> None:
    assert spans(*REFERRAL, *other) == [span(OPENS)]


# contract.md says "for other kinds: any referral, or a later `approved` of it"
CUSTODY_NOT_MENDED: dict[str, tuple[Wire, ...]] = {
    "an amendment": (amended(NOON),),
    "approval of another custody": (reviewed(NOON, ref="C-2"),),
    "approval of its decision not to refer": (
        not_referred(NOON, triggers=["C-1"]),
        reviewed(NOON, "no-referral", "C-1"),
    ),
    "a withdrawal": (withdrawn(NOON),),
    "a referral withdrawn": (
        made(NOON, referral_ref="R-2"),
        withdrawn("2026-03-03 13:00", referral_ref="R-2"),
    ),
    "another outcome": (reviewed(NOON, outcome="refer"),),
}


@pytest.mark.parametrize("other", CUSTODY_NOT_MENDED.values(), ids=CUSTODY_NOT_MENDED)
def test_nothing_else_mends_a_custody(other: tuple[Wire, ...]) -> None:
    assert spans(*CUSTODY, *other) == [span(OPENS)]


# contract.md says "`referral.withdrawn` closes that referral's own gaps: timeliness, completeness,
# review, returned"
def test_a_withdrawal_closes_that_of_its_referral() -> None:
    assert gaps(*REFERRAL, withdrawn("2026-03-04 09:00")) == []
    late = "2026-03-04 09:00:00.000001"
    assert spans(*REFERRAL, withdrawn(late)) == [span(OPENS, late)]
    # "Nothing said of a referral after its withdrawal opens a gap."
    assert gaps(*WORK, withdrawn("2026-03-02 12:00"), REFERRAL[-1]) == []


def test_a_retracted_mending_mends_nothing_and_a_retracted_return_owes_nothing() -> None:
    mended = amended(NOON)
    assert spans(*REFERRAL, mended, retracted(mended)) == [span(OPENS)]
    assert gaps(*REFERRAL, retracted(REFERRAL[-1])) == []


# contract.md says "A further `returned` starts a clock only when the earlier one has closed."
def test_a_further_return_while_it_is_owed_starts_no_clock() -> None:
    assert spans(*REFERRAL, returned("2026-03-03 20:00", "referral", "R-1")) == [span(OPENS)]
    assert spans(*REFERRAL, returned("2026-03-09 09:00", "referral", "R-1")) == [span(OPENS)]


def test_one_mending_serves_two_returns() -> None:
    again = returned("2026-03-03 20:00", "referral", "R-1")
    assert gaps(*REFERRAL, again, amended("2026-03-04 08:00")) == []


def test_a_return_after_it_was_mended_in_time_starts_its_own() -> None:
    again = returned("2026-03-03 20:00", "referral", "R-1")
    assert spans(*REFERRAL, amended(NOON), again) == [span("2026-03-04 20:00")]


def test_a_return_after_it_was_mended_late_starts_its_own() -> None:
    again = amended("2026-03-06 09:00"), returned("2026-03-09 09:00", "referral", "R-1")
    two = gaps(*REFERRAL, *again)
    assert [(gap.opens_at, gap.closes_at) for gap in two] == [
        span(OPENS, "2026-03-06 09:00"),
        span("2026-03-10 09:00"),
    ]
    assert len({gap.gap_id for gap in two}) == len(two)


def test_each_kind_and_ref_is_owed_its_own() -> None:
    two = gaps(*CUSTODY, returned(AT, "referral", "R-1"), returned(AT, ref="C-2"))
    assert [(gap.opens_at, gap.closes_at) for gap in two] == [span(OPENS)] * 3
    assert len({gap.gap_id for gap in two}) == len(two)


@pytest.mark.parametrize(
    ("at", "opens"),
    [("2026-03-28 12:00", "2026-03-29 13:00"), ("2026-10-24 12:00", "2026-10-25 11:00")],
    ids=["march", "october"],
)
def test_24_hours_are_elapsed_time(at: str, opens: str) -> None:
    assert spans(returned(at)) == [span(opens)]


@pytest.mark.parametrize(("since", "hours"), [(date(2026, 3, 3), 8), (date(2026, 3, 4), 24)])
def test_the_limit_is_that_of_the_day(since: date, hours: int) -> None:
    tour = ruled({f"{RULE}.limit": [{"value": 8, "since": since}]})
    opens = {8: "2026-03-03 17:00", 24: OPENS}[hours]
    assert spans(*CUSTODY, by=tour) == [span(opens)]
