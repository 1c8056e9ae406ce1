"""What is an event, as it is known outside intake's vault?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.domain.fields import moment_of, plain, table
from services.domain.moments import end_of_day, stamp

DETAINED = "police.child-detained.v1"
INTERVIEWED = "police.child-interviewed.v1"
EXPOSED = "police.child-exposed.v1"
MISSING = "police.child-missing.v1"
FOUND = "police.child-found.v1"
SEARCHED = "police.child-searched.v1"
CONCERN = "partner.concern-raised.v1"
MADE = "referral.made.v1"
AMENDED = "referral.amended.v1"
WITHDRAWN = "referral.withdrawn.v1"
NOT_REFERRED = "no-referral.decided.v1"
RECEIVED = "social-care.referral-received.v1"
DECIDED = "social-care.referral-decided.v1"
TOLD = "social-care.referrer-told.v1"
DISCUSSED = "social-care.strategy-discussion-held.v1"
ASSESSMENT_COMPLETED = "social-care.assessment-completed.v1"
CONFERENCE_HELD = "social-care.conference-held.v1"
CLOSED = "social-care.case-closed.v1"
SERVICE_REFERRED = "service.referral-made.v1"
SERVICE_DECLINED = "service.referral-declined.v1"
SUPPORT_STARTED = "service.support-started.v1"
SUPPORT_ENDED = "service.support-ended.v1"
REVIEWED = "oversight.reviewed.v1"
RETRACTED = "event.retracted.v1"
TRAINED = "training.completed.v1"

INCIDENT_TYPES = frozenset({DETAINED, INTERVIEWED, EXPOSED, MISSING, FOUND, SEARCHED, CONCERN})
"""The types that are part of an incident, whatever the child's involvement."""

TABLES = (dict, Mapping)
"""What a group of facts may be; asking for `dict` first is what makes it quick."""

Key = tuple[str, str]
"""(source, id): what identifies an event."""

Order = tuple[datetime, str, str]
"""(time, source, id): the order of a chronology, ties included."""


def agency_of(source: str) -> str:
    """The agency in a source: `/norfolk-police/custody` is of `norfolk-police`."""
    return source.split("/", 2)[1] if source.startswith("/") else ""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One published event: its envelope, and the facts that may leave the vault."""

    source: str
    id: str
    type: str
    time: datetime
    received_at: datetime
    agency: str
    feature_version: int
    revision: int
    facts: Mapping[str, Any]
    record_ref: str | None = None
    staff_ref: str | None = None

    @classmethod
    def of_counts(
        cls, source: str, event_id: str, kind: str, at: datetime, facts: Mapping[str, Any]
    ) -> "Event":
        """Make an event of which no more is told than figures are counted by."""
        agency = agency_of(source)
        return cls(source, event_id, kind, at, at, agency, 0, 0, facts)

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Event":
        """Read a published event; fields it does not know are ignored.

        Raises:
            Malformed: a field is absent or of the wrong kind.

        """
        return cls(
            source=plain(wire, "source", str),
            id=plain(wire, "id", str),
            type=plain(wire, "type", str),
            time=moment_of(wire, "time"),
            received_at=moment_of(wire, "received_at"),
            agency=plain(wire, "agency", str),
            record_ref=_if_stated(wire, "record_ref"),
            staff_ref=_if_stated(wire, "staff_ref"),
            feature_version=plain(wire, "feature_version", int),
            revision=plain(wire, "revision", int),
            facts=table(wire, "facts"),
        )

    def to_wire(self) -> dict[str, Any]:
        """Write the event as it is published; refs that it has not are left out."""
        wire: dict[str, Any] = {
            "schema": 1,
            "source": self.source,
            "id": self.id,
            "type": self.type,
            "time": stamp(self.time),
            "received_at": stamp(self.received_at),
            "agency": self.agency,
            "feature_version": self.feature_version,
            "revision": self.revision,
            "facts": dict(self.facts),
        }
        if self.record_ref is not None:
            wire["record_ref"] = self.record_ref
        if self.staff_ref is not None:
            wire["staff_ref"] = self.staff_ref
        return wire

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return self.key == other.key and self.to_wire() == other.to_wire()

    def __hash__(self) -> int:
        return hash((self.source, self.id))

    @property
    def key(self) -> Key:
        """What identifies the event: (source, id)."""
        return (self.source, self.id)

    @property
    def order(self) -> Order:
        """Where the event stands in a chronology: (time, source, id)."""
        return (self.time, self.source, self.id)

    @property
    def arrival(self) -> Order:
        """Where the event stands in the order of receipt: (received_at, source, id)."""
        return (self.received_at, self.source, self.id)

    @property
    def state(self) -> tuple[int, int]:
        """(feature_version, revision): of two events with one key the higher counts."""
        return (self.feature_version, self.revision)

    @property
    def day_only(self) -> bool:
        """Whether only the day is known: `time` is then 00:00 Europe/London."""
        return self.facts.get("time_precision") == "day"

    @property
    def age(self) -> int | None:
        """The child's age in whole years at `time`, None where the birth date is unknown."""
        child = self.facts.get("child")  # as `part` does: nothing is asked for more often
        age = child.get("age") if isinstance(child, TABLES) else None
        return age if isinstance(age, int) else None

    @property
    def unit(self) -> str | None:
        """The code of the practitioner's unit, if one is stated."""
        unit = self.part("practitioner").get("unit")
        return unit if isinstance(unit, str) else None

    @property
    def staff(self) -> str | None:
        """Who did it: the random ref of the practitioner, one for each agency and staff number."""
        ref = self.part("practitioner").get("staff_ref")
        return ref if isinstance(ref, str) else self.staff_ref

    def part(self, name: str) -> Mapping[str, Any]:
        """A group of facts such as `practitioner` or `screening`; empty where it is not stated."""
        part = self.facts.get(name)
        return part if isinstance(part, TABLES) else {}

    def stated(self, name: str) -> tuple[Any, ...]:
        """The codes of a list that the event states, such as `indicators`; none if it does not."""
        codes = self.facts.get(name)
        return tuple(codes) if isinstance(codes, list | tuple) else ()

    @property
    def triggers(self) -> tuple[str, ...]:
        """The refs that a referral or a decision not to refer names as its reasons."""
        return self.stated("triggers")

    @property
    def until(self) -> datetime:
        """The last moment at which it may have happened: of a day-only fact the end of its day."""
        return end_of_day(self.time) if self.day_only else self.time

    def ref(self, kind: str) -> str | None:
        """The event's own ref, or code, of a kind such as `custody_ref`, if it has one."""
        ref = self.facts.get(kind)
        return ref if isinstance(ref, str) else None


def _if_stated(wire: Mapping[str, Any], field: str) -> str | None:
    return None if wire.get(field) is None else plain(wire, field, str)
