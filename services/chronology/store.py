"""How is one child's chronology written by one writer at a time?

Locks are taken in one order everywhere: advisory ones on events and staff by number, records by
record_ref, children by child_ref. The advisory locks see to it that a retraction and what it
retracts, or training and an event that names its staff, never pass each other unseen.
"""

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import TypeAlias

import asyncpg

from services.chronology.batch import Arrived, Batch
from services.chronology.change import Change, Known, Move, Reached
from services.domain.events import Key

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_ADVISORY = """
SELECT CASE WHEN alone THEN pg_advisory_xact_lock(number)
            ELSE pg_advisory_xact_lock_shared(number) END
FROM unnest($1::bigint[], $2::boolean[]) AS wanted (number, alone)
"""
_REACHED = """
WITH RECURSIVE reached AS (
    SELECT * FROM unnest($1::text[], $2::text[]) AS target (source, id)
    UNION
    SELECT target_source, target_id FROM reached JOIN retraction USING (source, id))
SELECT source, id, target_source, target_id, record_ref, staff_ref
FROM reached LEFT JOIN event USING (source, id) LEFT JOIN retraction USING (source, id)
"""
_NEW_CHILDREN = "INSERT INTO child (child_ref) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
_NEW_RECORDS = """
INSERT INTO record (record_ref, child_ref)
SELECT ref, ref FROM unnest($1::text[]) AS ref ON CONFLICT DO NOTHING
"""
_NAMING = """
SELECT DISTINCT staff_ref, record_ref FROM event
WHERE staff_ref = ANY($1) AND record_ref IS NOT NULL
"""
_RECORDS = """
SELECT record_ref, child_ref, link_version FROM record
WHERE record_ref = ANY($1) ORDER BY record_ref FOR UPDATE
"""
_CHILDREN = "SELECT FROM child WHERE child_ref = ANY($1) ORDER BY child_ref FOR UPDATE"
_STATES = """
SELECT source, id, feature_version, revision FROM event
JOIN unnest($1::text[], $2::text[]) AS wanted (source, id) USING (source, id)
"""
_MOVE = """
UPDATE record SET child_ref = moved.child_ref, link_version = moved.link_version
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS moved (record_ref, child_ref, link_version)
WHERE record.record_ref = moved.record_ref
"""
# A child without records names where the record of the same ref has gone.
_BUMP = """
UPDATE child SET version = version + 1, merged_into = (
    SELECT gone.child_ref FROM record AS gone
    WHERE gone.record_ref = child.child_ref
      AND NOT EXISTS (SELECT FROM record AS held WHERE held.child_ref = child.child_ref))
WHERE child_ref = ANY($1)
"""
_VERSIONS = "SELECT child_ref, version FROM child WHERE child_ref = ANY($1)"
_CARRY = """
UPDATE event SET child_version = moved.version
FROM unnest($1::text[], $2::bigint[]) AS moved (record_ref, version)
WHERE event.record_ref = moved.record_ref
"""
_EVENTS = """
INSERT INTO event (source, id, type, time, record_ref, staff_ref,
                   feature_version, revision, body, child_version)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[],
                     $7::int[], $8::int[], $9::bytea[], $10::bigint[])
ON CONFLICT (source, id) DO UPDATE SET
    type = excluded.type, time = excluded.time, record_ref = excluded.record_ref,
    staff_ref = excluded.staff_ref, feature_version = excluded.feature_version,
    revision = excluded.revision, body = excluded.body, child_version = excluded.child_version
"""
_RETRACTIONS = """
INSERT INTO retraction (source, id, target_source, target_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
ON CONFLICT (source, id) DO UPDATE SET
    target_source = excluded.target_source, target_id = excluded.target_id
"""
_MOVES = """
INSERT INTO move (record_ref, link_version, from_child, from_version, to_child, to_version)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[])
"""
_TOUCHES = """
INSERT INTO touch (source, id, child_ref, child_version)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
ON CONFLICT (source, id, child_ref) DO UPDATE SET child_version = excluded.child_version
"""
# Due a moment after the first change, so that changes that come together go out together.
_PUBLICATIONS = """
INSERT INTO publication AS waiting (child_ref, version, due_at)
SELECT child_ref, version, clock_timestamp() + $3 * interval '1 millisecond'
FROM unnest($1::text[], $2::bigint[]) AS changed (child_ref, version)
ON CONFLICT (child_ref) DO UPDATE SET version = excluded.version, due_at =
    least(excluded.due_at, CASE WHEN waiting.claimed_until IS NULL THEN waiting.due_at END)
"""


async def lock(connection: Connection, batch: Batch) -> Known:
    """Lock all that the batch may change, making what is new; return what is known of it."""
    reached = await _lock_events_and_staff(connection, batch)
    await _make(connection, batch)
    trained = batch.trained | _trained(reached)
    naming: dict[str, set[str]] = {ref: set() for ref in trained}
    if trained:
        for row in await connection.fetch(_NAMING, list(trained)):
            naming[row["staff_ref"]].add(row["record_ref"])
    records = batch.record_refs.union(
        *naming.values(), (at.record_ref for at in reached.values() if at.record_ref)
    )
    rows = await connection.fetch(_RECORDS, sorted(records))
    holders = {row["record_ref"]: (row["child_ref"], row["link_version"]) for row in rows}
    children = {child for child, _ in holders.values()} | batch.links.keys() | batch.link_targets
    await connection.execute(_CHILDREN, sorted(children))
    states = {
        (row["source"], row["id"]): (row["feature_version"], row["revision"])
        for row in await connection.fetch(_STATES, *_columns(batch.events.keys(), 2))
    }
    return Known(states, holders, reached, naming)


