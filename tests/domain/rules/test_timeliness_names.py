"""A gap of timeliness keeps its name for ever.

contract.md 3.1: "`gap_id` is a UUIDv5 of the rule, the kind and ref judged ..., and the
`record_ref` of the first event (`time`, `source`, `id`) of this child that carries that ref: late
and amended events and links keep it unless that first event changes; two refs named by one event
give two; two children in one incident have two."
"""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from services.domain.judging import judge
from tests.domain.rules.build import (
    Wire,
    amended,
    assessed,
    concerned,
    conferred,
    decided,
    detained,
    discussed,
    exposed,
    gaps,
    interviewed,
    life,
    made,
    not_referred,
    published,
    received,
    ruled,
    service,
    started,
    the_gap,
    told,
)

AT = "2026-03-03 09:00"
NOT_MADE = "referral_not_made"
OTHER = "record-2"

OWED: dict[str, tuple[Wire, ...]] = {
    NOT_MADE: (detained(AT),),
    "decision_overdue": (made(AT),),
    "referrer_not_told": (made(AT),),
    "assessment_overdue": (made(AT), decided(AT)),
    "conference_overdue": (discussed(AT),),
    "support_not_started": (service(AT),),
}
owed = pytest.mark.parametrize(("rule", "events"), OWED.items(), ids=OWED)

LATER: tuple[Wire, ...] = (
    interviewed("2026-03-03 20:00", custody_ref="C-1", incident_ref="I-1", record=OTHER),
    received("2026-03-04 09:00", record=OTHER),
    amended("2026-03-05 09:00", sent_to="E10000020", record=OTHER),
    made("2026-03-20 09:00", source="/norfolk-police/pages", record=OTHER),
    told("2026-03-30 09:00", record=OTHER),
    decided("2026-03-30 10:00", decision="section-47", record=OTHER),
    discussed("2026-04-01 09:00", record=OTHER),
    assessed("2026-08-01 09:00", record=OTHER),
    conferred("2026-08-01 10:00", record=OTHER),
    started("2026-08-02 09:00", record=OTHER),
)


@owed
def test_it_is_a_uuid_of_version_5(rule: str, events: tuple[Wire, ...]) -> None:
    assert UUID(the_gap(rule, *events).gap_id).version == 5


# "late and amended events and links keep it"
@owed
def test_later_events_keep_it(rule: str, events: tuple[Wire, ...]) -> None:
    name = the_gap(rule, *events).gap_id
    for late in LATER:
        assert name in {gap.gap_id for gap in gaps(rule, *events, late)}
    assert name in {gap.gap_id for gap in gaps(rule, *events, *LATER)}


@owed
def test_the_events_of_a_linked_record_keep_it(rule: str, events: tuple[Wire, ...]) -> None:
    name = the_gap(rule, *events).gap_id
    linked = (
        detained("2026-01-03 09:00", custody_ref="C-0", record="record-0"),
        made("2026-01-04 09:00", referral_ref="R-0", record="record-0"),
        decided("2026-01-05 09:00", referral_ref="R-0", record="record-0"),
        discussed("2026-01-06 09:00", referral_ref="R-0", record="record-0"),
        service("2026-01-06 09:00", service_ref="S-0", record="record-0"),
    )
    assert name in {gap.gap_id for gap in gaps(rule, *linked, *events)}


@owed
def test_the_child_that_a_record_is_linked_to_is_no_part_of_it(
    rule: str, events: tuple[Wire, ...]
) -> None:
    name = the_gap(rule, *events).gap_id
    elsewhere = judge("timeliness", life(events, "child-2"), published())
    assert name in {gap.gap_id for gap in elsewhere}


@owed
def test_the_policy_is_no_part_of_it(rule: str, events: tuple[Wire, ...]) -> None:
    other = ruled({f"timeliness.{NOT_MADE}.detention": [{"value": 12, "since": date(2026, 1, 1)}]})
    assert the_gap(rule, *events, by=other).gap_id == the_gap(rule, *events).gap_id


# "two children in one incident have two"
@owed
def test_two_children_have_two(rule: str, events: tuple[Wire, ...]) -> None:
    theirs = tuple({**event, "record_ref": OTHER} for event in events)
    assert the_gap(rule, *theirs).gap_id != the_gap(rule, *events).gap_id


def test_of_one_referral_each_rule_has_its_own() -> None:
    names = {
        gap.gap_id
        for rule in ("decision_overdue", "referrer_not_told", "assessment_overdue")
        for gap in gaps(rule, made(AT), decided("2026-05-20 09:00"))
    }
    assert len(names) == 3


# "two refs named by one event give two"
def test_two_refs_named_by_one_event_give_two() -> None:
    two = detained(AT), detained(AT, custody_ref="C-2")
    late = not_referred("2026-03-06 09:00", triggers=["C-1", "C-2"])
    found = gaps(NOT_MADE, *two, late)
    assert len({gap.gap_id for gap in found}) == len(found) == 2


# The anchor may change and the name stay: the first event that carries the ref is the same.
ANCHORS: dict[str, tuple[str, Wire, Wire]] = {
    "a detention joins an amber exposure": (
        NOT_MADE,
        exposed(AT, id="first", grade="amber"),
        detained("2026-03-03 10:00", id="second", incident_ref="I-1", record=OTHER),
    ),
    "a red concern joins an amber exposure": (
        NOT_MADE,
        exposed(AT, id="first", grade="amber"),
        concerned("2026-03-03 10:00", id="second", grade="red", incident_ref="I-1", record=OTHER),
    ),
    "what was received first becomes known to be made": (
        "decision_overdue",
        received(AT, id="first"),
        made("2026-03-03 10:00", id="second", record=OTHER),
    ),
}


@pytest.mark.parametrize(("rule", "first", "second"), ANCHORS.values(), ids=ANCHORS)
def test_it_stays_when_the_anchor_changes(rule: str, first: Wire, second: Wire) -> None:
    before, after = the_gap(rule, first), the_gap(rule, first, second)
    assert (before.anchor[1], after.anchor[1]) == ("first", "second")
    assert before.gap_id == after.gap_id


# "the `record_ref` of the first event of this child that carries that ref"
EARLIER: dict[str, tuple[str, Callable[..., Wire]]] = {
    NOT_MADE: (NOT_MADE, detained),
    "decision_overdue": ("decision_overdue", made),
    "support_not_started": ("support_not_started", service),
}


@pytest.mark.parametrize(("rule", "build"), EARLIER.values(), ids=EARLIER)
def test_it_changes_only_with_the_record_of_the_first_event(
    rule: str, build: Callable[..., Wire]
) -> None:
    name = the_gap(rule, build(AT)).gap_id
    same, other = build("2026-03-02 09:00"), build("2026-03-02 09:00", record=OTHER)
    assert the_gap(rule, same, build(AT)).gap_id == name
    assert the_gap(rule, other, build(AT)).gap_id != name
    assert the_gap(rule, build(AT), build("2026-03-04 09:00", record=OTHER)).gap_id == name
