"""A demo child's year as the rules would see it: through the schemas, without broker or vault."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from deploy.demo.life import Life, Said
from deploy.demo.office_days import london_day
from services.domain.chronology import Chronology
from services.domain.events import Event
from services.domain.policy import Policy
from services.runtime.contracts import Contracts
from services.runtime.projection import project

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
    content = said.wire()["data"]
    facts = project(contracts(), said.type, content)
    child = content.get("child")
    if child:
        born = date.fromisoformat(child["date_of_birth"])
        facts["child"] = {**facts.get("child", {}), "age": _age(born, london_day(said.time))}
    staff = _staff(said, content)
    if staff:
        facts["practitioner"] = {**facts["practitioner"], "staff_ref": staff}
    return Event(
        source=said.source,
        id=said.id,
        type=said.type,
        time=said.time,
        received_at=said.arrives,
        agency=said.agency,
        record_ref=f"{said.agency} {child['local_id']}" if child else None,
        staff_ref=None if child else staff,
        feature_version=1,
        revision=0,
        facts=facts,
    )


def _staff(said: Said, content: dict[str, Any]) -> str | None:
    practitioner = content.get("practitioner")
    return f"{said.agency} {practitioner['ref']}" if practitioner else None


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
