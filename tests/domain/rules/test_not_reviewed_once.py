"""What is one piece of work to `oversight.not_reviewed`, and what is two."""

from functools import partial

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import (
    SCHOOL,
    Wire,
    concerned,
    detained,
    exposed,
    interviewed,
    made,
    not_referred,
    span,
    withdrawn,
)
from tests.domain.rules.lessons import done_by, reviewed

RULE = "oversight.not_reviewed"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)

AT, LATER = "2026-03-03 09:00", "2026-03-10 09:00"
OPENS, LATER_OPENS = "2026-03-04 09:00", "2026-03-11 09:00"
TWO_GREENS = (
    exposed("2026-03-02 09:00", incident_ref="I-1", grade="green"),
    exposed("2026-03-02 09:00", incident_ref="I-2", grade="green"),
)


# "A no-referral decision is owed its review under each ref that it names."
def test_a_decision_not_to_refer_is_owed_one_under_each_ref() -> None:
    decision = not_referred(AT, triggers=["I-1", "I-2"])
    two = gaps(*TWO_GREENS, decision)
    assert [(gap.opens_at, gap.closes_at) for gap in two] == [span(OPENS)] * 2
    # "two refs named by one event give two"
    assert len({gap.gap_id for gap in two}) == len(two)
    one = reviewed("2026-03-03 12:00", "no-referral", "I-1")
    assert spans(*TWO_GREENS, decision, one) == [span(OPENS)]
    late = reviewed("2026-03-06 09:00", "no-referral", "I-2")
    assert spans(*TWO_GREENS, decision, one, late) == [span(OPENS, "2026-03-06 09:00")]


def test_a_ref_named_twice_is_owed_one() -> None:
    assert spans(*TWO_GREENS, not_referred(AT, triggers=["I-1", "I-1"])) == [span(OPENS)]


def test_a_school_that_decides_not_to_refer_is_owed_one_as_well() -> None:
    behind = concerned("2026-03-02 09:00", grade="green")
    (gap,) = gaps(behind, not_referred(AT, source=SCHOOL, triggers=["N-1"]))
    assert (gap.opens_at, gap.agency) == (span(OPENS)[0], "norfolk-school")


# "a second decision on the same ref starts no new clock"
def test_a_second_decision_on_the_same_ref_starts_no_new_clock() -> None:
    twice = not_referred(AT, triggers=["I-1"]), not_referred(LATER, triggers=["I-1"])
    assert spans(*TWO_GREENS, *twice) == [span(OPENS)]
    review = reviewed("2026-03-03 12:00", "no-referral", "I-1")
    assert gaps(*TWO_GREENS, *twice, review) == []


def test_a_second_decision_on_another_ref_as_well_starts_that_one() -> None:
    twice = not_referred(AT, triggers=["I-1"]), not_referred(LATER, triggers=["I-1", "I-2"])
    assert spans(*TWO_GREENS, *twice) == [span(OPENS), span(LATER_OPENS)]


# contract.md says "The same thing owed is judged once: obligations are keyed by the ref"
ONCE: dict[str, tuple[Wire, ...]] = {
    "two events of one custody": (detained(AT), detained(LATER)),
    "two events of one interview": (interviewed(AT), interviewed(LATER)),
}


@pytest.mark.parametrize("events", ONCE.values(), ids=ONCE)
def test_the_same_work_is_owed_one(events: tuple[Wire, ...]) -> None:
    assert spans(*events) == [span(OPENS)]


TWO: dict[str, tuple[Wire, ...]] = {
    "two custodies": (detained(AT), detained(LATER, custody_ref="C-2")),
    "two custodies of one incident": (
        detained(AT, incident_ref="I-1"),
        detained(LATER, custody_ref="C-2", incident_ref="I-1"),
    ),
    "a custody and an interview in it": (detained(AT), interviewed(LATER, custody_ref="C-1")),
    "a custody and the decision not to refer it": (
        detained(AT),
        not_referred(LATER, triggers=["C-1"]),
    ),
    "two referrals": (made(AT), made(LATER, referral_ref="R-2")),
}


@pytest.mark.parametrize("events", TWO.values(), ids=TWO)
def test_other_work_is_owed_its_own(events: tuple[Wire, ...]) -> None:
    two = gaps(*events)
    assert [(gap.opens_at, gap.closes_at) for gap in two] == [span(OPENS), span(LATER_OPENS)]
    assert len({gap.gap_id for gap in two}) == len(two)


def test_a_review_of_the_custody_leaves_its_decision_not_to_refer() -> None:
    decision = not_referred(AT, triggers=["C-1"])
    work = done_by("anna", detained(AT)), done_by("anna", decision)
    assert len(gaps(*work)) == len(work)
    (left,) = gaps(*work, reviewed("2026-03-03 12:00", "custody", "C-1"))
    assert left.anchor[1] == work[1]["id"]
    (left,) = gaps(*work, reviewed("2026-03-03 12:00", "no-referral", "C-1"))
    assert left.anchor[1] == work[0]["id"]


# "`referral.withdrawn` closes that referral's own gaps: timeliness, completeness, review, ...; no
# gap of the events behind it"
def test_a_withdrawal_closes_the_review_of_its_referral() -> None:
    referral = made(AT, triggers=["C-1"])
    assert gaps(referral, withdrawn("2026-03-04 09:00")) == []
    late = withdrawn("2026-03-04 09:00:00.000001")
    assert spans(referral, late) == [span(OPENS, "2026-03-04 09:00:00.000001")]
    assert len(gaps(detained(AT), referral, withdrawn("2026-03-03 12:00"))) == 1
