"""Does the ledger believe exactly what the pure rules say of everything that intake accepted?

It takes no word of chronology, the judges or the ledger for it: events come from intake's outbox,
whose child each is from intake's records, and the verdicts from the rules, judged here and now.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import asyncpg
import msgspec

from services.domain.chronology import Chronology
from services.domain.events import RETRACTED, Event, Key
from services.domain.gaps import Gap
from services.domain.judging import judge
from services.domain.moments import stamp
from services.domain.policy import Policy

Beliefs = dict[tuple[str, str], dict[str, Any]]
"""By (child_ref, gap_id): the gap as it is published."""


async def differences(dsn: str, policy: Policy, families: Iterable[str]) -> list[str]:
    """Compare the ledger's current beliefs with the rules' answer, row by row.

    Returns a line for each gap that is missing, extra or different; none when all is well. The
    stack must be quiet: every receipt judged.
    """
    connection = await asyncpg.connect(dsn)
    try:
        expected = await _expected(connection, policy, tuple(families))
        actual = await believed(connection)
    finally:
        await connection.close()
    return compare(expected, actual)


async def unaccounted(dsn: str, accepted: Iterable[Key]) -> set[Key]:
    """Name the accepted events that chronology does not hold."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("SELECT source, id FROM chronology.event")
    finally:
        await connection.close()
    return set(accepted) - {(row["source"], row["id"]) for row in rows}


async def _expected(
    connection: "asyncpg.Connection[asyncpg.Record]", policy: Policy, families: tuple[str, ...]
) -> Beliefs:
    rows = await connection.fetch("SELECT value FROM intake.outbox")
    events = _latest(Event.from_wire(msgspec.json.decode(row["value"])) for row in rows)
    children = {
        row["record_ref"]: row["child_ref"]
        for row in await connection.fetch("SELECT record_ref, child_ref FROM intake.record")
    }
    return {
        (gap.child_ref, gap.gap_id): gap.to_wire()
        for chronology in _chronologies(events, children)
        for family in families
        for gap in judge(family, chronology, policy)
    }


def _latest(events: Iterable[Event]) -> dict[Key, Event]:
    latest: dict[Key, Event] = {}
    for event in events:
        known = latest.get(event.key)
        if not event.type.startswith("identity.") and (not known or event.state > known.state):
            latest[event.key] = event
    return latest


def _chronologies(events: Mapping[Key, Event], children: Mapping[str, str]) -> Iterable[Chronology]:
    by_child: dict[str, dict[Key, Event]] = defaultdict(dict)
    by_target: dict[Key, list[Event]] = defaultdict(list)
    training = [event for event in events.values() if event.record_ref is None]
    for event in events.values():
        if event.record_ref is not None:
            by_child[children[event.record_ref]][event.key] = event
        if event.type == RETRACTED:
            target = event.facts["retracts"]
            by_target[target["source"], target["id"]].append(event)
    for child_ref, own in by_child.items():
        staff = {_staff_of(event) for event in own.values()}
        trained = [event for event in training if event.staff_ref in staff]
        held = dict(own)
        _reach(list(own), by_target, held)
        _reach([event.key for event in trained], by_target, held)
        yield Chronology(child_ref, 1, 1, None, False, tuple(held.values()), tuple(trained))  # noqa: FBT003


def _reach(keys: list[Key], by_target: Mapping[Key, list[Event]], held: dict[Key, Event]) -> None:
    """Add every retraction that reaches one of the events, directly or through retractions."""
    while keys:
        found = [one for one in by_target.get(keys.pop(), []) if one.key not in held]
        held.update((one.key, one) for one in found)
        keys.extend(one.key for one in found)


def _staff_of(event: Event) -> str | None:
    practitioner = event.facts.get("practitioner")
    return practitioner.get("staff_ref") if isinstance(practitioner, Mapping) else None


async def believed(connection: "asyncpg.Connection[asyncpg.Record]") -> Beliefs:
    """Read what the ledger believes now of children who are not erased."""
    rows = await connection.fetch(
        "SELECT * FROM ledger.gap WHERE known_to IS NULL AND erased_at IS NULL"
    )
    return {(row["child_ref"], str(row["gap_id"])): _as_published(row) for row in rows}


def _as_published(row: asyncpg.Record) -> dict[str, Any]:
    """Read a ledger row as the gap that a judge published."""
    wire = {name: row[name] for name in Gap.__dataclass_fields__ if name in row.keys()}  # noqa: SIM118
    return wire | {
        "gap_id": str(row["gap_id"]),
        "anchor": {"source": row["anchor_source"], "id": row["anchor_id"]},
        "visible_to": list(row["visible_to"]),
        "opens_at": stamp(row["opens_at"]),
        "closes_at": row["closes_at"] and stamp(row["closes_at"]),
        "why": _decoded(row["why"]),
        "evidence": _decoded(row["evidence"]),
    }


def _decoded(value: Any) -> Any:  # noqa: ANN401 - jsonb comes as text or decoded
    return msgspec.json.decode(value) if isinstance(value, str) else value


def compare(expected: Beliefs, actual: Beliefs) -> list[str]:
    """Name every belief that is missing, too many, or different, with the fields that differ."""
    lines = [f"missing {expected[key]['rule']} {key}" for key in expected.keys() - actual.keys()]
    lines += [f"extra {actual[key]['rule']} {key}" for key in actual.keys() - expected.keys()]
    for key in expected.keys() & actual.keys():
        fields = [name for name in expected[key] if expected[key][name] != actual[key].get(name)]
        if fields:
            lines.append(f"different {expected[key]['rule']} {key}: {', '.join(fields)}")
    return sorted(lines)
