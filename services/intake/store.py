"""How are events kept? Everything of a chunk in set-based statements, inside one transaction.

Rows are always written in one order (records, staff, events, what hangs on them; each sorted), so
that two chunks wait for each other but never deadlock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import asyncpg

from services.domain.events import Event, Key
from services.intake.candidates import Candidate
from services.intake.vault import SealingKey, Vault
from services.runtime import clock

Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)
"""A connection in a transaction of the caller's."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose key seals an event: a record (then with its child), or a member of staff."""

    ref: str
    key: SealingKey
    child_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An event that is kept already."""

    receipt: str
    body_mac: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate on its way in, with everything that its rows need."""

    candidate: Candidate
    receipt: str
    record_ref: str | None
    staff_ref: str | None
    sealed: bytes
    age: int | None
    published: Event
    topic: str
    value: bytes
    identity: tuple[bytes, bytes | None] | None = None
    """What it says of who the child is: its MAC; sealed, where it is not held yet."""
    original: tuple[str, bytes] | None = None
    traceparent: str | None = None


_KNOWN = """
SELECT e.source, e.id, e.receipt, e.body_mac
FROM event e JOIN unnest($1::text[], $2::text[]) AS k(source, id)
  ON e.source = k.source AND e.id = k.id
"""
_RECORDS = """
SELECT agency, local_id_mac AS mac, record_ref AS ref, child_ref, wrapped_key, master_key_id
FROM record WHERE agency = $1 AND local_id_mac = ANY($2)
"""
_RECORDS_BY_REF = """
SELECT record_ref AS ref, child_ref, wrapped_key, master_key_id FROM record
WHERE record_ref = ANY($1)
"""
_NEW_RECORDS = """
INSERT INTO record (record_ref, agency, local_id_mac, wrapped_key, master_key_id, child_ref,
                    created_at)
SELECT ref, $1, mac, wrapped, master, ref, $6
FROM unnest($2::text[], $3::bytea[], $4::bytea[], $5::text[]) AS n(ref, mac, wrapped, master)
ORDER BY mac ON CONFLICT (agency, local_id_mac) DO NOTHING
"""
_STAFF = """
SELECT ref_mac AS mac, staff_ref AS ref, NULL AS child_ref, wrapped_key, master_key_id
FROM staff WHERE agency = $1 AND ref_mac = ANY($2)
"""
_NEW_STAFF = """
INSERT INTO staff (staff_ref, agency, ref_mac, wrapped_key, master_key_id)
SELECT ref, $1, mac, wrapped, master
FROM unnest($2::text[], $3::bytea[], $4::bytea[], $5::text[]) AS n(ref, mac, wrapped, master)
ORDER BY mac ON CONFLICT (agency, ref_mac) DO NOTHING
"""
_HELD = """
SELECT i.record_ref, i.identity_mac, i.sealed FROM identity i JOIN event e USING (receipt)
WHERE i.record_ref = ANY($1) ORDER BY e.time, e.source, e.id
"""
# One statement, so one round trip. What hangs on an event is written only where the event was.
_KEEP = """
WITH kept AS (
    INSERT INTO event (receipt, source, id, type, time, received_at, agency, record_ref, staff_ref,
                       body_mac, sealed, feature_version, published_age)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
                         $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::bytea[],
                         $11::bytea[], $12::int[], $13::int[])
    ON CONFLICT (source, id) DO NOTHING RETURNING receipt),
stated AS (
    INSERT INTO statement (receipt, record_ref, nhs_mac, upn_mac, birth_mac, sex, identity_mac)
    SELECT n.* FROM unnest($14::text[], $15::text[], $16::bytea[], $17::bytea[], $18::bytea[],
                           $19::text[], $20::bytea[])
        AS n(receipt, record_ref, nhs, upn, birth, sex, identity_mac)
    JOIN kept USING (receipt)),
said AS (
    INSERT INTO identity (receipt, record_ref, identity_mac, sealed)
    SELECT n.* FROM unnest($21::text[], $22::text[], $23::bytea[], $24::bytea[])
        AS n(receipt, record_ref, mac, sealed)
    JOIN kept USING (receipt) ORDER BY n.record_ref, n.mac
    ON CONFLICT DO NOTHING),
carried AS (
    INSERT INTO carried_ref (receipt, kind, ref, record_ref, type, agency)
    SELECT n.* FROM unnest($25::text[], $26::text[], $27::text[], $28::text[], $29::text[],
                           $30::text[]) AS n(receipt, kind, ref, record_ref, type, agency)
    JOIN kept USING (receipt)),
retracted AS (
    INSERT INTO retraction (receipt, target_source, target_id)
    SELECT n.* FROM unnest($31::text[], $32::text[], $33::text[]) AS n(receipt, source, id)
    JOIN kept USING (receipt)),
made_from AS (
    INSERT INTO original (receipt, media, sealed)
    SELECT n.* FROM unnest($39::text[], $40::text[], $41::bytea[]) AS n(receipt, media, sealed)
    JOIN kept USING (receipt)),
sent AS (
    INSERT INTO outbox (receipt, topic, key, value, traceparent)
    SELECT n.* FROM unnest($34::text[], $35::text[], $36::bytea[], $37::bytea[], $38::text[])
        AS n(receipt, topic, key, value, traceparent)
    JOIN kept USING (receipt))
SELECT receipt FROM kept
"""


