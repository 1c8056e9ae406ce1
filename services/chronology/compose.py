"""What is a child's chronology as it is published? Composed from the tables, many at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import asyncpg
import msgspec

from services.domain.events import Key

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_CHILDREN = """
SELECT child_ref, version, merged_into, erased, (SELECT epoch FROM state) AS epoch, salt, keys
FROM child LEFT JOIN erasure USING (child_ref) WHERE child_ref = ANY($1)
"""
# Order is Python's, not the database's: by code points.
_ORDER = 'ORDER BY time, source COLLATE "C", id COLLATE "C"'
_EVENTS: Final = f"""
SELECT child_ref, source, id, time, body FROM record JOIN event USING (record_ref)
WHERE child_ref = ANY($1) {_ORDER}
"""  # noqa: S608 - put together of constants
_TRAINING: Final = f"""
SELECT child_ref, training.source, training.id, training.time, training.body
FROM (SELECT DISTINCT child_ref, staff_ref FROM record JOIN event USING (record_ref)
      WHERE child_ref = ANY($1) AND staff_ref IS NOT NULL) AS named
JOIN event AS training ON training.staff_ref = named.staff_ref AND training.record_ref IS NULL
{_ORDER}
"""  # noqa: S608 - put together of constants
# A retraction belongs to the chronology of what it retracts, also when another record sent it.
_REACHING = """
WITH RECURSIVE reaching AS (
    SELECT child_ref, retraction.source, retraction.id
    FROM record JOIN event USING (record_ref)
    JOIN retraction ON (target_source, target_id) = (event.source, event.id)
    WHERE child_ref = ANY($1)
    UNION
    SELECT child_ref, retraction.source, retraction.id
    FROM record JOIN event AS naming USING (record_ref)
    JOIN event AS training ON training.staff_ref = naming.staff_ref AND training.record_ref IS NULL
    JOIN retraction ON (target_source, target_id) = (training.source, training.id)
    WHERE child_ref = ANY($1)
    UNION
    SELECT child_ref, retraction.source, retraction.id
    FROM reaching JOIN retraction ON (target_source, target_id) = (reaching.source, reaching.id))
SELECT child_ref, source, id, time, body FROM reaching JOIN event USING (source, id)
"""


@dataclass(frozen=True, slots=True)
class Composed:
    """One child's chronology, ready to be published."""

    child_ref: str
    version: int
    value: bytes


class _Events:
    """The events of one child, in order, each once."""

    def __init__(self, rows: Sequence[asyncpg.Record]) -> None:
        self._rows = list(rows)

    def add(self, rows: Sequence[asyncpg.Record]) -> None:
        """Add what is not there yet, each in its place."""
        known: set[Key] = {(row["source"], row["id"]) for row in self._rows}
        new = [row for row in rows if (row["source"], row["id"]) not in known]
        if new:
            self._rows += new
            self._rows.sort(key=lambda row: (row["time"], row["source"], row["id"]))

    def bodies(self) -> list[msgspec.Raw]:
        """Return the events as they came."""
        return [msgspec.Raw(row["body"]) for row in self._rows]


async def compose(
    pool: "asyncpg.Pool[asyncpg.Record]", child_refs: Sequence[str]
) -> list[Composed]:
    """Compose the chronologies of these children as one snapshot shows them."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        children = await connection.fetch(_CHILDREN, child_refs)
        events = await _by_child(connection, _EVENTS, child_refs)
        training = await _by_child(connection, _TRAINING, child_refs)
        reaching = await _by_child(connection, _REACHING, child_refs)
    composed = []
    for child in children:
        child_ref = child["child_ref"]
        whole = _Events(events[child_ref])
        whole.add(reaching[child_ref])
        composed.append(_composed(child, whole, _Events(training[child_ref])))
    return composed


async def _by_child(
    connection: Connection, query: str, child_refs: Sequence[str]
) -> defaultdict[str, list[asyncpg.Record]]:
    rows: defaultdict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in await connection.fetch(query, child_refs):
        rows[row["child_ref"]].append(row)
    return rows


def _erasure(child: asyncpg.Record) -> dict[str, object]:
    """Tell who hears of an erasure how to rename what figures need, and which events are gone."""
    if child["salt"] is None:
        return {}
    return {"erasure": {"salt": child["salt"], "keys": child["keys"]}}


def _composed(child: asyncpg.Record, events: _Events, training: _Events) -> Composed:
    """Put a chronology together; the events' own bytes are not read again."""
    erased = child["erased"]
    value = msgspec.json.encode(
        {
            "schema": 1,
            "child_ref": child["child_ref"],
            "epoch": child["epoch"],
            "version": child["version"],
            "merged_into": child["merged_into"],
            "erased": erased,
            "events": [] if erased else events.bodies(),
            "training": [] if erased else training.bodies(),
            **_erasure(child),
        }
    )
    return Composed(child["child_ref"], child["version"], value)
