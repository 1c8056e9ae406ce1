"""What of an event leaves the vault, and how is the child's age worked out for it?"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec

from services.domain.events import AMENDED, MADE, TRAINED, Event
from services.domain.moments import london_day
from services.domain.narrative import NARRATIVE_VERSION
from services.domain.registry import Registry
from services.intake.candidates import Candidate
from services.runtime.contracts import Contracts
from services.runtime.projection import project

FEATURE_VERSION: Final = NARRATIVE_VERSION
"""Raised when pure functions read the vault's text otherwise than before: then `refeature`."""
STAFF_TOPIC: Final = "staff.events"
OTHERS_TOPIC: Final = "partner.events"
"""Also for what an agency sent that is registered no more."""

_ENVELOPE: Final = ("specversion", "id", "source", "type", "time", "data")


def age_at(born: date, at: datetime) -> int:
    """Whole years at a moment, by London's day; born on 29 February, a year older on 1 March."""
    day = london_day(at)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def sealed_form(event: Mapping[str, Any]) -> bytes:
    """What of an event is sealed: everything but extension attributes."""
    return msgspec.json.encode({name: event[name] for name in _ENVELOPE})


def published(  # noqa: PLR0913 - what a published event is made of
    contracts: Contracts,
    candidate: Candidate,
    received_at: datetime,
    record_ref: str | None,
    staff_ref: str | None,
    age: int | None,
) -> Event:
    """Return the event as it is first published; staff events name no record."""
    facts = project(contracts, candidate.type, candidate.stated)
    if candidate.type in (MADE, AMENDED):
        facts["features"] = contracts.reader.features(candidate.stated, candidate.time)
    if record_ref is not None:
        facts["child"] = {**facts.get("child", {}), "age": age}
    if staff_ref is not None:
        facts["practitioner"] = {**facts.get("practitioner", {}), "staff_ref": staff_ref}
    return Event(
        source=candidate.source,
        id=candidate.id,
        type=candidate.type,
        time=candidate.time,
        received_at=received_at,
        agency=candidate.agency,
        record_ref=record_ref,
        staff_ref=staff_ref if record_ref is None else None,
        feature_version=FEATURE_VERSION,
        revision=0,
        facts=facts,
    )


def topic_of(contracts: Contracts, candidate: Candidate) -> str:
    """Where an event is published: by its sender's kind, training apart."""
    if candidate.type == TRAINED:
        return STAFF_TOPIC
    return topic_of_agency(contracts.registry, candidate.agency)


def topic_of_agency(registry: Registry, agency: str) -> str:
    """Where what concerns an agency's records is published, registered (still) or not."""
    return registry.topic_of(agency) if agency in registry.agencies else OTHERS_TOPIC
