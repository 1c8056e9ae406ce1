"""How is what was told kept, and numbered in the order of commit?

Whoever writes holds the clock's row from the beginning: entries are numbered as they are committed,
and what is read after the lock is all that stands.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec
from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from services.domain.events import Key
from services.domain.gaps import Gap
from services.feedback.facts import Entry, Fact
from services.feedback.standing import Standing
from services.runtime import beliefs, clock

Connection: TypeAlias = "PoolConnectionProxy[Record]"
Place = tuple[datetime, UUID]
"""Up to where changes of belief were followed: a moment of the ledger, and a gap."""

_LOCK: Final = "SELECT last, known_at, gap_id FROM clock FOR UPDATE"
_ENTRIES: Final = """
INSERT INTO entry (seq, entry_id, agency, type, at, known_at, child_ref, referral_ref, source, id,
                   gap_id, data)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
                     $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[],
                     $11::uuid[], $12::jsonb[])
"""
_FACTS: Final = """
SELECT fact.* FROM fact
JOIN unnest($1::text[], $2::text[]) AS wanted (source, id) USING (source, id)
"""
_END_FACTS: Final = """
DELETE FROM fact USING unnest($1::text[], $2::text[], $3::text[]) AS ended (source, id, agency)
WHERE (fact.source, fact.id, fact.agency) = (ended.source, ended.id, ended.agency)
"""
_BEGIN_FACTS: Final = """
INSERT INTO fact (source, id, agency, step, child_ref, referral_ref, at, by, code)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::timestamptz[], $8::text[], $9::text[])
"""
_MOVE_FACTS: Final = """
UPDATE fact SET child_ref = moved.child_ref
FROM unnest($1::text[], $2::text[], $3::text[]) AS moved (source, id, child_ref)
WHERE (fact.source, fact.id) = (moved.source, moved.id)
"""
_MOVE_ENTRIES: Final = """
UPDATE entry SET child_ref = moved.child_ref
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS moved (source, id, was, child_ref)
WHERE entry.child_ref = moved.was AND (entry.source, entry.id) = (moved.source, moved.id)
"""
_MOVE_GAPS: Final = """
UPDATE entry SET child_ref = moved.child_ref
FROM unnest($1::uuid[], $2::text[]) AS moved (gap_id, child_ref)
WHERE entry.gap_id = moved.gap_id AND entry.child_ref IS NOT NULL
"""
_FORGET: Final = (
    """UPDATE entry SET (child_ref, referral_ref, source, id, gap_id)
                      = (NULL, NULL, NULL, NULL, NULL) WHERE child_ref = ANY($1::text[])""",
    "DELETE FROM fact WHERE child_ref = ANY($1::text[])",
    "DELETE FROM gap WHERE child_ref = ANY($1::text[])",
)
_WATERMARK: Final = "SELECT last FROM ledger.watermark"
_CHANGED: Final = """
SELECT at, gap_id FROM (
    (SELECT known_from AS at, gap_id FROM ledger.belief
     WHERE (known_from, gap_id) > ($1, $2) AND known_from <= $3
     ORDER BY known_from, gap_id LIMIT $4)
    UNION
    (SELECT known_to, gap_id FROM ledger.belief
     WHERE (known_to, gap_id) > ($1, $2) AND known_to <= $3
     ORDER BY known_to, gap_id LIMIT $4)) AS changed
ORDER BY at, gap_id LIMIT $4
"""
_BELIEVED: Final = """
SELECT DISTINCT ON (gap_id) * FROM ledger.belief
WHERE gap_id = ANY($1::uuid[]) AND known_to IS NULL ORDER BY gap_id, known_from DESC
"""
_STANDING: Final = "SELECT * FROM gap WHERE gap_id = ANY($1::uuid[])"
_DUE: Final = "SELECT * FROM gap WHERE due_at <= $1 ORDER BY due_at, gap_id, agency LIMIT $2"
_PUT: Final = """
INSERT INTO gap (gap_id, agency, child_ref, rule, kind, lesson, owed_by, referral_ref, source, id,
                 opens_at, closes_at, said, gone_at, due_at, changed)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[],
                     $12::timestamptz[], $13::text[], $14::timestamptz[], $15::timestamptz[],
                     $16::boolean[])
ON CONFLICT (gap_id, agency) DO UPDATE SET
    (child_ref, rule, kind, lesson, owed_by, referral_ref, source, id, opens_at, closes_at, said,
     gone_at, due_at, changed)
    = (excluded.child_ref, excluded.rule, excluded.kind, excluded.lesson, excluded.owed_by,
       excluded.referral_ref, excluded.source, excluded.id, excluded.opens_at, excluded.closes_at,
       excluded.said, excluded.gone_at, excluded.due_at, excluded.changed)
