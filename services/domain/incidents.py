"""Which events are about one and the same incident?"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.domain.events import INCIDENT_TYPES, Event

KINDS = ("incident_ref", "custody_ref", "concern_ref", "interview_ref")
"""The refs that make events one incident; the first that an incident has is its name."""

Ref = tuple[str, str]
"""A kind of ref, and the ref."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Events that share a ref, directly or through one another, in order; never empty."""

    events: tuple[Event, ...]
    refs: frozenset[Ref]

    @property
    def first(self) -> Event:
        """The event by whose time the incident is placed."""
        return self.events[0]

    @property
    def name(self) -> Ref:
        """What the incident is known by: the first event's incident, custody or own ref."""
        named = refs_of(self.first)
        return named[0] if named else ("event", f"{self.first.source}|{self.first.id}")


def refs_of(event: Event) -> list[Ref]:
    """The refs of an event that make it part of an incident, the one that names it first."""
    facts = event.facts
    return [(kind, ref) for kind in KINDS if isinstance(ref := facts.get(kind), str)]


def incidents_of(events: Iterable[Event]) -> list[Incident]:
    """Group a child's events into incidents, in the order of their first events.

    Events of other types are passed over. The events must be in order.
    """
    members = [event for event in events if event.type in INCIDENT_TYPES]
    leaders = list(range(len(members)))
    holders: dict[Ref, int] = {}
    for place, event in enumerate(members):
        for ref in refs_of(event):
            _join(leaders, holders.setdefault(ref, place), place)
    grouped: dict[int, list[Event]] = {}
    for place, event in enumerate(members):
        grouped.setdefault(_leader(leaders, place), []).append(event)
    return [_incident(group) for group in grouped.values()]


def _incident(events: list[Event]) -> Incident:
    return Incident(tuple(events), frozenset(ref for event in events for ref in refs_of(event)))


def _leader(leaders: list[int], place: int) -> int:
    """The first event of a group so far; shortens the way to it."""
    while leaders[place] != place:
        leaders[place] = leaders[leaders[place]]
        place = leaders[place]
    return place


def _join(leaders: list[int], one: int, other: int) -> None:
    first, second = sorted((_leader(leaders, one), _leader(leaders, other)))
    leaders[second] = first
