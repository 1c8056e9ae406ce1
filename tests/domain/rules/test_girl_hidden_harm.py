"""Boundaries of `equity.girl_hidden_harm`.

contract.md 3: a query at "a girl with [2] indicators over distinct incidents and no referral naming
criminal or sexual exploitation or county lines", closed by "such a referral".
"""

from functools import partial

import pytest

from services.domain.gaps import Gap
from tests.domain.rules.build import (
    SCHOOL,
    Span,
    Wire,
    amended,
    concerned,
    decided,
    detained,
    discussed,
    exposed,
    found,
    interviewed,
    made,
    missing,
    retracted,
    searched,
    span,
    told,
    when,
    withdrawn,
)
from tests.domain.rules.equity_build import DONE, gaps, of_sex, spans

RULE = "girl_hidden_harm"
AT = "2026-03-10 09:00"
ONE = missing("2026-03-01 09:00", indicators=["missing-episodes"])
TWO = missing(AT, incident_ref="I-2", indicators=["missing-episodes"])


def girl(*events: Wire) -> list[Span]:
    """What is asked about a child of whom every event says that she is a girl."""
    return spans(RULE, *(of_sex(each, "F") for each in events))


def girls(*events: Wire) -> list[Gap]:
    return gaps(RULE, *(of_sex(each, "F") for each in events))


# "at the 2nd distinct incident with at least one indicator, even the same one"
SECONDS: dict[str, Wire] = {
    "the same indicator": TWO,
    "another indicator": missing(AT, incident_ref="I-2", indicators=["older-partner"]),
    "a detention": detained(AT, indicators=["drugs"]),
    "an interview": interviewed(AT, indicators=["debt"]),
    "an exposure": exposed(AT, incident_ref="I-2", indicators=["injuries"]),
    "found": found(AT, incident_ref="I-2", indicators=["found-out-of-area"]),
    "a search": searched(AT, incident_ref="I-2", indicators=["weapon"]),
    "a concern of another agency": concerned(AT, indicators=["new-phones"]),
}


@pytest.mark.parametrize("second", SECONDS.values(), ids=SECONDS)
def test_it_is_asked_at_the_second_distinct_incident_with_an_indicator(second: Wire) -> None:
    assert girl(ONE, second) == [span(AT)]


NOT_TWO: dict[str, tuple[Wire, ...]] = {
    "one incident": (ONE,),
    "two indicators of one incident": (missing(AT, indicators=["debt", "drugs"]),),
    "two events of one incident": (ONE, found(AT, indicators=["injuries"])),
    "two events joined through a third": (
        ONE,
        interviewed("2026-03-02 09:00", incident_ref="I-1", custody_ref="C-1"),
        detained(AT, indicators=["drugs"]),
    ),
    "a second incident without one": (ONE, missing(AT, incident_ref="I-2")),
    "a second incident with an empty list": (ONE, missing(AT, incident_ref="I-2", indicators=[])),
}


@pytest.mark.parametrize("events", NOT_TWO.values(), ids=NOT_TWO)
def test_else_nothing_is_asked(events: tuple[Wire, ...]) -> None:
    assert girl(*events) == []


# "`distinct` and `at or after` include the same instant."
def test_two_incidents_at_one_instant_are_two() -> None:
    assert girl(missing(AT, indicators=["debt"]), TWO) == [span(AT)]


# "it opens at that incident's first event"
def test_it_opens_at_the_incidents_first_event_though_a_later_one_has_the_indicator() -> None:
    first = missing(AT, incident_ref="I-2", id="first")
    later = found("2026-03-12 09:00", incident_ref="I-2", indicators=["injuries"])
    (gap,) = girls(ONE, first, later)
    assert (gap.opens_at, gap.anchor[1]) == (when(AT), "first")


def test_an_incident_is_placed_by_its_first_event() -> None:
    early = missing("2026-02-01 09:00", incident_ref="I-2")
    later = found("2026-03-20 09:00", incident_ref="I-2", indicators=["injuries"])
    assert girl(early, ONE, later) == [span("2026-03-01 09:00")]


# "once per child"
def test_it_is_asked_once_per_child() -> None:
    more = [
        missing(f"2026-04-{day:02} 09:00", incident_ref=f"I-{day}", indicators=["debt"])
        for day in range(10, 16)
    ]
    assert girl(ONE, TWO, *more) == [span(AT)]
    named = made("2026-04-12 12:00", harms=["county-lines"])
    assert girl(ONE, TWO, named, *more) == [span(AT, "2026-04-12 12:00")]


NAMES = ["criminal-exploitation", "sexual-exploitation", "county-lines"]
names = pytest.mark.parametrize("harm", NAMES)


# "`harms` of any referral or amendment, earlier or later, count"
@names
@pytest.mark.parametrize("at", ["2026-02-01 09:00", "2026-03-05 09:00", "2026-03-10 09:00"])
def test_a_referral_naming_it_by_then_leaves_nothing_to_ask(harm: str, at: str) -> None:
    assert girl(ONE, TWO, made(at, harms=["physical", harm])) == []


