"""Boundaries of `equity.violence_not_safeguarding`.

contract.md 3: owed "at an exposure with `serious-youth-violence` or `knife` and
`treated_as_safeguarding` false", closed by "any referral at or after it".
"""

from functools import partial

import pytest

from tests.domain.rules.build import (
    SCHOOL,
    Wire,
    amended,
    concerned,
    decided,
    detained,
    discussed,
    exposed,
    interviewed,
    made,
    not_referred,
    received,
    span,
    withdrawn,
)
from tests.domain.rules.equity_build import DONE, gaps, spans, the_gap

RULE = "violence_not_safeguarding"
AT = "2026-03-03 09:00"
stabbed = partial(exposed, grade="red", harms=["knife"], treated_as_safeguarding=False)
HURT = stabbed(AT)


@pytest.mark.parametrize(
    "harms",
    [["knife"], ["serious-youth-violence"], ["knife", "serious-youth-violence"], ["gang", "knife"]],
    ids=str,
)
def test_it_is_owed_at_once(harms: list[str]) -> None:
    assert spans(RULE, stabbed(AT, harms=harms)) == [span(AT)]


# "whatever the grade"
@pytest.mark.parametrize("grade", ["green", "amber", "red"])
@pytest.mark.parametrize("involvement", ["victim", "suspect", "witness", "present"])
def test_whatever_the_grade_and_the_involvement(grade: str, involvement: str) -> None:
    assert spans(RULE, stabbed(AT, grade=grade, involvement=involvement)) == [span(AT)]


NOT_OWED: dict[str, Wire] = {
    "treated as safeguarding": stabbed(AT, treated_as_safeguarding=True),
    # "only an explicit false counts"
    "nothing said of it": stabbed(AT, treated_as_safeguarding=None),
    "another harm": stabbed(AT, harms=["physical", "gang", "county-lines"]),
    "no harm": stabbed(AT, harms=[]),
    "a concern is no exposure": concerned(
        AT, grade="red", harms=["knife"], treated_as_safeguarding=False
    ),
    "a detention is no exposure": detained(AT, harms=["knife"], treated_as_safeguarding=False),
}


@pytest.mark.parametrize("seen", NOT_OWED.values(), ids=NOT_OWED)
def test_else_nothing_is_owed(seen: Wire) -> None:
    assert gaps(RULE, seen) == []


# "any referral at or after it": "at or after" includes the same instant.
def test_a_referral_at_the_same_instant_leaves_no_gap() -> None:
    assert gaps(RULE, HURT, made(AT)) == []


@pytest.mark.parametrize(
    "at", ["2026-03-03 09:00:00.000001", "2026-03-03 09:01", "2026-06-03 09:00"]
)
def test_a_referral_after_it_closes(at: str) -> None:
    assert spans(RULE, HURT, made(at)) == [span(AT, at)]


def test_the_first_referral_closes_whoever_makes_it() -> None:
    two = made("2026-03-04 09:00"), made("2026-03-03 15:00", source=SCHOOL, referral_ref="R-2")
    assert spans(RULE, HURT, *two) == [span(AT, "2026-03-03 15:00")]


ELSE: dict[str, tuple[Wire, ...]] = {
    "a referral the moment before": (made("2026-03-03 08:59:59.999999"),),
    "an earlier referral that names it": (made("2026-03-01 09:00", triggers=["I-1"]),),
    # "Any referral" is a `referral.made` for the same child.
    "an amendment": (
        made("2026-03-01 09:00"),
        amended("2026-03-03 10:00", triggers=["I-1"], screening=DONE),
    ),
    "a receipt": (received("2026-03-03 10:00"),),
    "a decision": (decided("2026-03-03 10:00"),),
    "a strategy discussion": (discussed("2026-03-03 10:00"),),
    "a decision not to refer": (not_referred("2026-03-03 10:00", triggers=["I-1"]),),
    "a later exposure treated as safeguarding": (
        stabbed("2026-03-03 10:00", treated_as_safeguarding=True),
    ),
    "a referral withdrawn before any decision": (
        made("2026-03-03 10:00"),
        withdrawn("2026-03-03 11:00"),
    ),
}


@pytest.mark.parametrize("others", ELSE.values(), ids=ELSE)
def test_nothing_else_closes_it(others: tuple[Wire, ...]) -> None:
    assert spans(RULE, HURT, *others) == [span(AT)]


# "one withdrawn after a decision still counts"
def test_a_referral_withdrawn_after_a_decision_still_closes() -> None:
    told = made("2026-03-03 10:00"), decided("2026-03-03 11:00"), withdrawn("2026-03-03 12:00")
    assert spans(RULE, HURT, *told) == [span(AT, "2026-03-03 10:00")]


def test_a_second_referral_made_with_the_same_ref_counts_at_its_own_time() -> None:
    again = made("2026-03-04 09:00")
    assert spans(RULE, made("2026-03-01 09:00"), HURT, again) == [span(AT, "2026-03-04 09:00")]


# "once per incident"
ONCE: dict[str, tuple[Wire, ...]] = {
    "another exposure of it": (stabbed("2026-03-04 09:00", involvement="witness"),),
    "another exposure, by a custody": (
        detained("2026-03-03 11:00", incident_ref="I-1"),
        stabbed("2026-03-04 09:00", incident_ref="I-2", custody_ref="C-1"),
    ),
    "another exposure, through an interview": (
        interviewed("2026-03-03 11:00", incident_ref="I-1", custody_ref="C-1"),
        stabbed("2026-03-04 09:00", incident_ref="I-2", custody_ref="C-1"),
    ),
}


@pytest.mark.parametrize("more", ONCE.values(), ids=ONCE)
def test_it_is_owed_once_per_incident(more: tuple[Wire, ...]) -> None:
    assert spans(RULE, HURT, *more) == [span(AT)]


def test_after_a_referral_the_same_incident_is_not_owed_it_again() -> None:
    again = stabbed("2026-03-05 09:00")
    assert spans(RULE, HURT, made("2026-03-04 09:00"), again) == [span(AT, "2026-03-04 09:00")]


def test_the_first_exposure_not_treated_as_safeguarding_is_its_anchor() -> None:
    treated = stabbed(AT, treated_as_safeguarding=True)
    gap = the_gap(RULE, treated, stabbed("2026-03-04 09:00", id="not"))
    assert (gap.opens_at, gap.anchor[1]) == (span("2026-03-04 09:00")[0], "not")


def test_each_incident_is_owed_its_own() -> None:
    other = stabbed("2026-03-05 09:00", incident_ref="I-2")
    assert spans(RULE, HURT, other) == [span(AT), span("2026-03-05 09:00")]
    between = made("2026-03-04 09:00")
    closed = [span(AT, "2026-03-04 09:00"), span("2026-03-05 09:00")]
    assert spans(RULE, HURT, between, other) == closed
