"""Is every child counted once, in the right stages and groups, and only what was asked?"""

from dataclasses import replace
from typing import Any

import pytest

from services.domain import events as e
from services.domain.equity_children import STAGE_TYPES, Asked, children_of, stages_of
from services.domain.equity_pack import Child
from services.domain.events import Event
from services.domain.moments import moment
from tests.domain.lives import SCHOOL, event, policy, retraction

SINCE, BEFORE = "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"
AT = "2026-03-10T10:00:00Z"
POLICE_ONLY = Asked(moment(SINCE), moment(BEFORE), frozenset({"norfolk-police"}))
DETENTION = event(e.DETAINED, AT, id_="d", custody_ref="C-1")
SUSPECT_ONLY, LANGUAGE = "equity.suspect_only", "equity.adult_language"


def counted(*told: Event, findings: tuple[tuple[str, str, bool], ...] = ()) -> list[Child]:
    """Children of the police in March, where all that is told is of child-1."""
    return children_of([("child-1", each) for each in told], findings, POLICE_ONLY, policy())


def of(fact: str, value: str | None, at: str, type_: str = e.DETAINED) -> Event:
    """An event that states one thing of the child."""
    told = event(type_, at, custody_ref="C-1")
    return replace(told, facts={**told.facts, "child": {"age": 15, fact: value}})


@pytest.mark.parametrize(
    ("type_", "facts", "stages"),
    [
        (e.CONCERN, {"indicators": ["county-lines"]}, ["with-an-indicator"]),
        (e.CONCERN, {"indicators": []}, []),
        (e.CONCERN, {"harms": ["knife"]}, []),
        (e.EXPOSED, {"harms": ["knife"]}, ["exposed-to-violence"]),
        (e.EXPOSED, {"harms": ["serious-youth-violence"]}, ["exposed-to-violence"]),
        (e.EXPOSED, {"harms": ["neglect"]}, []),
        (
            e.EXPOSED,
            {"indicators": ["county-lines"], "harms": ["knife"]},
            ["with-an-indicator", "exposed-to-violence"],
        ),
        (e.DETAINED, {}, ["detained-or-interviewed"]),
        (e.INTERVIEWED, {}, ["detained-or-interviewed"]),
        (
            e.DETAINED,
            {"indicators": ["county-lines"]},
            ["with-an-indicator", "detained-or-interviewed"],
        ),
        (e.MADE, {}, ["referred"]),
        (e.AMENDED, {}, ["referred"]),
        (e.MADE, {"indicators": ["county-lines"]}, ["referred"]),
        (e.DECIDED, {"indicators": ["county-lines"]}, []),
    ],
)
def test_an_event_puts_its_child_into_its_stages(
    type_: str, facts: dict[str, Any], stages: list[str]
) -> None:
    told = event(type_, AT, **facts)
    assert list(stages_of(told)) == stages
    assert not stages or type_ in STAGE_TYPES


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        ("2026-02-28T23:59:59Z", False),
        (SINCE, True),
        ("2026-03-31T23:59:59Z", True),
        (BEFORE, False),
    ],
)
def test_the_period_holds_its_first_moment_and_not_its_last(at: str, *, counts: bool) -> None:
    assert bool(counted(event(e.DETAINED, at, custody_ref="C-1"))) is counts


def test_what_is_not_asked_counts_no_child() -> None:
    assert counted(event(e.DETAINED, AT, SCHOOL)) == []
    assert counted(event(e.DETAINED, AT, age=18)) == []
    assert counted(event(e.EXPOSED, AT, harms=["neglect"])) == []
    assert len(counted(event(e.DETAINED, AT, age=17))) == 1


def test_what_was_retracted_counts_no_child_and_is_no_statement() -> None:
    assert counted(DETENTION, retraction(DETENTION)) == []
    girl = of("sex", "F", "2026-03-11T10:00:00Z")
    (child,) = counted(of("sex", "M", AT), girl, retraction(girl))
    assert child.groups["sex"] == "Male"


def test_a_retraction_that_is_retracted_counts_for_nothing() -> None:
    undo = retraction(DETENTION, id_="undo")
    assert len(counted(DETENTION, undo, retraction(undo))) == 1


@pytest.mark.parametrize(
    ("fact", "first", "last", "group"),
    [("sex", "M", "F", "Female"), ("ethnicity", "WBRI", "AIND", "Asian")],
)
def test_groups_are_those_last_stated_even_after_the_period(
    fact: str, first: str, last: str, group: str
) -> None:
    later = of(fact, last, "2026-05-01T10:00:00Z")
    unsaid = of(fact, None, "2026-06-01T10:00:00Z")
    (child,) = counted(unsaid, later, of(fact, first, AT))
    assert child.groups[fact] == group


def test_the_age_is_that_at_the_first_event_that_counts() -> None:
    told = [
        event(e.DETAINED, "2026-03-20T10:00:00Z", age=16),
        event(e.DETAINED, AT, age=13),
        event(e.DETAINED, "2026-02-01T10:00:00Z", age=9),
    ]
    (child,) = counted(*told)
    assert child.groups["age"] == "10-13"


def test_a_child_has_the_stages_of_all_its_events_once() -> None:
    referred = event(e.MADE, "2026-03-12T10:00:00Z", referral_ref="R-1")
    (child,) = counted(DETENTION, referred, replace(DETENTION, id="again"))
    assert child.stages == {"detained-or-interviewed", "referred"}


@pytest.mark.parametrize("order", [1, -1])
def test_found_once_as_observed_is_found(order: int) -> None:
    of_rule = [("child-1", SUSPECT_ONLY, False), ("child-1", SUSPECT_ONLY, True)][::order]
    (child,) = counted(DETENTION, findings=(*of_rule, ("child-1", LANGUAGE, False)))
    assert (child.found, child.unreported) == ({SUSPECT_ONLY}, {LANGUAGE})


def test_findings_are_of_their_own_child_and_children_come_in_order() -> None:
    told = [("child-2", replace(DETENTION, id="d2")), ("child-1", DETENTION)]
    findings = [("child-2", SUSPECT_ONLY, True), ("child-3", LANGUAGE, True)]
    found = [each.found for each in children_of(told, findings, POLICE_ONLY, policy())]
    assert found == [set(), {SUSPECT_ONLY}]