"""
_DROP: Final = """
DELETE FROM gap USING unnest($1::uuid[], $2::text[]) AS dropped (gap_id, agency)
WHERE (gap.gap_id, gap.agency) = (dropped.gap_id, dropped.agency)
"""
_FOLLOWED: Final = "UPDATE clock SET (known_at, gap_id) = ($1, $2)"
_NUMBERED: Final = "UPDATE clock SET last = $1"


async def lock(connection: Connection) -> tuple[int, Place]:
    """Make every other writer wait until commit; return the last number, and what was followed."""
    row = await connection.fetchrow(_LOCK)
    if row is None:
        raise LookupError("the feed has no clock")
    return row["last"], (row["known_at"], row["gap_id"])


async def tell(connection: Connection, last: int, entries: Sequence[Entry], now: datetime) -> None:
    """Write entries after the last number."""
    if not entries:
        return
    rows = (
        (
            number, clock.new_ref(), it.agency, it.type, it.at, now, it.child_ref, it.referral_ref,
            it.source, it.id, it.gap_id, msgspec.json.encode(it.data).decode(),
        )
        for number, it in enumerate(entries, start=last + 1)
    )  # fmt: skip
    await connection.execute(_ENTRIES, *_columns(rows))
    await connection.execute(_NUMBERED, last + len(entries))


async def facts_of(connection: Connection, keys: Collection[Key]) -> list[Fact]:
    """Return what was told of these events."""
    return [Fact(**row) for row in await connection.fetch(_FACTS, *_columns(keys, 2))]


async def put_facts(
    connection: Connection, ended: Iterable[Fact], begun: Iterable[Fact], moved: Mapping[Fact, str]
) -> None:
    """Note what stands no more, what stands now, and what stands in another child's history."""
    names = ((fact.source, fact.id, fact.agency) for fact in ended)
    await connection.execute(_END_FACTS, *_columns(names, 3))
    fields = Fact.__slots__
    rows = (tuple(getattr(fact, field) for field in fields) for fact in begun)
    columns = dict(zip(fields, _columns(rows, len(fields)), strict=True))
    order = ("source", "id", "agency", "step", "child_ref", "referral_ref", "at", "by", "code")
    await connection.execute(_BEGIN_FACTS, *(columns[field] for field in order))
    now = ((fact.source, fact.id, fact.child_ref) for fact in moved)
    await connection.execute(_MOVE_FACTS, *_columns(now, 3))
    was = ((fact.source, fact.id, before, fact.child_ref) for fact, before in moved.items())
    await connection.execute(_MOVE_ENTRIES, *_columns(was, 4))


async def forget(connection: Connection, erased: Collection[str]) -> None:
    """Take out of the feed all that could lead to children who were erased."""
    for query in _FORGET if erased else ():
        await connection.execute(query, list(erased))


async def watermark(connection: Connection) -> datetime:
    """Return the moment up to which all that the ledger believes is committed."""
    at: datetime = await connection.fetchval(_WATERMARK)
    return at


async def changed(connection: Connection, after: Place, upto: datetime, most: int) -> list[Place]:
    """Return whose belief changed, in order, from one place up to a moment."""
    rows = await connection.fetch(_CHANGED, *after, upto, most)
    return [(row["at"], row["gap_id"]) for row in rows]


async def believed(connection: Connection, gap_ids: Collection[UUID]) -> list[Gap]:
    """Return those of these gaps that are believed now."""
    return [beliefs.from_row(row) for row in await connection.fetch(_BELIEVED, list(gap_ids))]


async def standing(connection: Connection, gap_ids: Collection[UUID]) -> list[Standing]:
    """Return what was said of these gaps."""
    return [_standing(row) for row in await connection.fetch(_STANDING, list(gap_ids))]


async def due(connection: Connection, now: datetime, most: int) -> list[Standing]:
    """Return the gaps of which there is something to tell, the longest due first."""
    return [_standing(row) for row in await connection.fetch(_DUE, now, most)]


async def put_standings(connection: Connection, kept: Collection[Standing]) -> None:
    """Note how gaps stand; those that are gone, and nothing is said of them any more, are not."""
    ended = [it for it in kept if it.gone_at is not None and it.due_at is None]
    await connection.execute(_DROP, *_columns((it.name for it in ended), 2))
    fields = Standing.__slots__
    rows = (tuple(getattr(it, field) for field in fields) for it in kept if it not in ended)
    await connection.execute(_PUT, *_columns(rows, len(fields)))


async def move_gaps(connection: Connection, moved: Mapping[str, str]) -> None:
    """Note in whose history these gaps stand now."""
    await connection.execute(_MOVE_GAPS, list(moved), list(moved.values()))


async def followed(connection: Connection, place: Place) -> None:
    """Note up to where changes of belief were followed."""
    await connection.execute(_FOLLOWED, *place)


def _standing(row: Record) -> Standing:
    return Standing(**{**row, "gap_id": str(row["gap_id"])})


def _columns(rows: Iterable[Sequence[Any]], width: int = 0) -> list[list[Any]]:
    """Turn rows into the columns that unnest takes."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns or [[] for _ in range(width)]
