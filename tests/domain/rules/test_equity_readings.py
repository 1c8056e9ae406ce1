"""What holds of every rule of equity: age, retraction, who owes, what is fed, dated numbers."""

from collections.abc import Callable
from datetime import date
from itertools import permutations

import pytest

from services.domain.judging import judge
from tests.domain.rules.build import (
    SCHOOL,
    Wire,
    concerned,
    detained,
    exposed,
    interviewed,
    life,
    made,
    missing,
    published,
    retracted,
    ruled,
    span,
)
from tests.domain.rules.equity_build import DONE, gaps, of_sex, spans, the_gap, written

AT = "2026-03-10 09:00"
Opening = Callable[[int | None], tuple[Wire, ...]]


def lost(at: str, ref: str, age: int | None = 15) -> Wire:
    return of_sex(missing(at, incident_ref=ref, indicators=["debt"], age=age), "F")


def held(at: str, ref: str, age: int | None = 15) -> Wire:
    return detained(at, custody_ref=ref, indicators=["drugs"], age=age)


def hurt(age: int | None = 15) -> Wire:
    return exposed(AT, harms=["knife"], grade="red", treated_as_safeguarding=False, age=age)


OPENINGS: dict[str, tuple[str, str, str, Opening]] = {
    "a screening": (
        "exploitation_not_screened",
        "gap",
        "2026-03-11 09:00",
        lambda age: (exposed(AT, indicators=["debt"], age=age),),
    ),
    "violence": ("violence_not_safeguarding", "gap", AT, lambda age: (hurt(age),)),
    "an adult for a custody": (
        "no_appropriate_adult",
        "gap",
        "2026-03-10 12:00",
        lambda age: (detained(AT, age=age),),
    ),
    "an adult for an interview": (
        "no_appropriate_adult",
        "gap",
        AT,
        lambda age: (interviewed(AT, appropriate_adult_present=False, age=age),),
    ),
    "a girl": (
        "girl_hidden_harm",
        "query",
        AT,
        lambda age: (lost("2026-03-01 09:00", "I-1"), lost(AT, "I-2", age)),
    ),
    "a suspect": (
        "suspect_only",
        "query",
        AT,
        lambda age: (held("2026-03-01 09:00", "C-1"), held(AT, "C-2", age)),
    ),
    "a referral's words": (
        "adult_language",
        "query",
        AT,
        lambda age: (written(AT, why=["no-angel"], age=age),),
    ),
}
openings = pytest.mark.parametrize(
    ("rule", "kind", "opens", "opening"), OPENINGS.values(), ids=OPENINGS
)


# contract.md 3: `kind`, `lesson`, "who owes it: the agency of the anchor event"
@openings
def test_at_17_it_is_asked_of_the_anchors_agency(
    rule: str, kind: str, opens: str, opening: Opening
) -> None:
    gap = the_gap(rule, *opening(17))
    assert (gap.kind, gap.lesson, gap.agency) == (kind, "themes", "norfolk-police")
    assert (gap.opens_at, gap.closes_at) == span(opens)
    assert gap.anchor == (opening(17)[-1]["source"], opening(17)[-1]["id"])
    assert gap.observed is True
    assert gap.why.params["age_unknown"] is False


# "an event at 18 or over opens nothing"
@openings
@pytest.mark.parametrize("age", [18, 19, 40])
def test_at_18_or_over_it_is_not(
    rule: str, kind: str, opens: str, opening: Opening, age: int
) -> None:
    assert (kind, opens, gaps(rule, *opening(age))) == (kind, opens, [])


# "where the date of birth is unknown, treated as a child and said so"
@openings
def test_at_an_unknown_age_it_is_and_said_so(
    rule: str, kind: str, opens: str, opening: Opening
) -> None:
    gap = the_gap(rule, *opening(None))
    assert (gap.kind, gap.opens_at) == (kind, span(opens)[0])
    assert gap.why.params["age_unknown"] is True


# "Turning 18 later closes nothing"
@openings
def test_turning_18_later_closes_nothing(
    rule: str, kind: str, opens: str, opening: Opening
) -> None:
    later = exposed("2026-06-01 09:00", incident_ref="I-9", age=18)
    assert (kind, spans(rule, *opening(17), later)) == (kind, [span(opens)])


# "an event at 18 or over ... joins nothing"
@pytest.mark.parametrize(
    ("rule", "one"), [("girl_hidden_harm", lost), ("suspect_only", held)], ids=["girl", "suspect"]
)
def test_an_event_at_18_is_no_first_incident_and_joins_no_two(
    rule: str, one: Callable[..., Wire]
) -> None:
    assert gaps(rule, one("2026-03-01 09:00", "X-1", 18), one(AT, "X-2")) == []
    joint = detained("2026-03-05 09:00", custody_ref="X-1", incident_ref="X-2", age=18)
    assert len(gaps(rule, one("2026-03-01 09:00", "X-1"), joint, one(AT, "X-2"))) == 1


# "`event.retracted` removes the event from judgement"; "Only the same agency may retract"; "a
# retracted retraction restores the event"
@openings
def test_a_retracted_anchor_opens_nothing(
    rule: str, kind: str, opens: str, opening: Opening
) -> None:
    known = opening(17)
    over, by_other = retracted(known[-1]), retracted(known[-1], source=SCHOOL)
    assert (kind, gaps(rule, *known, over)) == (kind, [])
    assert spans(rule, *known, by_other) == [span(opens)]
    assert spans(rule, *known, over, retracted(over)) == [span(opens)]
    assert gaps(rule, *known, retracted(known[-1], at="2026-01-01 09:00")) == []


