"""What holds of every chronology, whatever is in it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.domain import events as e
from services.domain.chronology import Folded, arrange, fold
from services.domain.events import Event
from services.domain.gaps import Gap
from services.domain.judging import judge
from services.domain.measures.catalogue import CATALOGUE as MEASURES
from services.domain.rules.catalogue import CATALOGUE, FAMILIES
from tests.domain.any_life import FACTS, LIVES, one_more
from tests.domain.lives import (
    chronology,
    policy,
    registry,
    retraction,
    trained,
)

CLOSING = (e.DECIDED, e.TOLD, e.ASSESSMENT_COMPLETED, e.CONFERENCE_HELD, e.CLOSED, e.WITHDRAWN)
COMPLETED = (
    trained("2025-12-30", "2025-12-30T12:00:00Z"),
    trained("2023-01-10", "2023-01-11T12:00:00Z", staff="s-2"),
    trained("2026-02-01", "2026-02-02T12:00:00Z", staff="s-2", expires_on="2026-02-20"),
)


def judged(events: Sequence[Event], training: Sequence[Event] = COMPLETED) -> list[Gap]:
    """What every family finds."""
    known = chronology(events, training)
    return [gap for family in FAMILIES for gap in judge(family, known, policy())]


def test_the_lives_made_at_random_know_every_type_that_closes_a_rules_gap() -> None:
    closing = {type_ for rule in CATALOGUE for type_ in rule.closing} - {e.TRAINED}
    assert closing - FACTS.keys() == set(), "add it to FACTS of any_life.py"


@given(LIVES)
def test_rules_and_measures_hang_on_none_but_the_types_that_they_are_passed_over_without(
    events: list[Event],
) -> None:
    child = fold(chronology(events, COMPLETED), registry())
    assert [(name, type_) for name, types, type_ in _hung(child) if type_ not in types] == []


def _hung(child: Folded) -> Iterator[tuple[str, frozenset[str], str]]:
    for rule in CATALOGUE:
        for owed in rule.judge(child, policy()):
            yield rule.name, rule.anchors, owed.anchor.type
    for measure in MEASURES:
        for counted in measure.find(child, policy()):
            yield measure.id, measure.anchors, counted.anchor.type


def timely(events: Sequence[Event]) -> list[Gap]:
    return judge("timeliness", chronology(events), policy())


@given(LIVES, st.randoms(use_true_random=False))
def test_the_order_of_arrival_and_duplicates_change_nothing(
    events: list[Event], by: Random
) -> None:
    arrived = [*events, *by.choices(events, k=3)] if events else []
    by.shuffle(arrived)
    assert judged(arrived) == judged(events)


@given(LIVES, st.lists(st.integers(0, 3), min_size=14, max_size=14))
def test_any_split_into_batches_gives_the_same_gaps(
    events: list[Event], batches: list[int]
) -> None:
    known: tuple[Event, ...] = ()
    for number in range(4):
        arrived = [each for each, batch in zip(events, batches, strict=False) if batch == number]
        known = arrange([*known, *arrived])
        judged(known)
    assert judged(known) == judged(events)


@given(LIVES, LIVES)
def test_a_link_and_its_undoing_leave_everything_as_it_was(
    events: list[Event], others: list[Event]
) -> None:
    own = [replace(each, record_ref="own") for each in events]
    linked = arrange([*own, *(replace(each, record_ref="another") for each in others)])
    judged(linked)
    assert judged([each for each in linked if each.record_ref == "own"]) == judged(
        [each for each in own if each in linked]
    )


@given(LIVES)
def test_a_retracted_course_was_never_completed(events: list[Event]) -> None:
    undone = [retraction(each) for each in COMPLETED]
    assert judged(events, [*COMPLETED, *undone]) == judged(events, [])


@given(LIVES, one_more())
def test_an_event_and_its_retraction_leave_everything_as_it_was(
    events: list[Event], added: Event
) -> None:
    assert judged([*events, added, retraction(added)]) == judged(events)


@given(LIVES)
def test_every_retraction_and_its_own_retraction_leave_everything_as_it_was(
    events: list[Event],
) -> None:
    undone = [retraction(each) for each in events]
    redone = [retraction(each) for each in undone]
    assert judged([*events, *undone, *redone]) == judged(events)
    assert judged([*events, *undone]) == []


@given(LIVES, one_more(types=CLOSING))
def test_what_closes_gaps_never_makes_one_open_earlier_or_stay_open_longer(
    events: list[Event], closing: Event
) -> None:
    before = {gap.gap_id: gap for gap in timely(events)}
    assume(closing.facts.get("decision") not in ("section-17", "section-47"))
    for gap in timely([*events, closing]):
        known = before.get(gap.gap_id)
        if known is None or closing.type == e.WITHDRAWN:
            continue
        assert gap.opens_at >= known.opens_at
        assert known.closes_at is None or (gap.closes_at or known.closes_at) <= known.closes_at


@given(LIVES)
def test_every_gap_is_an_interval_named_once_on_evidence_that_is_there(events: list[Event]) -> None:
    found = judged(events)
    assert len({gap.gap_id for gap in found}) == len(found)
    folded = fold(chronology(events, COMPLETED), registry())
    in_effect = {each.key for each in (*folded.events, *folded.training)}
    for gap in found:
        assert gap.closes_at is None or gap.closes_at > gap.opens_at
        assert gap.evidence[0] == gap.anchor
        assert len(set(gap.evidence)) == len(gap.evidence)
        assert set(gap.evidence) <= in_effect
        assert gap.agency not in gap.visible_to


@given(LIVES)
def test_every_event_is_either_in_effect_or_listed_with_a_reason(events: list[Event]) -> None:
    folded = fold(chronology(events), registry())
    idle = {each.key for each, _ in folded.without_effect}
    standing = {each.key for each in folded.events}
    assert not idle & standing
    assert idle | standing == {each.key for each in events}


@settings(max_examples=50)
@given(LIVES)
def test_the_wire_changes_nothing(events: list[Event]) -> None:
    known = chronology(events, COMPLETED)
    read = type(known).from_wire(known.to_wire())
    assert judged(read.events, read.training) == judged(events)
    for gap in judged(events):
        assert Gap.from_wire(gap.to_wire()) == gap
