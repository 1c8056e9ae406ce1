"""How are alerts kept, and from what are they worked out?

Beliefs come from the ledger in commit order, up to its watermark. What people said comes from
chronology by the moment of storing; since such a transaction may commit late, what was stored up to
ten minutes before the position is read again each time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from services.alerts.rows import COLUMNS, to_row
from services.domain.alert_episodes import Belief
from services.domain.alerts import Alert
from services.domain.events import Event

Connection: TypeAlias = "PoolConnectionProxy[Record]"

OVERLAP: Final = timedelta(minutes=10)
PATIENCE: Final = 120.0
"""Seconds that putting a whole rebuild on the agenda may take."""

_NOTICE_BELIEFS: Final = """
WITH moved AS (SELECT beliefs, last FROM position, ledger.watermark WHERE last > beliefs),
changed AS (
    SELECT child_ref FROM ledger.belief, moved WHERE known_from > beliefs AND known_from <= last
    UNION
    SELECT child_ref FROM ledger.belief, moved WHERE known_to > beliefs AND known_to <= last),
listed AS (
    INSERT INTO agenda (child_ref, due_at) SELECT child_ref, $1 FROM changed ORDER BY child_ref
    ON CONFLICT (child_ref) DO UPDATE SET due_at = least(agenda.due_at, excluded.due_at))
UPDATE position SET beliefs = moved.last FROM moved
"""
_NOTICE_WORDS: Final = """
WITH heard AS (
    SELECT child_ref, stored_at
    FROM chronology.alert_heard, position WHERE stored_at > words - $2::interval),
listed AS (
    INSERT INTO agenda (child_ref, due_at)
    SELECT DISTINCT child_ref, $1::timestamptz FROM heard
    WHERE NOT heard.stored_at = ANY ($3::timestamptz[]) ORDER BY child_ref
    ON CONFLICT (child_ref) DO UPDATE SET due_at = least(agenda.due_at, excluded.due_at)),
moved AS (
    UPDATE position SET words = latest.stored_at
    FROM (SELECT max(stored_at) AS stored_at FROM heard) AS latest
    WHERE latest.stored_at > position.words)
SELECT stored_at FROM heard
"""
_TAKE: Final = """
SELECT child_ref FROM agenda WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_BELIEFS: Final = """
SELECT gap_id::text AS gap_id, child_ref, rule, lesson, kind, observed, agency, visible_to, unit,
       opens_at, closes_at, known_from, known_to
FROM ledger.belief
WHERE gap_id IN (SELECT gap_id FROM ledger.belief WHERE child_ref = ANY($1::text[]))
"""
_WORDS: Final = """
SELECT child_ref, source, id, body FROM chronology.alert_word WHERE child_ref = ANY($1::text[])
"""
_RETRACTIONS: Final = """
SELECT found.source, found.id, found.target_source, found.target_id, found.body
FROM chronology.history_retraction AS found
JOIN unnest($1::text[], $2::text[]) AS target (source, id)
    ON (found.target_source, found.target_id) = (target.source, target.id)
"""
_HELD: Final = """
SELECT alert_id, child_ref, state, history FROM alert WHERE child_ref = ANY($1::text[])
"""
_PUT: Final = f"""
INSERT INTO alert ({", ".join(COLUMNS)})
VALUES ({", ".join(f"${place}" for place in range(1, len(COLUMNS) + 1))})
ON CONFLICT (alert_id) DO UPDATE SET
    ({", ".join(COLUMNS[2:])}) = ({", ".join(f"excluded.{name}" for name in COLUMNS[2:])})
"""  # noqa: S608 - column names of ours
_AGAIN: Final = """
INSERT INTO agenda (child_ref, due_at) SELECT * FROM unnest($1::text[], $2::timestamptz[])
ON CONFLICT (child_ref) DO UPDATE SET due_at = excluded.due_at
"""
_OVER: Final = """
    state = 'resolved', reason = {reason}, by_agency = NULL, by_unit = NULL, climbs_at = NULL,
    since = $1, step = 0, rank = 2, place = -extract(epoch FROM $1::timestamptz),
    history = history || jsonb_build_array(jsonb_build_object('at', $1::timestamptz, 'state',
        'resolved', 'reason', {reason}, 'by', NULL, 'unit', NULL, 'step', 0, 'gaps', 0))
"""
_ERASED: Final = f"""
UPDATE alert SET child_ref = NULL, gap_ids = '{{}}', {_OVER.format(reason="'erased'")}
FROM ledger.erased WHERE sha256(convert_to(alert.child_ref, 'UTF8')) = erased.digest
"""  # noqa: S608 - our own words
_OFF_THE_AGENDA: Final = """
DELETE FROM agenda USING ledger.erased
WHERE sha256(convert_to(agenda.child_ref, 'UTF8')) = erased.digest
"""
_DOUBTED: Final = """
INSERT INTO agenda (child_ref, due_at)
SELECT DISTINCT child_ref, $1::timestamptz FROM alert
WHERE state <> 'resolved' AND child_ref IS NOT NULL AND EXISTS (
    SELECT FROM unnest(gap_ids) AS named (gap_id)
    WHERE NOT EXISTS (SELECT FROM ledger.belief WHERE belief.gap_id = named.gap_id))
ON CONFLICT (child_ref) DO UPDATE SET due_at = least(agenda.due_at, excluded.due_at)
"""
_GONE: Final = f"""
UPDATE alert SET {_OVER.format(reason="'gap-withdrawn'")} WHERE alert_id = ANY($2::uuid[])
"""  # noqa: S608 - our own words


