"""What is next to be breached, and what has been? Read in the order in which a queue shows it.

First what is still to come, the soonest first; then what is over its time, the latest first.
All pages are of the moment of the first, so that what comes due meanwhile is on none of them twice.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from asyncpg import Record
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.dashboards.question import Kind, Lesson
from services.dashboards.sight import Sight
from services.runtime import beliefs, cursors
from services.runtime.asking import Arguments, Connection
from services.runtime.cursors import Moment

ROWS: Final = 25
MOST: Final = 10_000
"""No further is it counted: who has more before them needs a filter, not a number."""

Part = Literal["upcoming", "open"]
PARTS: Final[tuple[Part, ...]] = ("upcoming", "open")
_PLACE: Final = "opens_at, gap_id, child_ref"
_WHEN: Final = {"upcoming": "opens_at > {as_of}", "open": "opens_at <= {as_of}"}
_ORDER: Final = {
    "upcoming": (_PLACE, ">"),
    "open": ("opens_at DESC, gap_id DESC, child_ref DESC", "<"),
}
_COLUMNS: Final = ", ".join((*beliefs.COLUMNS, "known_from"))
_NARROWED: Final = ("rule", "lesson", "kind", "agency", "unit")
_OWING: Final = """
SELECT agency, rule FROM ledger.seen_streams($1)
WHERE observed AND told IS NULL AND agency = ANY($2::text[]) ORDER BY agency, rule
"""
STREAMS: Final = 100
"""Whoever owes by no more rules than this is read rule by rule: of each a page, and no more.

Of more the queue as a whole is read: there is hardly anything on it that they do not owe."""
_Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,100}$")]


class QueueAsked(BaseModel):
    """Which work; an empty parameter asks for nothing, as forms send it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: _Code = ""
    lesson: Literal["", Lesson] = ""
    kind: Literal["", Kind] = ""
    agency: _Code = Field("", description="Who owes it.")
    unit: _Code = ""
    state: Literal["", "upcoming", "open"] = Field("", description="Still to come, or over.")
    claim: Literal["", "mine", "free", "claimed"] = Field("", description="Who is at work on it.")
    after: Annotated[str, StringConstraints(max_length=500)] = ""

    @property
    def stated(self) -> dict[str, str]:
        """What narrows the queue, by name."""
        said: dict[str, str] = self.model_dump(exclude={"after"})
        return {name: value for name, value in said.items() if value}

    def place(self) -> "Place | None":
        """Return where the page begins; None for the first. Raises BadCursor."""
        return Place.decode(self.after) if self.after else None

    @property
    def parts(self) -> tuple[Part, ...]:
        """Which parts are asked for, in their order."""
        return PARTS if self.state == "" else (self.state,)


class Place(cursors.Place, frozen=True):
    """The last row of a page, and the moment of the first page."""

    as_of: Moment
    part: Part
    opens_at: Moment
    gap_id: UUID
    child_ref: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,256}$")]


Claimed = tuple[Collection[UUID], bool] | None
"""Gaps to which the claim's filter narrows; False: those that are not among them."""


Stream = tuple[str, str]
"""Who owes by which rule: what they owe by it stands in the queue's order in an index."""