# "a retracted referral was never made"
@openings
def test_a_retracted_referral_closes_nothing(
    rule: str, kind: str, opens: str, opening: Opening
) -> None:
    other = made("2026-03-10 09:30", referral_ref="R-9", screening=DONE, harms=["county-lines"])
    assert (kind, spans(rule, *opening(17), other, retracted(other))) == (kind, [span(opens)])


# contract.md 3.1 of `gap_id`: "late and amended events and links keep it"
@openings
def test_what_comes_late_keeps_the_gaps_name(
    rule: str, kind: str, opens: str, opening: Opening
) -> None:
    late = made("2026-05-01 09:00", referral_ref="R-9", screening=DONE, harms=["county-lines"])
    before, after = the_gap(rule, *opening(17)), the_gap(rule, *opening(17), late)
    assert (before.gap_id, before.kind, before.opens_at) == (after.gap_id, kind, span(opens)[0])


def test_the_agency_that_saw_it_owes_it() -> None:
    seen = of_sex(concerned(AT, indicators=["debt"]), "F")
    assert the_gap("exploitation_not_screened", seen).agency == "norfolk-school"
    known = lost("2026-03-01 09:00", "I-1"), seen
    assert {gap.agency for gap in gaps("girl_hidden_harm", *known)} == {"norfolk-school"}


# "`observed` is false only if no closing type other than `referral.withdrawn` is fed"
CLOSERS: dict[str, list[str]] = {
    "a screening": ["referral.made.v1", "referral.amended.v1"],
    "violence": ["referral.made.v1"],
    "an adult for a custody": ["police.child-detained.v1", "police.child-interviewed.v1"],
    "an adult for an interview": ["police.child-detained.v1"],
    "a girl": ["referral.made.v1", "referral.amended.v1"],
    "a suspect": ["referral.made.v1"],
    "a referral's words": ["referral.amended.v1", "oversight.reviewed.v1"],
}
FED = [(name, type_) for name, types in CLOSERS.items() for type_ in types]


def feeds(*types: str) -> Wire:
    line = {"agency": "norfolk-police", "types": list(types), "why": "told in a test"}
    return {"schema": 1, "silences": [], "feeds": [line]}


@pytest.mark.parametrize(("name", "type_"), FED, ids=str)
def test_it_is_observed_where_any_closing_type_is_fed(name: str, type_: str) -> None:
    rule, _, _, opening = OPENINGS[name]
    assert the_gap(rule, *opening(17), by=ruled(feeds=feeds(type_))).observed is True


@openings
def test_it_is_not_observed_where_none_is(
    rule: str, kind: str, opens: str, opening: Opening
) -> None:
    by = ruled(feeds=feeds("referral.withdrawn.v1", "police.child-searched.v1"))
    gap = the_gap(rule, *opening(17), by=by)
    assert (gap.kind, gap.opens_at, gap.observed) == (kind, span(opens)[0], False)


# "Every number is policy: dated (`since`)": the anchor's London day
BEFORE, FIRST = "2026-03-31T22:59:59Z", "2026-03-31T23:00:00Z"


def test_the_hours_are_those_of_the_anchors_london_day() -> None:
    since = {"since": date(2026, 4, 1)}
    limits = {
        "equity.exploitation_not_screened.limit": [{"value": 12, **since}],
        "equity.no_appropriate_adult.limit": [{"value": 1, **since}],
    }
    by = ruled(limits)
    for at, screened, adult in (
        (BEFORE, "2026-04-01T22:59:59Z", "2026-04-01T01:59:59Z"),
        (FIRST, "2026-04-01T11:00:00Z", "2026-04-01T00:00:00Z"),
    ):
        seen = detained(at, indicators=["drugs"])
        assert spans("exploitation_not_screened", seen, by=by) == [span(screened)]
        assert spans("no_appropriate_adult", seen, by=by) == [span(adult)]


@pytest.mark.parametrize(
    ("rule", "one"), [("girl_hidden_harm", lost), ("suspect_only", held)], ids=["girl", "suspect"]
)
def test_the_number_of_incidents_is_policy(rule: str, one: Callable[..., Wire]) -> None:
    by = ruled({f"equity.{rule}.incidents": [{"value": 3, "since": date(2026, 4, 1)}]})
    three = [one(f"2026-05-{day:02} 09:00", f"X-{day}") for day in (1, 2, 3)]
    assert spans(rule, *three[:2], by=by) == []
    assert spans(rule, *three, by=by) == [span("2026-05-03 09:00")]
    assert spans(rule, *three) == [span("2026-05-02 09:00")]


# "A rule is a pure function of a child's chronology": whatever the order that events come in.
def test_the_order_of_arrival_changes_nothing() -> None:
    events = lost("2026-03-01 09:00", "I-1"), lost(AT, "I-2"), held(AT, "C-1"), hurt(), made(AT)
    judged = [judge("equity", life(each), published()) for each in permutations(events)]
    assert judged[0]
    assert all(each == judged[0] for each in judged)
