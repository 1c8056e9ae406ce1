"""What has happened to this child, in order, and what of it is in effect?"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

from services.domain.entitlement import unentitled
from services.domain.events import INCIDENT_TYPES, NOT_REFERRED, Event, Key
from services.domain.fields import plain, tables
from services.domain.incidents import Incident, incidents_of, refs_of
from services.domain.referrals import Referral, referrals_of
from services.domain.registry import Registry
from services.domain.retraction import Reason, retracted

REF_KINDS = (
    "custody_ref",
    "incident_ref",
    "interview_ref",
    "concern_ref",
    "referral_ref",
    "service_ref",
)
"""The kinds of ref by which an event carries what is owed."""

NO_REFERRAL = "no-referral"
"""The kind by which a decision not to refer carries each of the refs that it names."""

Found = TypeVar("Found")

__all__ = ["Chronology", "Folded", "Reason", "arrange", "fold"]


def arrange(events: Iterable[Event]) -> tuple[Event, ...]:
    """Put events in order, each once: of two with one key the highest state counts."""
    latest: dict[Key, Event] = {}
    for event in events:
        known = latest.setdefault(event.key, event)
        if event.state > known.state:
            latest[event.key] = event
    return tuple(sorted(latest.values(), key=attrgetter("order")))


@dataclass(frozen=True, slots=True)
class Chronology:
    """One child, whole: every event known of, and the training of staff who are named in it."""

    child_ref: str
    epoch: int
    version: int
    merged_into: str | None
    erased: bool
    events: tuple[Event, ...]
    training: tuple[Event, ...]

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Chronology":
        """Read a published chronology; fields it does not know are ignored.

        Raises:
            Malformed: a field is absent or of the wrong kind, in it or in one of its events.

        """
        return cls(
            child_ref=plain(wire, "child_ref", str),
            epoch=plain(wire, "epoch", int),
            version=plain(wire, "version", int),
            merged_into=None
            if wire.get("merged_into") is None
            else plain(wire, "merged_into", str),
            erased=plain(wire, "erased", bool),
            events=_events(wire, "events"),
            training=_events(wire, "training"),
        )

    def to_wire(self) -> dict[str, Any]:
        """Write the chronology as it is published, its events in order."""
        return {
            "schema": 1,
            "child_ref": self.child_ref,
            "epoch": self.epoch,
            "version": self.version,
            "merged_into": self.merged_into,
            "erased": self.erased,
            "events": [event.to_wire() for event in arrange(self.events)],
            "training": [event.to_wire() for event in arrange(self.training)],
        }


@dataclass(frozen=True)
class Folded:
    """What rules read: the events in effect, in order; and beside them what has none, and why."""

    child_ref: str
    events: tuple[Event, ...]
    training: tuple[Event, ...]
    without_effect: tuple[tuple[Event, Reason], ...]

    def has(self, types: frozenset[str]) -> bool:
        """Whether any event is of one of these types."""
        return not types.isdisjoint(self._by_type)

    def of_type(self, event_type: str) -> list[Event]:
        """The events of one type, in order."""
        return self._by_type.get(event_type, [])

    def carrying(self, kind: str, ref: str) -> list[Event]:
        """The events that carry a ref of a kind as their own, in order."""
        return self._by_ref.get(kind, {}).get(ref, [])

    def refs(self, kind: str) -> list[str]:
        """Every ref of a kind, each once, in order of first appearance."""
        return list(self._by_ref.get(kind, ()))

    @cached_property
    def referrals(self) -> dict[str, Referral]:
        """Every referral known of, by its ref."""
        return referrals_of(
            {ref: self.carrying("referral_ref", ref) for ref in self.refs("referral_ref")}
        )

    def incidents(self, counts: Callable[[Event], bool]) -> list[Incident]:
        """The events that count, grouped into incidents (contract.md 3.1), in order."""
        if counts not in self._known:
            self._known[counts] = incidents_of(
                event for event in self.events if event.type in INCIDENT_TYPES and counts(event)
            )
        incidents: list[Incident] = self._known[counts]
        return incidents

    def once(self, work_out: "Callable[[Folded], Found]", name: Hashable = None) -> "Found":
        """What a function finds in this child's events: worked out once for all rules that ask.

        A function that is made anew each time is known by `name`.
        """
        known: Hashable = work_out if name is None else name
        if known not in self._known:
            self._known[known] = work_out(self)
        found: Found = self._known[known]
        return found

    def set_off(self, event: Event) -> list[Event]:
        """What of an incident is behind an event, in order: itself, or what is named as a trigger.

        Of an event about a referral: by anything said of that referral until then.
        """
        if event.type in INCIDENT_TYPES:
            return [event]
        about = self.carrying("referral_ref", event.ref("referral_ref") or "")
        said = (*(each for each in about if each.order <= event.order), event)
        named = {ref for each in said for ref in each.triggers}
        return [
            each
            for each in self.events
            if each.type in INCIDENT_TYPES and any(ref in named for _, ref in refs_of(each))
        ]

    @cached_property
    def _known(self) -> dict[Hashable, Any]:
        """What was worked out already, by the function that did or the name it was given."""
        return {}

    @cached_property
    def _by_type(self) -> dict[str, list[Event]]:
        index: dict[str, list[Event]] = {}
        for event in self.events:
            index.setdefault(event.type, []).append(event)
        return index

    @cached_property
    def _by_ref(self) -> dict[str, dict[str, list[Event]]]:
        index: dict[str, dict[str, list[Event]]] = {}
        for event in self.events:
            for kind in REF_KINDS:
                ref = event.facts.get(kind)
                if isinstance(ref, str):
                    index.setdefault(kind, {}).setdefault(ref, []).append(event)
        for decision in self.of_type(NOT_REFERRED):
            for ref in dict.fromkeys(decision.triggers):
                index.setdefault(NO_REFERRAL, {}).setdefault(ref, []).append(decision)
        return index


def fold(chronology: Chronology, registry: Registry) -> Folded:
    """Say which events are in effect: retraction first, then who was entitled to say what."""
    events, training = arrange(chronology.events), arrange(chronology.training)
    idle = retracted((*events, *training), registry)
    standing = [event for event in events if event.key not in idle] if idle else events
    idle |= unentitled(standing, registry)
    if not idle:
        return Folded(chronology.child_ref, events, training, ())
    return Folded(
        child_ref=chronology.child_ref,
        events=tuple(event for event in standing if event.key not in idle),
        training=tuple(event for event in training if event.key not in idle),
        without_effect=tuple(
            (event, idle[event.key]) for event in (*events, *training) if event.key in idle
        ),
    )


def _events(wire: Mapping[str, Any], field: str) -> tuple[Event, ...]:
    return arrange(Event.from_wire(event) for event in tables(wire, field))
