"""How are events and lives made at random? By type, from lists so short that facts meet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.domain import events as e
from services.domain.events import Event
from tests.domain.lives import AREA, CARE, POLICE, SCHOOL, VOLUNTARY, event, policy

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
