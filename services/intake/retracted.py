"""Which events of these records are retracted, as the fold would say?"""

from collections.abc import Collection, Mapping
from typing import TypeAlias

import asyncpg

from services.domain.events import RETRACTED, Event, Key
from services.domain.registry import Registry
from services.domain.retraction import Reason, retracted

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_RETRACTIONS = """
WITH RECURSIVE reaching AS (
    SELECT r.receipt, r.target_source, r.target_id
    FROM event AS e JOIN retraction AS r ON (r.target_source, r.target_id) = (e.source, e.id)
    WHERE e.record_ref = ANY($1)
    UNION
    SELECT r.receipt, r.target_source, r.target_id
    FROM reaching JOIN event AS e USING (receipt)
    JOIN retraction AS r ON (r.target_source, r.target_id) = (e.source, e.id))
SELECT e.source, e.id, e.time, e.received_at, e.agency, target_source, target_id
FROM reaching JOIN event AS e USING (receipt)
"""


async def retracted_among(
    connection: Connection, records: Collection[str], registry: Registry
) -> set[Key]:
    """Name the events of these records that are retracted, as the fold would."""
    rows = await connection.fetch(_RETRACTIONS, list(records))
    retractions = [_retraction(row) for row in rows]
    keys = {one.key for one in retractions}
    targets = {(row["target_source"], row["target_id"]): row for row in rows}
    others = [_stub(key, row) for key, row in targets.items() if key not in keys]
    outcome = retracted((*retractions, *others), registry)
    return {key for key, reason in outcome.items() if reason is Reason.RETRACTED}


def _retraction(row: asyncpg.Record) -> Event:
    facts = {"retracts": {"source": row["target_source"], "id": row["target_id"]}}
    return _event((row["source"], row["id"]), RETRACTED, row, facts)


def _stub(key: Key, row: asyncpg.Record) -> Event:
    """Stand for an event of which no more need be known than that it is there."""
    return _event(key, "", row, {})


def _event(key: Key, event_type: str, row: asyncpg.Record, facts: Mapping[str, object]) -> Event:
    return Event(
        source=key[0], id=key[1], type=event_type, time=row["time"],
        received_at=row["received_at"], agency=row["agency"], record_ref=None, staff_ref=None,
        feature_version=0, revision=0, facts=facts,
    )  # fmt: skip
