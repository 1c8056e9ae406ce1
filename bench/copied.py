"""How does one county become as many as there should be children? By SQL alone, table by table.

Every copy has refs of its own and is of this year or one of three before; rows are stored in the
order in which they would have come. What is sealed is cut to 64 bytes, for no list opens it.
Foreign keys are dropped, indexes are made again afterwards.
"""

import asyncio
from collections.abc import Mapping
from itertools import product
from typing import Final

import asyncpg

from services.runtime import clock
from tests.services.conftest import Dsn

SLICES: Final = 40
"""In so many statements a year is copied, one stretch of time after the other."""
YEARS: Final = 4
_FUNCTIONS: Final = """
CREATE SCHEMA bench;
CREATE FUNCTION bench.ref(ref text, n int) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN n = 1 THEN ref ELSE md5(ref || '~' || n) END $$;
CREATE FUNCTION bench.uuid(id uuid, n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN n = 1 THEN id ELSE md5(id::text || n)::uuid END $$;
CREATE FUNCTION bench.mac(mac bytea, n int) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN n = 1 THEN mac ELSE decode(md5(encode(mac, 'hex') || n), 'hex') END $$;
CREATE FUNCTION bench.told(said text, n int) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN n = 1 THEN said ELSE replace(said, '{tag}-', '{tag}n' || n || '-') END $$;
CREATE FUNCTION bench.at(at timestamptz, n int) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT at - ((n - 1) % {years} * 364 * 24) * interval '1 hour' $$;
CREATE FUNCTION bench.believed(at timestamptz, n int) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT bench.at(at, n) - ((n - 1) / {years} % 3 * 31) * interval '24 hours' $$;
CREATE FUNCTION bench.sooner(rank int, place float8, n int) RETURNS float8 LANGUAGE sql IMMUTABLE AS
$$ SELECT place + (CASE rank WHEN 0 THEN -1 ELSE 1 END) * ((n - 1) % {years} * 364 * 86400.0) $$;
CREATE FUNCTION bench.lot(source text, event text) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT (get_byte(hash, 0) * 256 + get_byte(hash, 1)) % 1024
   FROM sha256(convert_to(source || chr(10) || event, 'UTF8')) AS hash $$;
"""
_MANY_KEYS: Final = "ARRAY(SELECT bench.told(one, n) FROM unnest(event_keys) AS one)"
_MANY_GAPS: Final = "ARRAY(SELECT bench.uuid(one, n) FROM unnest(gap_ids) AS one)"
_MANY_RECORDS: Final = "ARRAY(SELECT bench.ref(one, n) FROM unnest(records) AS one)"


def _each(names: str, function: str) -> dict[str, str]:
    return {name: f"bench.{function}({name}, n)" for name in names.split()}


# What differs from copy to copy; every other column is as it was.
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "intake.event": {
        **_each("receipt record_ref", "ref"), **_each("id", "told"),
        **_each("time received_at published_at matched_at", "at"),
        "sealed": "CASE WHEN n = 1 THEN sealed ELSE substr(sealed, 1, 64) END",
    },
    "chronology.event": {
        **_each("record_ref", "ref"), **_each("id", "told"), **_each("time", "at"),
        "body": "CASE WHEN n = 1 THEN body ELSE"
                " convert_to(bench.told(convert_from(body, 'UTF8'), n), 'UTF8') END",
        "stored_at": "bench.at(time, n) + interval '1 hour'",
    },
    "ledger.fact": {
        **_each("child_ref", "ref"), **_each("unit_id", "uuid"),
        **_each("event referral_ref", "told"),
        "day": "day - (n - 1) % 4 * 364", **_each("known_from", "believed"),
    },
    "ledger.dip_referral": {
        **_each("child_ref", "ref"), **_each("event referral_ref", "told"),
        **_each("made_at", "at"), "lot": "bench.lot(source, bench.told(event, n))",
    },
    "ledger.onward": {
        **_each("child_ref item", "ref"), **_each("event service_ref", "told"),
        **_each("made_at accepted_at declined_at started_at ended_at", "at"),
    },
    "ledger.gap": {
        **_each("child_ref", "ref"), **_each("gap_id", "uuid"),
        **_each("anchor_id referral_ref", "told"), **_each("opens_at closes_at", "at"),
        "why": "bench.told(why::text, n)::jsonb",
        "evidence": "bench.told(evidence::text, n)::jsonb",
        "event_keys": _MANY_KEYS, **_each("known_from", "believed"),
    },
    "intake.carried_ref": {**_each("receipt record_ref", "ref"), **_each("ref", "told")},
    "intake.record": {**_each("record_ref child_ref", "ref"), **_each("local_id_mac", "mac")},
    "intake.retraction": {**_each("receipt", "ref"), **_each("target_id", "told")},
    "intake.review": {
        **_each("review_id", "ref"), **_each("value_mac", "mac"), "records": _MANY_RECORDS,
    },
    "chronology.child": _each("child_ref merged_into", "ref"),
    "chronology.record": _each("record_ref child_ref", "ref"),
    "chronology.retraction": _each("id target_id", "told"),
    "ledger.verdict": _each("child_ref", "ref"),
    "alerts.alert": {
        **_each("alert_id", "uuid"), **_each("child_ref", "ref"), "gap_ids": _MANY_GAPS,
        **_each("since round_at climbs_at due_at", "at"), "place": "bench.sooner(rank, place, n)",
    },
    "feedback.entry": {
        **_each("entry_id child_ref", "ref"), **_each("referral_ref id", "told"),
        **_each("gap_id", "uuid"), **_each("at known_at", "at"),
        "seq": "seq + (n - 1)::bigint * (SELECT last FROM feedback.clock)",
    },
}  # fmt: skip
ORDERED: Final[Mapping[str, str]] = {
    "intake.event": "time", "chronology.event": "time", "ledger.fact": "day",
    "ledger.dip_referral": "made_at", "ledger.onward": "made_at",
    "ledger.gap": "opens_at", "alerts.alert": "due_at", "feedback.entry": "known_at",
}  # fmt: skip
"""By what rows come one after the other."""
NOT_COPIED: Final = {"intake.event": "record_ref IS NOT NULL",
                     "chronology.event": "record_ref IS NOT NULL"}  # fmt: skip