async def owing(connection: Connection, asked: QueueAsked, sight: Sight) -> list[Stream]:
    """Return by the ledger's tally who owes by which rules, of what is asked for."""
    narrowed = {name: value for name, value in asked.stated.items() if name in _NARROWED}
    wire = msgspec.json.encode(narrowed).decode()
    rows = await connection.fetch(_OWING, wire, sorted(sight.owing))
    return [tuple(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Queue:
    """What is asked of the queue, by whom, and as at when."""

    asked: QueueAsked
    sight: Sight
    claimed: Claimed
    streams: Sequence[Stream]
    as_of: datetime

    def rows(self, part: Part, place: Callable[[object], str], since: Place | None = None) -> str:
        """Say which rows are in a part of the queue, of those of `stream` where there are any."""
        return " AND ".join(self._where(part, place, since))

    def _where(
        self, part: Part, place: Callable[[object], str], since: Place | None
    ) -> Iterator[str]:
        if self.streamed:
            yield "(agency, rule) = (stream.agency, stream.rule)"
        else:
            yield f"agency = ANY({place(sorted(self.sight.owing))}::text[])"
        yield "known_to IS NULL AND closes_at IS NULL AND observed"
        yield _WHEN[part].format(as_of=place(self.as_of))
        yield from _narrowed(self.asked, place)
        if self.claimed is not None:
            gap_ids, among = self.claimed
            told = f"gap_id = ANY({place(list(gap_ids))}::uuid[])"
            yield told if among else f"NOT ({told})"
        if since is not None:
            last = ", ".join(map(place, (since.opens_at, since.gap_id, since.child_ref)))
            yield f"(opens_at, gap_id, child_ref) {_ORDER[part][1]} ({last})"

    @property
    def streamed(self) -> bool:
        """Whether it is read rule by rule."""
        return len(self.streams) <= STREAMS

    def each(self, query: str, place: Callable[[object], str]) -> str:
        """Ask once for each stream, where it is read by them."""
        if not self.streamed:
            return query
        agencies, rules = ([each[at] for each in self.streams] for at in (0, 1))
        streams = f"unnest({place(agencies)}::text[], {place(rules)}::text[])"
        return (
            f"SELECT found.* FROM {streams} AS stream (agency, rule) "  # noqa: S608 - our own words
            f"CROSS JOIN LATERAL ({query}) AS found"
        )


def _narrowed(asked: QueueAsked, place: Callable[[object], str]) -> Iterator[str]:
    for name in _NARROWED:
        if value := getattr(asked, name):
            yield f"{name} = {place(value)}"


async def page(
    connection: Connection, queue: Queue, after: Place | None
) -> tuple[list[Record], str | None]:
    """Return the rows of a page, and the place of the next where there is one."""
    rows: list[Record] = []
    for part in queue.asked.parts:
        if after is not None and PARTS.index(part) < PARTS.index(after.part):
            continue
        since = after if after is not None and after.part == part else None
        left = ROWS + 1 - len(rows)
        if left:
            rows += await _part(connection, part, queue, since, left)
    shown = rows[:ROWS]
    if len(rows) <= ROWS:
        return shown, None
    last = shown[-1]
    of: Part = "upcoming" if last["opens_at"] > queue.as_of else "open"
    place = (last["opens_at"], last["gap_id"], last["child_ref"])
    return shown, Place(queue.as_of, of, *place).encode()


async def counts(connection: Connection, queue: Queue) -> dict[Part, int]:
    """Count each part, no further than `MOST`."""
    found: dict[Part, int] = {}
    for part in queue.asked.parts:
        arguments = Arguments()
        where = queue.rows(part, arguments.place)
        one = f"SELECT gap_id FROM ledger.seen_belief WHERE {where} LIMIT {MOST + 1}"  # noqa: S608 - our own words
        each = queue.each(one, arguments.place)
        every = f"SELECT FROM ({each}) AS each LIMIT {MOST + 1}"
        query = f"SELECT count(*) FROM ({every}) AS counted"  # noqa: S608 - our own words
        found[part] = await connection.fetchval(query, *arguments)
    return found


async def one(connection: Connection, gap_id: UUID, sight: Sight) -> Record | None:
    """Return a piece of work that the reader may act on."""
    arguments = Arguments([gap_id])
    owing = arguments.place(sorted(sight.owing))
    query = (
        f"SELECT {_COLUMNS} FROM ledger.seen_belief WHERE gap_id = $1 "  # noqa: S608 - our own words
        f"AND known_to IS NULL AND agency = ANY({owing}::text[]) ORDER BY child_ref LIMIT 1"
    )
    return await connection.fetchrow(query, *arguments)


async def _part(
    connection: Connection, part: Part, queue: Queue, since: Place | None, limit: int
) -> list[Record]:
    """Return the next rows of a part: their places first, each row once it is known to be one."""
    arguments = Arguments()
    order, _ = _ORDER[part]
    ending = f"ORDER BY {order} LIMIT {limit}"
    where = queue.rows(part, arguments.place, since)
    one = f"SELECT {_PLACE} FROM ledger.seen_belief WHERE {where} {ending}"  # noqa: S608 - our own words
    places = f"SELECT * FROM ({queue.each(one, arguments.place)}) AS each {ending}"  # noqa: S608 - our own words
    query = (
        f"SELECT {_COLUMNS} FROM ({places}) AS page "  # noqa: S608 - our own words
        f"JOIN ledger.seen_belief USING ({_PLACE}) WHERE known_to IS NULL ORDER BY {order}"
    )
    return await connection.fetch(query, *arguments)
