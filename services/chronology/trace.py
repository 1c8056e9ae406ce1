"""On which trace does a child's next version go on? That of the last event that changed it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg

from services.chronology.store import Connection
from services.runtime import tracing
from services.runtime.guard import Message

_CARRY: Final = """
UPDATE publication SET traceparent = said.traceparent
FROM unnest($1::text[], $2::text[]) AS said (record_ref, traceparent)
JOIN record USING (record_ref)
WHERE publication.child_ref = record.child_ref
"""
_TAKE: Final = """
SELECT child_ref, traceparent FROM publication
WHERE child_ref = ANY($1) AND traceparent IS NOT NULL
"""


async def carry(connection: Connection, messages: Sequence[Message], began_at: datetime) -> None:
    """Say that a batch was applied, and with which trace its children's versions go on."""
    said: dict[str, str] = {}
    for message in messages:
        parent = tracing.of(message.headers)
        if parent is None or message.key is None:
            continue
        marked = tracing.mark("in chronology", parent, began_at, {"topic": message.topic})
        if marked is not None:
            said[message.key.decode()] = marked
    if said:
        await connection.execute(_CARRY, list(said), list(said.values()))


async def taken(
    pool: "asyncpg.Pool[asyncpg.Record]", child_refs: Sequence[str], began_at: datetime
) -> dict[str, str | None]:
    """Say that versions are published; return the trace of each that is on one."""
    if not tracing.is_on():
        return {}
    return {
        row["child_ref"]: tracing.mark("chronology published", row["traceparent"], began_at)
        for row in await pool.fetch(_TAKE, child_refs)
    }
