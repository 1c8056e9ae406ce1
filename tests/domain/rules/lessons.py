"""A child's chronology for the rules of the later lessons: who did it, reviews, training, words.

Beside `build`: everything about timeliness is told there, and this stands on it.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from services.domain import events as e
from services.domain.chronology import Chronology
from services.domain.gaps import Gap
from services.domain.judging import judge
from services.domain.policy import Policy
from services.domain.registry import Registry
from tests.domain.lives import calendar, content, default_policy
from tests.domain.rules.build import LONG_AFTER, Span, Wire, event, life, published, stamp, when

PAGES = "/norfolk-police/pages"
QUALITY = "/norfolk-qa/pages"
HR = "/norfolk-police/hr"
JUDGES = {"training": "oversight"}
"""SPEC: the service that judges a family that is not its own name's."""

REQUIRED = (
    "address",
    "where_now",
    "immediate_safety",
    "parents_or_carers",
    "siblings",
    "school",
    "gp",
    "ethnicity",
    "language",
    "disability",
    "consent",
    "actions_taken",
    "known_workers",
)
"""contract.md 3, `completeness.information_missing`: "Required [...]"."""


def done_by(who: str, wire: Wire, unit: str | None = "child-abuse-unit") -> Wire:
    """Say who did it: the practitioner's ref outside the vault, and the unit if there is one."""
    person = {"staff_ref": who, "role": "officer"} | ({"unit": unit} if unit else {})
    name = f"{wire['id']} by {who} of {unit}"
    return {**wire, "id": name, "facts": {**wire["facts"], "practitioner": person}}


def reviewed(  # noqa: PLR0913 - a review is told by as many facts
    at: str,
    kind: str = "custody",
    ref: str = "C-1",
    outcome: str = "approved",
    who: str = "sergeant",
    source: str = PAGES,
    age: int | None = 15,
) -> Wire:
    """`oversight.reviewed` of work of a kind under a ref, by someone."""
    of = {"kind": kind, "ref": ref}
    review = event(e.REVIEWED, at, source, of=of, outcome=outcome, age=age)
    return done_by(who, review)


returned = partial(reviewed, outcome="returned")


def trained(
    completed_on: str,
    expires_on: str | None = None,
    at: str | None = None,
    who: str = "anna",
    course: str = "child-vulnerability",
) -> Wire:
    """`training.completed`: about staff; timed at noon of the day of completion unless told."""
    stated = {"course": course, "completed_on": completed_on}
    until = {"expires_on": expires_on} if expires_on else {}
    time = at or f"{completed_on} 12:00"
    return {
        "schema": 1,
        "source": HR,
        "id": f"training {who} {course} {completed_on} {expires_on} {time}",
        "type": e.TRAINED,
        "time": stamp(when(time)),
        "received_at": LONG_AFTER,
        "agency": "norfolk-police",
        "staff_ref": who,
        "feature_version": 1,
        "revision": 0,
        "facts": {"practitioner": {"staff_ref": who, "role": "officer"}, **stated, **until},
    }


def said(
    wire: Wire,
    information: Mapping[str, str] | None = None,
    reason: Mapping[str, int] | None = None,
) -> Wire:
    """What a referral or an amendment says, as it leaves the vault: states, and counts of words."""
    parts = {part: {"words": words, "phrases": []} for part, words in (reason or {}).items()}
    return with_features(wire, {"information": dict(information or {}), "reason": parts})


def with_features(wire: Wire, features: Mapping[str, Any]) -> Wire:
    name = f"{wire['id']} {features}"
    facts = {**wire["facts"], "features": features}
    return {**wire, "id": name, "feature_version": 2, "facts": facts}


ALL_VALUES = dict.fromkeys(REQUIRED, "value")
ALL_SAID = {"why": 12, "harm": 12, "evidence": 12, "ask": 12, "voice_of_child": 12}


def without(stated: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in stated.items() if name not in names}


def _chronology(events: Iterable[Wire], training: Iterable[Wire]) -> Chronology:
    wire = life(list(events)).to_wire()
    return Chronology.from_wire({**wire, "training": list(training)})


def found(
    rule: str, *events: Wire, training: Iterable[Wire] = (), by: Policy | None = None
) -> list[Gap]:
    """What one rule, named in full, finds."""
    family = rule.partition(".")[0]
    judged = judge(JUDGES.get(family, family), _chronology(events, training), by or published())
    return [gap for gap in judged if gap.rule == rule]


def only(rule: str, *events: Wire, training: Iterable[Wire] = (), by: Policy | None = None) -> Gap:
    (gap,) = found(rule, *events, training=training, by=by)
    return gap


def spans(
    rule: str, *events: Wire, training: Iterable[Wire] = (), by: Policy | None = None
) -> list[Span]:
    judged = found(rule, *events, training=training, by=by)
    return [(gap.opens_at, gap.closes_at) for gap in judged]


def listing(name: str, *lines: Wire) -> Policy:
    """The published policy with lines after the first of one of its lists."""
    default = default_policy()
    first = default["lists"][name][0]
    default["lists"][name] = [first, *({**first, **line} for line in lines)]
    registry = Registry.parse(content("agencies.toml"))
    return Policy.parse(default, content("policy/feeds.toml"), registry, calendar())
