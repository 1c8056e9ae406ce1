"""What has happened to these children? Read from chronology's views, which must be granted."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from services.domain.chronology import Chronology, Folded, fold
from services.domain.events import Event
from services.domain.registry import Registry

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"


class Views(NamedTuple):
    """By which views of chronology histories are read."""

    events: str
    retractions: str


WHOLE: Final = Views("chronology.history_event", "chronology.history_retraction")
SEEN: Final = Views("chronology.seen_history", "chronology.seen_retraction")
"""As who asks sees them (`asking`)."""

_EVENTS: Final = "SELECT child_ref, body FROM {events} WHERE child_ref = ANY($1::text[])"
# A retraction belongs to the history of what it retracts, also when another record sent it.
_REACHING: Final = """
WITH RECURSIVE reaching AS (
    SELECT event.child_ref, found.source, found.id
    FROM {events} AS event
    JOIN {retractions} AS found
        ON (found.target_source, found.target_id) = (event.source, event.id)
    WHERE event.child_ref = ANY($1::text[])
    UNION
    SELECT reaching.child_ref, found.source, found.id
    FROM reaching JOIN {retractions} AS found
        ON (found.target_source, found.target_id) = (reaching.source, reaching.id))
SELECT child_ref, body FROM reaching JOIN {retractions} USING (source, id)
"""


async def histories(
    connection: Connection, refs: Sequence[str], registry: Registry, views: Views = WHOLE
) -> Iterator[Folded]:
    """Return the histories of children, without their staff's training; decoded one by one."""
    bodies: defaultdict[str, list[bytes]] = defaultdict(list)
    for query in (_EVENTS, _REACHING):
        for child_ref, body in await connection.fetch(query.format(**views._asdict()), refs):
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
