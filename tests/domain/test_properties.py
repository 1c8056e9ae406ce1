"""What holds of every chronology, whatever is in it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.domain import events as e
from services.domain.chronology import arrange, fold
from services.domain.events import Event
from services.domain.gaps import Gap
from services.domain.judging import judge
from services.domain.rules.catalogue import CATALOGUE, FAMILIES
from tests.domain.lives import (
    AREA,
    CARE,
    POLICE,
    SCHOOL,
    VOLUNTARY,
    chronology,
    event,
    policy,
    registry,
    retraction,
    trained,
)

START = datetime(2025, 12, 20, tzinfo=UTC)
REFS = {
    "custody_ref": ("C-1", "C-2"),
    "incident_ref": ("I-1", "I-2"),
    "interview_ref": ("V-1", "V-2"),
    "concern_ref": ("K-1", "K-2"),
    "referral_ref": ("R-1", "R-2"),
    "service_ref": ("S-1",),
}
TRIGGERS = ("C-1", "I-1", "V-2", "K-2")
ELEMENTS = policy().words("completeness.information_missing.required", START)
SAID = {"words": 9, "phrases": []}
UNSAID = {"words": 0, "phrases": []}
ADULT = {"words": 6, "phrases": ["streetwise"]}
WORDS: dict[str, Sequence[object]] = {
    "grade": ("green", "amber", "red"),
    "involvement": ("suspect", "witness"),
    "decision": ("section-47", "section-17", "no-further-action"),
    "leads_to": ("section-47", "none"),
    "kind": ("therapeutic", "mentoring"),
    "sent_to": (AREA, "E09000001"),
    "harms": (("knife",), ("county-lines", "gang"), ("neglect",)),
    "indicators": ((), ("drugs",), ("debt", "injuries")),
    "treated_as_safeguarding": (True, False),
    "appropriate_adult_present": (True, False),
    "appropriate_adult": (
        {"arrived_at": "2025-12-24T10:00:00Z"},
        {"arrived_at": "2026-02-03T04:00:00Z"},
    ),
    "released_at": ("2026-01-10T12:00:00Z", "2026-03-10T12:00:00Z"),
    "history": ({"previous_incidents_considered": True}, {"previous_incidents_considered": False}),
    "screening": ({"exploitation": "done"}, {"exploitation": "not-done"}),
    "features": (
        {"information": {}, "reason": {}},
        {
            "information": dict.fromkeys(ELEMENTS, "value"),
            "reason": dict.fromkeys(("why", "harm", "ask", "voice_of_child"), SAID),
        },
        {"information": {"gp": "blank", "school": "unknown"}, "reason": {"why": ADULT}},
        {"information": {"gp": "value"}, "reason": {"why": SAID, "harm": UNSAID}},
        {"information": {}, "reason": {"voice_of_child": UNSAID, "ask": ADULT}},
    ),
    "outcome": ("approved", "returned", "refer"),
    "of": (
        {"kind": "custody", "ref": "C-1"},
        {"kind": "interview", "ref": "V-1"},
        {"kind": "incident", "ref": "I-1"},
        {"kind": "referral", "ref": "R-1"},
        {"kind": "no-referral", "ref": "C-1"},
        {"kind": "referral", "ref": "never-seen"},
    ),
    "triggers": ((), ("C-1",), ("I-1", "K-2"), TRIGGERS),
}
FACTS: dict[str, tuple[str, ...]] = {
    e.DETAINED: (
        "custody_ref",
        "incident_ref?",
        "indicators?",
        "appropriate_adult?",
        "released_at?",
    ),
    e.INTERVIEWED: (
        "interview_ref",
        "custody_ref?",
        "incident_ref?",
        "involvement",
        "indicators?",
        "appropriate_adult_present",
    ),
    e.EXPOSED: (
        "incident_ref",
        "grade",
        "involvement",
        "harms",
        "indicators?",
        "treated_as_safeguarding?",
    ),
    e.MISSING: ("incident_ref", "indicators?"),
    e.FOUND: ("incident_ref", "indicators?"),
    e.SEARCHED: ("incident_ref", "indicators?"),
    e.CONCERN: ("concern_ref", "incident_ref?", "grade", "indicators?"),
    e.MADE: ("referral_ref", "triggers", "sent_to", "harms", "history?", "screening?", "features"),
    e.AMENDED: (
        "referral_ref",
        "triggers?",
        "sent_to?",
        "harms?",
        "history?",
        "screening?",
        "features?",
    ),
    e.REVIEWED: ("of", "outcome"),
    e.WITHDRAWN: ("referral_ref",),
    e.NOT_REFERRED: ("triggers",),
    e.RECEIVED: ("referral_ref",),
    e.DECIDED: ("referral_ref", "decision"),
    e.TOLD: ("referral_ref",),
    e.DISCUSSED: ("referral_ref?", "leads_to"),
    e.ASSESSMENT_COMPLETED: ("referral_ref",),
    e.CONFERENCE_HELD: ("referral_ref?",),
    e.CLOSED: ("referral_ref",),
    e.SERVICE_REFERRED: ("service_ref", "kind"),
    e.SERVICE_DECLINED: ("service_ref",),
    e.SUPPORT_STARTED: ("service_ref",),
    e.SUPPORT_ENDED: ("service_ref",),
}
CLOSING = (e.DECIDED, e.TOLD, e.ASSESSMENT_COMPLETED, e.CONFERENCE_HELD, e.CLOSED, e.WITHDRAWN)


def test_the_lives_below_know_every_type_that_closes_a_rules_gap() -> None:
    closing = {type_ for rule in CATALOGUE for type_ in rule.closing} - {e.TRAINED}
    assert closing - FACTS.keys() == set(), "add it to FACTS of this file"


@st.composite
def an_event(draw: st.DrawFn, types: Sequence[str] = tuple(FACTS)) -> Event:
    type_ = draw(st.sampled_from(types))
    facts: dict[str, Any] = {}
    for stated in FACTS[type_]:
        name = stated.rstrip("?")
        if stated == name or draw(st.booleans()):
            facts[name] = draw(st.sampled_from([*REFS.get(name, ()), *WORDS.get(name, ())]))
    return event(
        type_,
        START + timedelta(hours=draw(st.integers(0, 24 * 120))),
        draw(st.sampled_from((POLICE, CARE, SCHOOL, VOLUNTARY))),
        f"e{draw(st.integers(0, 10**9))}",
        age=draw(st.sampled_from((None, 15, 17, 18))),
        unit=draw(st.sampled_from((None, "general-cid", "response"))),
        staff=draw(st.sampled_from((None, "s-1", "s-2"))),
        day_only=draw(st.booleans()),
        record=draw(st.sampled_from(("record-1", "record-2"))),
        **{**facts, "sex": draw(st.sampled_from(("F", "F", "M")))},
    )


def one_more(types: Sequence[str] = tuple(FACTS)) -> st.SearchStrategy[Event]:
    """An event that is none of a life's own, whatever ids were drawn."""
    return an_event(types).map(lambda each: replace(each, id="one-more"))


LIVES = st.lists(an_event(), max_size=14, unique_by=lambda each: each.key)
COMPLETED = (
    trained("2025-12-30", "2025-12-30T12:00:00Z"),
    trained("2023-01-10", "2023-01-11T12:00:00Z", staff="s-2"),
    trained("2026-02-01", "2026-02-02T12:00:00Z", staff="s-2", expires_on="2026-02-20"),
)


def judged(events: Sequence[Event], training: Sequence[Event] = COMPLETED) -> list[Gap]:
    """What every family finds."""
    known = chronology(events, training)
    return [gap for family in FAMILIES for gap in judge(family, known, policy())]


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