@names
@pytest.mark.parametrize("at", ["2026-03-10 09:00:00.000001", "2026-04-10 09:00"])
def test_a_later_referral_naming_it_closes(harm: str, at: str) -> None:
    assert girl(ONE, TWO, made(at, harms=[harm], source=SCHOOL)) == [span(AT, at)]


@names
def test_an_amendment_naming_it_counts_like_a_referral(harm: str) -> None:
    plain = made("2026-03-02 09:00", harms=["missing"])
    assert girl(ONE, TWO, plain, amended("2026-03-04 09:00", harms=[harm])) == []
    late = amended("2026-03-12 09:00", harms=[harm])
    assert girl(ONE, TWO, plain, late) == [span(AT, "2026-03-12 09:00")]


def test_what_a_referral_named_counts_though_an_amendment_replaced_it() -> None:
    named = made("2026-03-02 09:00", harms=["county-lines"])
    assert girl(ONE, TWO, named, amended("2026-03-04 09:00", harms=["gang"])) == []


ELSE: dict[str, tuple[Wire, ...]] = {
    "other harms": (made("2026-03-11 09:00", harms=["trafficking", "gang", "sexual", "missing"]),),
    "a referral that screened": (made("2026-03-11 09:00", harms=["other"], screening=DONE),),
    "an exposure graded for it": (
        exposed("2026-03-11 09:00", incident_ref="I-2", harms=["county-lines"]),
    ),
    "a decision": (decided("2026-03-11 09:00"),),
    "a strategy discussion": (discussed("2026-03-11 09:00"),),
    "an amendment of a referral not known": (amended("2026-03-11 09:00", harms=NAMES),),
    "an amendment by another agency": (
        made("2026-03-02 09:00", harms=["gang"]),
        amended("2026-03-11 09:00", harms=NAMES, source=SCHOOL),
    ),
    "a referral withdrawn before any decision": (
        made("2026-03-02 09:00", harms=NAMES),
        withdrawn("2026-03-03 09:00"),
    ),
    "an amendment of a referral withdrawn before any decision": (
        made("2026-03-02 09:00", harms=["gang"]),
        amended("2026-03-02 12:00", harms=NAMES),
        withdrawn("2026-03-03 09:00"),
    ),
}


@pytest.mark.parametrize("others", ELSE.values(), ids=ELSE)
def test_nothing_else_answers(others: tuple[Wire, ...]) -> None:
    assert girl(ONE, TWO, *others) == [span(AT)]


# "one withdrawn after a decision still counts"
def test_a_referral_withdrawn_after_a_decision_still_counts() -> None:
    named = made("2026-03-02 09:00", harms=NAMES), decided("2026-03-02 12:00")
    assert girl(ONE, TWO, *named, withdrawn("2026-03-03 09:00")) == []


@pytest.mark.parametrize("sex", ["M", "U", None])
def test_it_is_asked_of_girls(sex: str | None) -> None:
    assert gaps(RULE, of_sex(ONE, sex), of_sex(TWO, sex)) == []


# "sex is the last stated"
SEXES: dict[str, tuple[tuple[str | None, str | None, str | None], bool]] = {
    "stated once, at first": (("F", None, None), True),
    "stated once, at last, on no incident": ((None, None, "F"), True),
    "a girl at last": (("M", "M", "F"), True),
    "a boy at last": (("F", "F", "M"), False),
    "unknown at last": (("F", "F", "U"), False),
    "a girl before the silence": (("M", "F", None), True),
    "a boy before the silence": (("F", "M", None), False),
}


@pytest.mark.parametrize(("sexes", "asked"), SEXES.values(), ids=SEXES)
def test_the_sex_last_stated_counts(
    sexes: tuple[str | None, str | None, str | None],
    asked: bool,  # noqa: FBT001 - a table
) -> None:
    events = ONE, TWO, told("2026-05-01 09:00", id="last")
    stated = [of_sex(each, sex) for each, sex in zip(events, sexes, strict=True)]
    assert spans(RULE, *stated) == ([span(AT)] if asked else [])


def test_a_sex_stated_in_error_does_not_count() -> None:
    wrong = of_sex(told("2026-05-01 09:00"), "M")
    known = of_sex(ONE, "F"), of_sex(TWO, "F"), wrong
    assert gaps(RULE, *known) == []
    assert spans(RULE, *known, retracted(wrong)) == [span(AT)]


boy = partial(of_sex, sex="M")


# "Last stated" is last in (`time`, `source`, `id`).
def test_of_two_stated_at_one_time_the_last_by_source_and_id_counts() -> None:
    known = ONE, TWO
    late = told("2026-05-01 09:00", id="b")
    early = told("2026-05-01 09:00", id="a")
    assert spans(RULE, *known, of_sex(late, "F"), boy(early)) == [span(AT)]
    assert spans(RULE, *known, boy(late), of_sex(early, "F")) == []
