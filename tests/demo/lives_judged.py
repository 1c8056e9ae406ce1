"""A demo child's year as the rules would see it: through the schemas, without broker or vault."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from deploy.demo.life import Life, Said
from services.domain.chronology import Chronology
from services.domain.events import Event
from services.domain.policy import Policy
from services.intake import features
from services.intake.candidates import Candidate
from services.runtime.contracts import Contracts

SCHEMAS = Path(__file__).parents[2] / "schemas"


@cache
def contracts() -> Contracts:
    return Contracts.load(SCHEMAS)


@cache
def policy() -> Policy:
    return contracts().policy()


def chronology(life: Life, training: Iterable[Event]) -> Chronology:
    """One true child's chronology, as intake and chronology would have made it."""
    events = tuple(sorted(map(published, life.said), key=lambda event: event.order))
    return Chronology(
        life.prefix, 1, 1, None, erased=False, events=events, training=tuple(training)
    )


def published(said: Said) -> Event:
    """The event as intake publishes it, features of its text included; refs say what they are."""
    content = said.wire()["data"]
    child, practitioner = content.get("child"), content.get("practitioner")
    candidate = Candidate(
        event=said.wire(), source=said.source, id=said.id, type=said.type, time=said.time,
        agency=said.agency, body_mac=b"",
    )  # fmt: skip
    return features.published(
        contracts(),
        candidate,
        said.arrives,
        record_ref=f"{said.agency} {child['local_id']}" if child else None,
        staff_ref=f"{said.agency} {practitioner['ref']}" if practitioner else None,
        age=features.age_at(date.fromisoformat(child["date_of_birth"]), said.time)
        if child
        else None,
    )
