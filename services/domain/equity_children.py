"""Which children are in which stage of the equity pack in a period, and in which groups?"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from services.domain import events as e
from services.domain.equity_groups import groups_of
from services.domain.equity_pack import Child
from services.domain.events import Event
from services.domain.policy import Policy
from services.domain.retraction import Reason, retracted
from services.domain.rules.equity import VIOLENCE

STAGE_TYPES: Final = tuple(sorted({*e.INCIDENT_TYPES, e.MADE, e.AMENDED}))
"""The types of event that may put a child into a stage."""


class Told(NamedTuple):
    """What is told of an event, as chronology's functions give it: as much as is counted by."""

    child_ref: str
    source: str
    id: str
    type: str
    at: datetime
    age: int | None
    sex: str | None
    ethnicity: str | None
    indicator: bool
    harms: Collection[str]
    target_source: str | None
    target_id: str | None

    @property
    def event(self) -> Event:
        """The event as rules read it; `indicators` says only that there is one."""
        facts: dict[str, Any] = {
            "child": {"age": self.age, "sex": self.sex, "ethnicity": self.ethnicity},
            "indicators": ["stated"] if self.indicator else [],
            "harms": self.harms,
        }
        if self.type == e.RETRACTED:
            facts = {"retracts": {"source": self.target_source, "id": self.target_id}}
        return Event.of_counts(self.source, self.id, self.type, self.at.astimezone(UTC), facts)


class Asked(NamedTuple):
    """What is counted: the events of a period (`before` not included) by some agencies."""

    since: datetime
    before: datetime
    agencies: Collection[str]


def stages_of(event: Event) -> Iterator[str]:
    """Name the stages that an event puts its child into."""
    if event.type in e.INCIDENT_TYPES and event.stated("indicators"):
        yield "with-an-indicator"
    if event.type == e.EXPOSED and not VIOLENCE.isdisjoint(event.stated("harms")):
        yield "exposed-to-violence"
    if event.type in {e.DETAINED, e.INTERVIEWED}:
        yield "detained-or-interviewed"
    if event.type in {e.MADE, e.AMENDED}:
        yield "referred"


def children_of(
    told: Iterable[tuple[str, Event]],
    findings: Iterable[tuple[str, str, bool]],
    asked: Asked,
    policy: Policy,
) -> list[Child]:
    """Count every child once: their stages and, within these, by which rules they were found.

    Args:
        told: every event of every child concerned, and all retractions, by child.
        findings: child, rule, and whether it is observed.
        asked: what is counted.
        policy: says who is a child.

    """
    rows = list(told)
    reasons = retracted((event for _, event in rows), policy.registry)
    gone = {key for key, reason in reasons.items() if reason is Reason.RETRACTED}
    lives: dict[str, list[Event]] = {}
    for child_ref, event in rows:
        if event.key not in gone and event.type != e.RETRACTED:
            lives.setdefault(child_ref, []).append(event)
    found: dict[str, dict[str, bool]] = {}
    for child_ref, rule, observed in findings:
        known = found.setdefault(child_ref, {})
        known[rule] = known.get(rule, False) or observed
    counted = (
        _child(events, found.get(child_ref, {}), asked, policy)
        for child_ref, events in sorted(lives.items())
    )
    return [child for child in counted if child.stages]


def _child(events: list[Event], found: Mapping[str, bool], asked: Asked, policy: Policy) -> Child:
    events.sort(key=lambda event: event.order)
    counting = [
        event
        for event in events
        if asked.since <= event.time < asked.before
        and event.agency in asked.agencies
        and policy.is_child(event)
        and any(stages_of(event))
    ]
    return Child(
        groups_of(
            _last(events, "ethnicity"),
            _last(events, "sex"),
            counting[0].age if counting else None,
        ),
        {stage for event in counting for stage in stages_of(event)},
        {rule for rule, observed in found.items() if observed},
        {rule for rule, observed in found.items() if not observed},
    )


def _last(events: list[Event], fact: str) -> str | None:
    """What was last stated of the child."""
    stated = (event.part("child").get(fact) for event in reversed(events))
    return next((each for each in stated if isinstance(each, str)), None)
