"""Invented events and chronologies for the tests of what is right."""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from services.domain.chronology import Chronology
from services.domain.events import Event
from services.domain.gaps import Gap
from services.domain.judging import judge
from services.domain.moments import moment
from services.domain.policy import Policy
from services.domain.registry import Registry
from services.domain.working_days import Calendar

SCHEMAS = Path(__file__).parents[2] / "schemas"
POLICE = "/norfolk-police/records"
CARE = "/norfolk-csc/records"
SCHOOL = "/norfolk-school/records"
VOLUNTARY = "/norfolk-voluntary/records"
CENSUS = "/norfolk-csc/cin-census"
AREA = "E10000020"


def content(name: str) -> dict[str, Any]:
    """One of the files of schemas/, as it is."""
    return tomllib.loads((SCHEMAS / name).read_text())


@cache
def registry() -> Registry:
    return Registry.parse(content("agencies.toml"))


@cache
def calendar() -> Calendar:
    return Calendar.parse(content("policy/bank-holidays.toml"))


@cache
def policy() -> Policy:
    return Policy.parse(
        content("policy/default.toml"), content("policy/feeds.toml"), registry(), calendar()
    )


def event(
    type_: str,
    time: str | datetime,
    source: str = POLICE,
    id_: str | None = None,
    **facts: Any,  # noqa: ANN401 - facts are whatever the schema of the type says
) -> Event:
    """An event about a child of 15; `age`, `record`, `unit`, `day_only`, `revision` may be told."""
    at = moment(time) if isinstance(time, str) else time
    record = facts.pop("record", "record-1")
    revision = facts.pop("revision", 0)
    child = {"child": {"age": facts.pop("age", 15)}}
    unit = facts.pop("unit", None)
    staff = {"practitioner": {"staff_ref": "s-1", "role": "officer", "unit": unit}} if unit else {}
    precision = {"time_precision": "day"} if facts.pop("day_only", False) else {}
    return Event(
        source=source,
        id=id_ or f"{type_} {at.isoformat()} {sorted(facts.items())}",
        type=type_,
        time=at,
        received_at=at + timedelta(minutes=1),
        agency=source.split("/")[1],
        record_ref=record,
        staff_ref=None,
        feature_version=1,
        revision=revision,
        facts={**child, **staff, **precision, **facts},
    )


def retraction(target: Event, source: str | None = None, id_: str | None = None) -> Event:
    """The event that retracts another, by its own sender unless told."""
    return event(
        "event.retracted.v1",
        target.time + timedelta(days=1),
        source or target.source,
        id_ or f"retracts {target.id}",
        retracts={"source": target.source, "id": target.id},
    )


def chronology(events: Iterable[Event], training: Iterable[Event] = ()) -> Chronology:
    return Chronology(
        "child-1", 1, 1, None, erased=False, events=tuple(events), training=tuple(training)
    )


def gaps(*events: Event, by: Policy | None = None) -> list[Gap]:
    """What timeliness finds, by the default policy unless told."""
    return judge("timeliness", chronology(events), by or policy())


def intervals(rule: str, *events: Event) -> list[tuple[str, str | None]]:
    """When one rule's gaps open and close."""
    return [
        (wire["opens_at"], wire["closes_at"])
        for gap in gaps(*events)
        if (wire := gap.to_wire())["rule"] == f"timeliness.{rule}"
    ]
