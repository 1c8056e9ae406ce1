"""What has happened to the children about whom a referral was made within a time?

Read from chronology's tables by its views; rows are decoded, and nothing of them is kept.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from services.dashboards.store import Connection
from services.domain.chronology import Chronology, Folded, fold
from services.domain.events import Event
from services.domain.registry import Registry

_CHILDREN: Final = """
SELECT DISTINCT child_ref
FROM chronology.event_kind
JOIN chronology.history_event USING (source, id)
JOIN chronology.child_position USING (child_ref)
WHERE type = 'referral.made.v1' AND time >= $1 AND time < $2 AND NOT erased
"""
_EVENTS: Final = """
SELECT child_ref, body FROM chronology.history_event WHERE child_ref = ANY($1::text[])
"""
# A retraction belongs to the history of what it retracts, also when another record sent it.
_REACHING: Final = """
WITH RECURSIVE reaching AS (
    SELECT event.child_ref, found.source, found.id
    FROM chronology.history_event AS event
    JOIN chronology.history_retraction AS found
        ON (found.target_source, found.target_id) = (event.source, event.id)
    WHERE event.child_ref = ANY($1::text[])
    UNION
    SELECT reaching.child_ref, found.source, found.id
    FROM reaching JOIN chronology.history_retraction AS found
        ON (found.target_source, found.target_id) = (reaching.source, reaching.id))
SELECT child_ref, body FROM reaching JOIN chronology.history_retraction USING (source, id)
"""


async def histories(
    connection: Connection, within: tuple[datetime, datetime], registry: Registry
) -> Iterator[Folded]:
    """Return the histories of the children about whom a referral was made within a time."""
    refs = [row["child_ref"] for row in await connection.fetch(_CHILDREN, *within)]
    bodies: defaultdict[str, list[bytes]] = defaultdict(list)
    for query in (_EVENTS, _REACHING):
        for child_ref, body in await connection.fetch(query, refs):
            bodies[child_ref].append(body)
    return (fold(_chronology(ref, found), registry) for ref, found in bodies.items())


def _chronology(child_ref: str, bodies: list[bytes]) -> Chronology:
    decode: Any = msgspec.json.decode
    return Chronology(
        child_ref=child_ref,
        epoch=0,  # of publication, which this is not
        version=0,
        merged_into=None,
        erased=False,
        events=tuple(Event.from_wire(decode(body)) for body in bodies),
        training=(),
    )