_KEYS: Final = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
FROM pg_constraint WHERE contype = 'f'
"""
_INDEXES: Final = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made, conname,
       pg_get_constraintdef(pg_constraint.oid) AS kept
FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid AND contype IN ('p', 'u')
WHERE indrelid = $1::regclass
"""
_COLUMNS: Final = """
SELECT attname FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_FEEDS: Final = """
INSERT INTO chronology.feed_hour
SELECT date_trunc('hour', stored_at), split_part(source, '/', 2),
       coalesce(convert_from(body, 'UTF8')::jsonb #>> '{facts,practitioner,unit}', ''), 0, count(*)
FROM chronology.event WHERE stored_at >= now() - interval '1 year' GROUP BY 1, 2, 3
ON CONFLICT (hour, agency, unit, writer) DO UPDATE SET events = excluded.events
"""
"""By when they would have come: copies carry the bodies of the one county."""
_TICKS: Final = "SELECT DISTINCT known_from FROM ledger.fact ORDER BY 1"


async def copy(dsn: Dsn, tag: str, copies: int) -> None:
    """Make copies 2 to `copies` of everything that pages and lists read, and count them."""
    owner = await asyncpg.connect(dsn("postgres"))
    for row in await owner.fetch(_KEYS):
        await owner.execute(row[0])
    await owner.execute(_FUNCTIONS.format(tag=tag, years=YEARS))
    await owner.execute("TRUNCATE intake.statement, intake.effect, ledger.rollup")
    left = list(TABLES)
    await asyncio.gather(*(_hand(dsn, left, copies) for _ in range(2)))
    await owner.execute("UPDATE feedback.clock SET last = last * $1::bigint", copies)
    await _counted(owner)
    await owner.execute("SELECT ledger.tally_anew(), alerts.tally_anew()")
    await owner.execute(_FEEDS)
    await owner.close()


async def _hand(dsn: Dsn, left: list[str], copies: int) -> None:
    """Copy table after table until none is left."""
    connection = await asyncpg.connect(dsn("postgres"))
    await connection.execute("SET session_replication_role = replica; SET work_mem = '256MB'")
    while left:
        table = left.pop(0)
        began = clock.monotonic()
        await _table(connection, table, copies)
        rows = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - of ours
        print(f"  {rows:>12,} rows in {table}  {clock.monotonic() - began:4.0f} s", flush=True)
    await connection.close()


async def _table(connection: "asyncpg.Connection[asyncpg.Record]", table: str, copies: int) -> None:
    """Copy one table in one transaction, which so need not write a log of it."""
    columns = [row[0] for row in await connection.fetch(_COLUMNS, table)]
    made = TABLES[table]
    values = ", ".join(made.get(column, column) for column in columns)
    where = NOT_COPIED.get(table, "true")
    async with connection.transaction():
        indexes = await connection.fetch(_INDEXES, table)
        order = ORDERED.get(table, columns[0])
        await connection.execute(
            f"CREATE TEMPORARY TABLE base ON COMMIT DROP AS "  # noqa: S608 - of ours
            f"SELECT *, ntile({SLICES}) OVER (ORDER BY {order}) AS slice FROM {table}"
        )
        await connection.execute(f"TRUNCATE {table}")
        for one in indexes:
            await connection.execute(
                f"ALTER TABLE {table} DROP CONSTRAINT {one['conname']}"
                if one["conname"]
                else f"DROP INDEX {one['name']}"
            )
        await connection.execute(
            f"INSERT INTO {table} SELECT {', '.join(columns)} FROM base WHERE NOT ({where})"  # noqa: S608 - of ours
        )
        for year, part in product(range(YEARS, 0, -1), range(1, SLICES + 1)):
            await connection.execute(
                f"INSERT INTO {table} SELECT {values} FROM base, "  # noqa: S608 - of ours
                f"generate_series({year}, {copies}, {YEARS}) AS n WHERE slice = {part} AND {where}"
            )
        for one in indexes:
            await connection.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {one['conname']} {one['kept']}"
                if one["conname"]
                else one["made"]
            )
    await connection.execute(f"VACUUM (ANALYZE) {table}")


async def _counted(owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Count the facts as the ledger does, tick by tick."""
    began = clock.monotonic()
    await owner.execute("SET search_path = ledger; SET work_mem = '256MB'")
    for row in await owner.fetch(_TICKS):
        await owner.execute("SELECT ledger.roll_up($1)", row[0])
    await owner.execute("VACUUM (ANALYZE) ledger.rollup")
    rows = await owner.fetchval("SELECT count(*) FROM ledger.rollup")
    print(f"  {rows:>12,} counts  {clock.monotonic() - began:4.0f} s", flush=True)
