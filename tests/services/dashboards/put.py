"""Events put straight into the chronology, as its own service would have stored them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from services.domain.moments import moment
from tests.services.conftest import Pool

_EVENT = """
INSERT INTO event (source, id, type, time, record_ref, feature_version, revision, body,
                   child_version, stored_at)
VALUES ($1, $2, $3, $4, $5, 1, 0, $6, 1, $7)
"""


async def put(  # noqa: PLR0913 - each is a field of the event, by name
    pool: Pool,
    event_id: str,
    *,
    agency: str = "norfolk-police",
    at: str = "2026-03-02T09:00:00Z",
    kind: str = "police.child-detained.v1",
    child_ref: str | None = None,
    facts: Mapping[str, Any] | None = None,
    stored_at: datetime | None = None,
) -> tuple[str, str]:
    """Store one event, and the child where one is named; returns its key."""
    if child_ref is not None:
        await pool.execute("INSERT INTO child VALUES ($1) ON CONFLICT DO NOTHING", child_ref)
        await pool.execute("INSERT INTO record VALUES ($1, $1) ON CONFLICT DO NOTHING", child_ref)
    body = {"agency": agency, "received_at": at, "facts": dict(facts or {})}
    source = f"/{agency}/cases"
    said = msgspec.json.encode(body)
    await pool.execute(
        _EVENT, source, event_id, kind, moment(at), child_ref, said, stored_at or moment(at)
    )
    return source, event_id


async def retract(pool: Pool, of: tuple[str, str], *, by: str = "norfolk-police") -> None:
    """Store the retraction of an event."""
    source, event_id = await put(pool, f"not-{of[1]}", agency=by, kind="event.retracted.v1")
    await pool.execute("INSERT INTO retraction VALUES ($1, $2, $3, $4)", source, event_id, *of)
