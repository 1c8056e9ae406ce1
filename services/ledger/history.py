"""What has happened to all children, read in bulk? Straight from chronology's tables, by its views.

History is read in chunks of children, each chunk in a snapshot of its own: what counts is that all
that is read of a child is of one version, and that the version is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from services.domain.chronology import Chronology
from services.domain.events import Event
from services.ledger.settings import Settings
from services.runtime import postgres

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

# A child without events weighs as much as one event.
CHUNKS: Final = """
SELECT number::int, coalesce(lag(upto) OVER (ORDER BY number), '') AS after, upto, children, events
FROM (
    SELECT row_number() OVER (ORDER BY place) AS number, max(child_ref) AS upto,
           count(*) AS children, sum(events)::bigint AS events
    FROM (
        SELECT child_ref, events,
               div(sum(events + 1) OVER (ORDER BY child_ref) - 1, $1::bigint) AS place
        FROM (
            SELECT child_ref, count(source) AS events
            FROM chronology.child_position LEFT JOIN chronology.history_event USING (child_ref)
            GROUP BY child_ref
        ) AS counted
    ) AS placed
    GROUP BY place
) AS cut
"""
_MEMBERS: Final = """
SELECT child_ref FROM chronology.child_position WHERE child_ref > $1 AND child_ref <= $2
"""
_POSITIONS: Final = """
SELECT child_ref, version, merged_into, erased FROM chronology.child_position
WHERE child_ref = ANY($1::text[]) ORDER BY child_ref
"""
_EVENTS: Final = """
SELECT child_ref, staff_ref, body FROM chronology.history_event WHERE child_ref = ANY($1::text[])
"""
_TRAINING: Final = """
SELECT staff_ref, body FROM chronology.history_training WHERE staff_ref = ANY($1::text[])
"""
# A retraction belongs to the chronology of what it retracts, also when another record sent it.
_REACHING: Final = """
WITH RECURSIVE reaching AS (
    SELECT event.child_ref, found.source, found.id
    FROM chronology.history_event AS event
    JOIN chronology.history_retraction AS found
        ON (found.target_source, found.target_id) = (event.source, event.id)
    WHERE event.child_ref = ANY($1::text[])
    UNION
    SELECT naming.child_ref, found.source, found.id
    FROM chronology.history_event AS naming
    JOIN chronology.history_training AS training USING (staff_ref)
    JOIN chronology.history_retraction AS found
        ON (found.target_source, found.target_id) = (training.source, training.id)
    WHERE naming.child_ref = ANY($1::text[])
    UNION
    SELECT reaching.child_ref, found.source, found.id
    FROM reaching JOIN chronology.history_retraction AS found
        ON (found.target_source, found.target_id) = (reaching.source, reaching.id))
SELECT child_ref, body FROM reaching JOIN chronology.history_retraction USING (source, id)
"""

_EVENT: Final = msgspec.json.Decoder(Event)

Bodies = Mapping[str, Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """The children after one ref, up to and with another; how many there were, with what events."""

    number: int
    after: str
    upto: str
    children: int
    events: int


@dataclass(frozen=True, slots=True)
class Pages:
    """The rows of some children: nothing is decoded yet."""

    positions: Sequence[asyncpg.Record]
    events: Mapping[str, Sequence[tuple[str | None, bytes]]]
    training: Bodies
    reaching: Bodies

    def chronologies(self) -> Iterator[Chronology]:
        """Decode child by child, as chronology would have published each."""
        trained = {staff: _decoded(bodies) for staff, bodies in self.training.items()}
        for position in self.positions:
            yield self._chronology(position, trained)

    def _chronology(
        self, position: asyncpg.Record, trained: Mapping[str, Sequence[Event]]
    ) -> Chronology:
        ref = position["child_ref"]
        rows = () if position["erased"] else self.events.get(ref, ())
        reaching = () if position["erased"] else self.reaching.get(ref, ())
        named = dict.fromkeys(staff for staff, _ in rows if staff is not None)
        return Chronology(
            child_ref=ref,
            epoch=0,  # of publication, which this is not
            version=position["version"],
            merged_into=position["merged_into"],
            erased=position["erased"],
            events=(*_decoded(body for _, body in rows), *_decoded(reaching)),
            training=tuple(event for staff in named for event in trained.get(staff, ())),
        )


async def open_pool(
    settings: Settings, *, read_only: bool = False
) -> "asyncpg.Pool[asyncpg.Record]":
    """Open a worker's one connection: what it does is bulk, and may take its time."""
    return await postgres.patiently(
        lambda: asyncpg.create_pool(
            settings.postgres_dsn.get_secret_value(),
            min_size=1,
            max_size=1,
            server_settings={
                "timezone": "UTC",
                "plan_cache_mode": "force_custom_plan",  # a plan for any refs takes 4 s, not 10 ms
                "default_transaction_read_only": "on" if read_only else "off",
            },
        )
    )


async def chunks(connection: Connection, events: int) -> list[Chunk]:
    """Cut all children there are now into chunks of about so many events."""
    return [Chunk(**row) for row in await connection.fetch(CHUNKS, events)]


async def members(connection: Connection, chunk: Chunk) -> list[str]:
    """Return the children of a chunk: those of them who came later, too."""
    rows = await connection.fetch(_MEMBERS, chunk.after, chunk.upto)
    return [row["child_ref"] for row in rows]


async def pages(connection: Connection, refs: Sequence[str]) -> Pages:
    """Read these children as one snapshot shows them."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        positions = await connection.fetch(_POSITIONS, refs)
        events: defaultdict[str, list[tuple[str | None, bytes]]] = defaultdict(list)
        for ref, staff, body in await connection.fetch(_EVENTS, refs):
            events[ref].append((staff, body))
        named = {staff for rows in events.values() for staff, _ in rows if staff is not None}
        training = _by_first(await connection.fetch(_TRAINING, list(named)))
        reaching = _by_first(await connection.fetch(_REACHING, refs))
    return Pages(positions, events, training, reaching)


def _by_first(rows: Iterable[asyncpg.Record]) -> Bodies:
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    for first, body in rows:
        found[first].append(body)
    return found


def _decoded(bodies: Iterable[bytes]) -> tuple[Event, ...]:
    """Read events as chronology keeps them; it has checked them, `from_wire` takes seven times."""
    return tuple(map(_EVENT.decode, bodies))
