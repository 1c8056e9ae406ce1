"""What is next to be breached, and what has been? Read in the order in which a queue shows it.

First what is still to come, the soonest first; then what is over its time, the latest first.
All pages are of the moment of the first, so that what comes due meanwhile is on none of them twice.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from asyncpg import Record
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.dashboards.question import Kind, Lesson
from services.dashboards.sight import Sight
from services.runtime import beliefs, cursors
from services.runtime.asking import Connection
from services.runtime.cursors import Moment

ROWS: Final = 25
MOST: Final = 10_000
"""No further is it counted: who has more before them needs a filter, not a number."""

Part = Literal["upcoming", "open"]
PARTS: Final[tuple[Part, ...]] = ("upcoming", "open")
_WHEN: Final = {"upcoming": "opens_at > {as_of}", "open": "opens_at <= {as_of}"}
_ORDER: Final = {
    "upcoming": ("opens_at, gap_id, child_ref", ">"),
    "open": ("opens_at DESC, gap_id DESC, child_ref DESC", "<"),
}
_COLUMNS: Final = ", ".join((*beliefs.COLUMNS, "known_from"))
# What has an end in days to come is counted in: too much, never too little.
_OWED: Final = """
SELECT coalesce(sum(believed - closed), 0) <> 0 FROM ledger.seen_tally($1)
WHERE rule = $2 AND observed AND agency = ANY($3::text[])
"""
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


class _Arguments(list[object]):
    """The values of a statement; each is given its place."""

    def place(self, value: object) -> str:
        self.append(value)
        return f"${len(self)}"


Claimed = tuple[Collection[UUID], bool] | None
"""Gaps to which the claim's filter narrows; False: those that are not among them."""


async def owed(connection: Connection, asked: QueueAsked, sight: Sight, as_of: datetime) -> bool:
    """Say by the ledger's tally whether anything can be on the queue, where one rule is asked for.

    Where its agencies owe nothing by it, those of all others would be read in vain.
    """
    if not asked.rule:
        return True
    owing = sight.owing & {asked.agency} if asked.agency else sight.owing
    any_of_it: bool = await connection.fetchval(_OWED, as_of, asked.rule, sorted(owing))
    return any_of_it


async def page(  # noqa: PLR0913 - what a page is made of
    connection: Connection,
    asked: QueueAsked,
    sight: Sight,
    claimed: Claimed,
    after: Place | None,
    as_of: datetime,
) -> tuple[list[Record], str | None]:
    """Return the rows of a page, and the place of the next where there is one."""
    rows: list[Record] = []
    for part in asked.parts:
        if after is not None and PARTS.index(part) < PARTS.index(after.part):
            continue
        since = after if after is not None and after.part == part else None
        left = ROWS + 1 - len(rows)
        if left:
            rows += await _part(connection, part, asked, sight, claimed, since, left, as_of)
    shown = rows[:ROWS]
    if len(rows) <= ROWS:
        return shown, None
    last = shown[-1]
    of: Part = "upcoming" if last["opens_at"] > as_of else "open"
    return shown, Place(as_of, of, last["opens_at"], last["gap_id"], last["child_ref"]).encode()


async def counts(
    connection: Connection, asked: QueueAsked, sight: Sight, claimed: Claimed, as_of: datetime
) -> dict[Part, int]:
    """Count each part, no further than `MOST`."""
    found: dict[Part, int] = {}
    for part in asked.parts:
        arguments = _Arguments()
        where = " AND ".join(_where(part, asked, sight, claimed, as_of, arguments.place))
        query = (
            f"SELECT count(*) FROM (SELECT FROM ledger.seen_belief WHERE {where} "  # noqa: S608 - our own words
            f"LIMIT {MOST + 1}) AS counted"
        )
        found[part] = await connection.fetchval(query, *arguments)
    return found


async def one(connection: Connection, gap_id: UUID, sight: Sight) -> Record | None:
    """Return a piece of work that the reader may act on."""
    arguments = _Arguments([gap_id])
    owing = arguments.place(sorted(sight.owing))
    query = (
        f"SELECT {_COLUMNS} FROM ledger.seen_belief WHERE gap_id = $1 "  # noqa: S608 - our own words
        f"AND known_to IS NULL AND agency = ANY({owing}::text[]) ORDER BY child_ref LIMIT 1"
    )
    return await connection.fetchrow(query, *arguments)


async def _part(  # noqa: PLR0913 - what a page is made of
    connection: Connection,
    part: Part,
    asked: QueueAsked,
    sight: Sight,
    claimed: Claimed,
    since: Place | None,
    limit: int,
    as_of: datetime,
) -> list[Record]:
    arguments = _Arguments()
    where = " AND ".join(_where(part, asked, sight, claimed, as_of, arguments.place))
    order, beyond = _ORDER[part]
    if since is not None:
        last = ", ".join(map(arguments.place, (since.opens_at, since.gap_id, since.child_ref)))
        where += f" AND (opens_at, gap_id, child_ref) {beyond} ({last})"
    query = (
        f"SELECT {_COLUMNS} FROM ledger.seen_belief WHERE {where} "  # noqa: S608 - our own words
        f"ORDER BY {order} LIMIT {limit}"
    )
    return await connection.fetch(query, *arguments)


def _where(  # noqa: PLR0913 - what a page is made of
    part: Part,
    asked: QueueAsked,
    sight: Sight,
    claimed: Claimed,
    as_of: datetime,
    place: Callable[[object], str],
) -> Iterator[str]:
    """Say which rows are in a part of the queue; sight is the first condition."""
    yield f"agency = ANY({place(sorted(sight.owing))}::text[])"
    yield "known_to IS NULL AND closes_at IS NULL AND observed"
    yield _WHEN[part].format(as_of=place(as_of))
    for name in ("rule", "lesson", "kind", "agency", "unit"):
        if value := getattr(asked, name):
            yield f"{name} = {place(value)}"
    if claimed is not None:
        gap_ids, among = claimed
        told = f"gap_id = ANY({place(list(gap_ids))}::uuid[])"
        yield told if among else f"NOT ({told})"
