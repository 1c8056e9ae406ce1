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
from services.domain.rules.catalogue import FAMILIES
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
    return Policy.parse(default_policy(), content("policy/feeds.toml"), registry(), calendar())


def default_policy() -> dict[str, Any]:
    """The default numbers and lists, as the services read them: phrases among the lists."""
    numbers = content("policy/default.toml")
    numbers["lists"] |= content("policy/adult-language.toml")["lists"]
    return numbers


def event(
    type_: str,
    time: str | datetime,
    source: str = POLICE,
    id_: str | None = None,
    **facts: Any,  # noqa: ANN401 - facts are whatever the schema of the type says
) -> Event:
    """An event about a child of 15, by default.

    `age`, `sex`, `record`, `unit`, `staff` (who did it), `day_only` and `revision` may be told.
    """
    at = moment(time) if isinstance(time, str) else time
    record = facts.pop("record", "record-1")
    revision = facts.pop("revision", 0)
    sex = {"sex": facts.pop("sex")} if "sex" in facts else {}
    child = {"child": {"age": facts.pop("age", 15), **sex}}
    unit, who = facts.pop("unit", None), facts.pop("staff", None)
    person = {"staff_ref": who or "s-1", "role": "officer", "unit": unit}
    staff = {"practitioner": person} if unit or who else {}
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


def trained(completed_on: str, time: str, staff: str = "s-1", **facts: Any) -> Event:  # noqa: ANN401 - as above
    """The event that someone completed the course `child-vulnerability`."""
    told = {"course": "child-vulnerability", "completed_on": completed_on, **facts}
    return event("training.completed.v1", time, staff=staff, **told)


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


def found(
    rule: str, *events: Event, training: Iterable[Event] = (), by: Policy | None = None
) -> list[Gap]:
    """What one rule finds, named in full, whichever service judges by it."""
    judge_of = next(name for name, rules in FAMILIES.items() if rule in {r.name for r in rules})
    judged = judge(judge_of, chronology(events, training), by or policy())
    return [gap for gap in judged if gap.rule == rule]


def times(gaps_: Iterable[Gap]) -> list[tuple[str, str | None]]:
    """When gaps open and close, as on the wire."""
    return [(wire["opens_at"], wire["closes_at"]) for wire in (gap.to_wire() for gap in gaps_)]