async def known_events(connection: Connection, keys: Iterable[Key]) -> dict[Key, Known]:
    """Return those of the events that are kept already."""
    rows = await connection.fetch(_KNOWN, *_columns(list(keys), 2))
    return {(r["source"], r["id"]): Known(r["receipt"], r["body_mac"]) for r in rows}


async def records(
    connection: Connection, vault: Vault, agency: str, macs: Iterable[bytes]
) -> dict[bytes, Owner]:
    """Return an agency's records by the MAC of its local id."""
    rows = await connection.fetch(_RECORDS, agency, list(macs))
    return {row["mac"]: _owner(vault, row) for row in rows}


async def records_by_ref(
    connection: Connection, vault: Vault, refs: Iterable[str]
) -> dict[str, Owner]:
    """Return records by their record_ref."""
    rows = await connection.fetch(_RECORDS_BY_REF, list(refs))
    return {row["ref"]: _owner(vault, row) for row in rows}


async def allot_records(
    connection: Connection, vault: Vault, agency: str, macs: Iterable[bytes], now: datetime
) -> dict[bytes, Owner]:
    """Give each local id a record of its own; where another was quicker, return that one's."""
    made = {mac: clock.new_ref() for mac in sorted(macs)}
    if not made:
        return {}
    await connection.execute(_NEW_RECORDS, agency, *_keyed(vault, made), now)
    return await records(connection, vault, agency, made)


async def staff(
    connection: Connection, vault: Vault, agency: str, macs: Iterable[bytes]
) -> dict[bytes, Owner]:
    """Return an agency's staff by the MAC of their ref, allotting a random one to who is new."""
    wanted = set(macs)
    rows = await connection.fetch(_STAFF, agency, list(wanted)) if wanted else []
    made = {mac: clock.new_ref() for mac in sorted(wanted - {row["mac"] for row in rows})}
    if made:
        await connection.execute(_NEW_STAFF, agency, *_keyed(vault, made))
        rows = [*rows, *await connection.fetch(_STAFF, agency, list(made))]
    return {row["mac"]: _owner(vault, row) for row in rows}


async def held_identities(
    connection: Connection, refs: Iterable[str]
) -> list[tuple[str, bytes, bytes]]:
    """Return (record_ref, MAC, sealed) of all that is said of who these records' children are."""
    rows = await connection.fetch(_HELD, list(refs))
    return [(row["record_ref"], row["identity_mac"], row["sealed"]) for row in rows]


async def keep(connection: Connection, entries: Sequence[Entry]) -> set[str]:
    """Write the events and all that hangs on them; return the receipts that were kept.

    A receipt that is missing belongs to an event that another request has kept meanwhile.
    """
    rows = await connection.fetch(_KEEP, *_event_columns(entries), *_hanging_columns(entries))
    return {row["receipt"] for row in rows}


def _event_columns(entries: Sequence[Entry]) -> list[list[Any]]:
    rows = [
        (e.receipt, c.source, c.id, c.type, c.time, e.published.received_at, c.agency,
         e.record_ref, e.staff_ref, c.body_mac, e.sealed, e.published.feature_version, e.age)
        for e in entries for c in (e.candidate,)
    ]  # fmt: skip
    return _columns(rows, 13)


def _hanging_columns(entries: Sequence[Entry]) -> list[list[Any]]:
    """Columns of statements, identities, refs, retractions, outbox, originals, for _KEEP."""
    stated = [
        (e.receipt, e.record_ref, c.nhs_mac, c.upn_mac, c.birth_mac, (c.child or {}).get("sex"),
         e.identity[0] if e.identity else None)
        for e in entries for c in (e.candidate,) if c.child
    ]  # fmt: skip
    said = [(e.receipt, e.record_ref, *e.identity) for e in entries if e.identity and e.identity[1]]
    refs = [
        (e.receipt, kind, ref, e.record_ref, e.candidate.type, e.candidate.agency)
        for e in entries if e.record_ref for kind, ref in e.candidate.refs
    ]  # fmt: skip
    retractions = [(e.receipt, *e.candidate.retracts) for e in entries if e.candidate.retracts]
    outbox = [
        (e.receipt, e.topic, (e.record_ref or e.staff_ref or "").encode(), e.value, e.traceparent)
        for e in entries
    ]
    originals = [(e.receipt, *e.original) for e in entries if e.original]
    parts = ((stated, 7), (said, 4), (refs, 6), (retractions, 3), (outbox, 5), (originals, 3))
    return [column for rows, width in parts for column in _columns(rows, width)]


def _keyed(vault: Vault, made: Mapping[bytes, str]) -> list[list[Any]]:
    """Columns of new owners: ref, MAC, wrapped key, master key."""
    rows = [
        (ref, mac, key.wrapped, key.master_key_id)
        for mac, ref in made.items()
        for key in (vault.new_key(ref),)
    ]
    return _columns(rows, 4)


def _owner(vault: Vault, row: asyncpg.Record) -> Owner:
    key = vault.key_of(row["ref"], row["wrapped_key"], row["master_key_id"])
    return Owner(row["ref"], key, row["child_ref"])


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Turn rows into the columns that `unnest` takes."""
    return [[row[place] for row in rows] for place in range(width)]