class Held(NamedTuple):
    """An alert as it is kept."""

    state: str
    history: list[dict[str, Any]]


async def notice(
    connection: Connection, now: datetime, known: Sequence[datetime]
) -> list[datetime]:
    """Put every child on the agenda of whom something was heard since; forget nothing.

    `known` are the moments that the call before returned: what is read again is not done again.
    """
    await connection.execute(f"SET LOCAL statement_timeout = '{PATIENCE:.0f}s'")
    await connection.execute(_NOTICE_BELIEFS, now, timeout=PATIENCE)
    heard = await connection.fetch(_NOTICE_WORDS, now, OVERLAP, known)
    return [row["stored_at"] for row in heard]


async def take(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Return children who are due, locked on the agenda until the transaction ends."""
    return [row["child_ref"] for row in await connection.fetch(_TAKE, now, limit)]


async def watermark(connection: Connection) -> datetime:
    """Return the moment up to which belief is settled; it may be ahead of our clock."""
    last: datetime = await connection.fetchval("SELECT last FROM ledger.watermark")
    return last


async def beliefs(connection: Connection, refs: Sequence[str]) -> dict[str, list[Belief]]:
    """Return by child all that was ever believed of every gap that was ever the child's."""
    rows = [_belief(row) for row in await connection.fetch(_BELIEFS, refs)]
    children: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        children[row.gap_id].add(row.child_ref)
    found: defaultdict[str, list[Belief]] = defaultdict(list)
    for row in rows:
        for child_ref in children[row.gap_id]:
            found[child_ref].append(row)
    return found


def _belief(row: Record) -> Belief:
    return Belief(**{**row, "visible_to": tuple(row["visible_to"])})


async def events(connection: Connection, refs: Sequence[str]) -> dict[str, list[Event]]:
    """Return by child what people said of its alerts, and what was said to take it back."""
    child_of: dict[tuple[str, str], str] = {}
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for row in await connection.fetch(_WORDS, refs):
        child_of[row["source"], row["id"]] = row["child_ref"]
        found[row["child_ref"]].append(_event(row["body"]))
    reaching = list(child_of)
    while reaching:
        sources, ids = zip(*reaching, strict=True)
        rows = await connection.fetch(_RETRACTIONS, sources, ids)
        fresh = [row for row in rows if (row["source"], row["id"]) not in child_of]
        for row in fresh:
            child_ref = child_of[row["target_source"], row["target_id"]]
            child_of[row["source"], row["id"]] = child_ref
            found[child_ref].append(_event(row["body"]))
        reaching = [(row["source"], row["id"]) for row in fresh]
    return found


def _event(body: bytes) -> Event:
    return Event.from_wire(msgspec.json.decode(body))


async def held(connection: Connection, refs: Sequence[str]) -> dict[str, Held]:
    """Return the alerts of these children as they are kept, by their ids."""
    rows = await connection.fetch(_HELD, refs)
    return {
        str(row["alert_id"]): Held(row["state"], msgspec.json.decode(row["history"]))
        for row in rows
    }


async def put(connection: Connection, alerts: Iterable[Alert]) -> None:
    """Keep how these alerts stand."""
    await connection.executemany(_PUT, [to_row(alert) for alert in alerts])


async def look_again(connection: Connection, due: Mapping[str, datetime | None]) -> None:
    """Put children on the agenda for when time changes something, and take off the others."""
    later = {ref: at for ref, at in due.items() if at is not None}
    done = [ref for ref in due if ref not in later]
    await connection.execute("DELETE FROM agenda WHERE child_ref = ANY($1::text[])", done)
    await connection.execute(_AGAIN, list(later), list(later.values()))


async def forget_erased(connection: Connection, now: datetime) -> None:
    """Leave of the alerts of erased children what counts are made of.

    Gaps of others that rested on an erased child's events are gone from the ledger without a
    change of belief: who had an alert of such a gap is looked at again.
    """
    await connection.execute(_ERASED, now)
    await connection.execute(_OFF_THE_AGENDA)
    await connection.execute(_DOUBTED, now)


async def end(connection: Connection, alert_ids: Sequence[str], now: datetime) -> None:
    """Resolve alerts of gaps of which nothing is known any more."""
    await connection.execute(_GONE, now, [UUID(alert_id) for alert_id in alert_ids])