async def _lock_events_and_staff(connection: Connection, batch: Batch) -> Mapping[Key, Reached]:
    """Take the advisory locks; return what the batch's retractions reach.

    What came between looking and locking is locked as well; should that end in a deadlock, the
    whole transaction is tried again.
    """
    reached = await _reach(connection, batch.targets)
    while True:
        wanted = _wanted(batch, reached)
        await connection.execute(_ADVISORY, list(wanted), list(wanted.values()))
        found = await _reach(connection, batch.targets)
        if found.keys() <= reached.keys() and _trained(found) <= _trained(reached):
            return found
        reached = found


def _wanted(batch: Batch, reached: Mapping[Key, Reached]) -> dict[int, bool]:
    """Name the locks in order: True alone (what is retracted, who is trained), False shared."""
    alone = {_number("event", *key) for key in reached}
    alone |= {_number("staff", ref) for ref in batch.trained | _trained(reached)}
    shared = {_number("event", *key) for key in batch.events}
    shared |= {_number("staff", ref) for ref in batch.named}
    return {number: number in alone for number in sorted(alone | shared)}


def _number(*parts: str) -> int:
    """Return the advisory lock's number of a thing."""
    digest = blake2b("\0".join(("chronology", *parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


async def _reach(connection: Connection, targets: Collection[Key]) -> dict[Key, Reached]:
    if not targets:
        return {}
    return {
        (row["source"], row["id"]): Reached(
            (row["target_source"], row["target_id"]) if row["target_id"] is not None else None,
            row["record_ref"],
            row["staff_ref"],
        )
        for row in await connection.fetch(_REACHED, *_columns(targets, 2))
    }


def _trained(reached: Mapping[Key, Reached]) -> set[str]:
    """Name the staff whose training is reached by a retraction."""
    return {at.staff_ref for at in reached.values() if at.staff_ref and at.record_ref is None}


async def _make(connection: Connection, batch: Batch) -> None:
    """Make the records and children that are new."""
    records = batch.record_refs
    await connection.execute(_NEW_CHILDREN, sorted(records | batch.link_targets))
    await connection.execute(_NEW_RECORDS, sorted(records))


async def write(connection: Connection, change: Change, gather_ms: int) -> None:
    """Write a change: each child changed gets one new version, to be published."""
    if not (change.fresh or change.moves):
        return
    await connection.execute(
        _MOVE, *_columns(((m.record_ref, m.to_child, m.link_version) for m in change.moves), 3)
    )
    await connection.execute(_BUMP, sorted(change.children))
    versions = await _versions(connection, change)
    await _write_moves(connection, change.moves, versions)
    await _write_events(connection, change, versions)
    touches = ((*key, child, versions[child]) for key, ch in change.touches.items() for child in ch)
    await connection.execute(_TOUCHES, *_columns(touches, 4))
    due = sorted((child, versions[child]) for child in change.children)
    await connection.execute(_PUBLICATIONS, *_columns(due, 2), gather_ms)


async def _versions(connection: Connection, change: Change) -> dict[str, int]:
    """Return the version of every child concerned."""
    children = change.children.union(*((move.from_child, move.to_child) for move in change.moves))
    rows = await connection.fetch(_VERSIONS, list(children))
    return {row["child_ref"]: row["version"] for row in rows}


async def _write_moves(
    connection: Connection, moves: list[Move], versions: Mapping[str, int]
) -> None:
    if not moves:
        return
    rows = (
        (m.record_ref, m.link_version, m.from_child, versions[m.from_child], m.to_child,
         versions[m.to_child])
        for m in moves
    )  # fmt: skip
    await connection.execute(_MOVES, *_columns(rows, 6))
    carried = ((m.record_ref, versions[m.to_child]) for m in moves if m.from_child != m.to_child)
    await connection.execute(_CARRY, *_columns(carried, 2))


async def _write_events(
    connection: Connection, change: Change, versions: Mapping[str, int]
) -> None:
    rows = (_row(one, change.holder, versions) for one in change.fresh)
    await connection.execute(_EVENTS, *_columns(rows, 10))
    retractions = (
        (*one.event.key, *target) for one in change.fresh if (target := one.retracts) is not None
    )
    await connection.execute(_RETRACTIONS, *_columns(retractions, 4))


def _row(
    one: Arrived, holder: Mapping[str, str], versions: Mapping[str, int]
) -> tuple[object, ...]:
    """Return an event's row; training belongs to no child and has no version of one."""
    event = one.event
    version = versions[holder[event.record_ref]] if event.record_ref is not None else 0
    return (
        event.source, event.id, event.type, event.time, event.record_ref, one.staff_ref,
        event.feature_version, event.revision, one.body, version,
    )  # fmt: skip


def _columns(rows: Iterable[tuple[object, ...]], width: int) -> list[list[object]]:
    """Turn rows into the columns that unnest takes."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns or [[] for _ in range(width)]
