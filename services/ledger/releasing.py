"""What is published next of the measures, and with which cells hidden?

Months that are over are counted as known at their end; the first release of all takes the months
before it as they are known when it is made.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import repeat
from typing import Final

from asyncpg import Record

from services.domain.measures.months import Month, Period
from services.domain.measures.tally import NOTHING, Tally
from services.domain.moments import LONDON, london_day
from services.domain.registry import Registry
from services.domain.releases.deciding import Block, Decided, decide
from services.domain.releases.grid import MONTH, Cell, Grid, Level
from services.domain.releases.hiding import Solver
from services.domain.releases.links import families
from services.domain.releases.system import Link
from services.ledger.history import Connection
from services.ledger.released import write

MOST_MONTHS: Final = 36
"""How far back the first release goes."""
BODY: Final = "oversight-body"

_COUNTS: Final = """
SELECT measure, agency, age, area, ethnicity, sex, unit,
       count(*) FILTER (WHERE state IN ('met', 'missed')) AS units,
       count(*) FILTER (WHERE state = 'met') AS met,
       count(*) FILTER (WHERE state = 'missing') AS missing,
       count(*) FILTER (WHERE state = 'not-judged') AS not_judged
FROM fact
WHERE day >= $1 AND day < $2 AND agency = ANY($4::text[])
  AND known_from <= $3 AND (known_to IS NULL OR known_to > $3)
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
"""
_FIRST: Final = "SELECT min(day) FROM fact WHERE known_to IS NULL AND agency = ANY($1::text[])"
_MONTHS: Final = """
SELECT month, known_at FROM release_month JOIN release USING (body, number) WHERE body = $1
"""
_SHOWN: Final = """
SELECT measure, since, units, met FROM release_cell
WHERE body = $1 AND months = 1 AND since >= $2 AND since < $3
UNION ALL SELECT measure, since, NULL, NULL FROM release_withheld
WHERE body = $1 AND months = 1 AND since >= $2 AND since < $3
"""
_NUMBER: Final = "SELECT coalesce(max(number), 0) + 1 FROM release WHERE body = $1"


Each = Callable[..., Iterable[Decided]]
"""Does with everything the same, as `map` does."""


@dataclass(frozen=True, slots=True)
class Body:
    """Who is published to, and the agencies that are counted."""

    id: str
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A release: of which months, and how many cells are shown whole, in part and not at all.

    `withheld`: how many tables and months of a measure are never published, each for too few.
    """

    body: str
    number: int
    known_at: datetime
    months: tuple[Month, ...]
    shown: int
    partly: int
    hidden: int
    withheld: int


def bodies(registry: Registry) -> list[Body]:
    """Return every oversight body, with the agencies in its areas."""
    return [
        Body(
            one.id,
            tuple(
                sorted(
                    other.id
                    for other in registry.agencies.values()
                    if set(other.areas) & set(one.areas) and other.kind != BODY
                )
            ),
        )
        for one in registry.agencies.values()
        if one.kind == BODY
    ]


async def release(  # noqa: PLR0913 - what a release is made of
    connection: Connection,
    body: Body,
    grid: Grid,
    solver: Solver,
    now: datetime,
    each: Each = map,
) -> list[Made]:
    """Publish every month that is over and was not published, each in a release of its own.

    Of the first release all months are one. The caller's transaction makes it whole.
    `each`: decides measures that share counts apart from all others, one after another or at once.
    """
    known = {
        Month.of(row["month"]): row["known_at"] for row in await connection.fetch(_MONTHS, body.id)
    }
    last = Month.of(london_day(now)).after(-1)
    if not known:
        first = await connection.fetchval(_FIRST, list(body.agencies))
        if first is None or Month.of(first) > last:
            return []
        since = max(Month.of(first), last.after(1 - MOST_MONTHS))
        since = grid.block_of(since).first
        watermark = await connection.fetchval("SELECT last FROM belief_clock")
        due = [(tuple(Period(since, last)), watermark)]
    else:
        due = [((month,), begin(month.after(1))) for month in Period(max(known).after(1), last)]
    made = []
    for months, known_at in due:
        known |= dict.fromkeys(months, known_at)
        made.append(await _make(connection, body, grid, solver, months, known, now, each))
    return made


async def _make(  # noqa: PLR0913 - what a release is made of
    connection: Connection,
    body: Body,
    grid: Grid,
    solver: Solver,
    months: tuple[Month, ...],
    known: Mapping[Month, datetime],
    now: datetime,
    each: Each,
) -> Made:
    number: int = await connection.fetchval(_NUMBER, body.id)
    known_at = known[months[-1]]
    await connection.execute(
        "INSERT INTO release VALUES ($1, $2, $3, $4)", body.id, number, now, known_at
    )
    await connection.executemany(
        "INSERT INTO release_month VALUES ($1, $2, $3)",
        [(body.id, month.first, number) for month in months],
    )
    counted, before = [], []
    for block in dict.fromkeys(grid.block_of(month) for month in months):
        own = [month for month in block if month in known and month <= months[-1]]
        counts = {month: await _counted(connection, body, month, known[month]) for month in own}
        shown = await _shown(connection, body, block)
        for members, links in families():
            counted.append((block, _block(members, links, grid, counts, len(block))))
            before.append(shown)
    levels: list[Level] = []
    withheld = 0
    decided = each(decide, [one for _, one in counted], before, repeat(solver))
    for (block, one), found in zip(counted, decided, strict=True):
        levels += [level for _, level in found.cells.values()]
        withheld += await write(connection, (body.id, number), block, one, found)
    tally = {level: levels.count(level) for level in ("all", "units", "none")}
    return Made(
        body.id, number, known_at, months, tally["all"], tally["units"], tally["none"], withheld
    )


def _block(
    members: tuple[str, ...],
    links: tuple[Link, ...],
    grid: Grid,
    counts: Mapping[Month, Sequence[Record]],
    length: int,
) -> Block:
    """Lay out what was counted of some measures, as far as the months of a block go."""
    whole = len(counts) == length
    found: dict[Cell, Tally] = {
        Cell(measure, MONTH, (str(month),)): NOTHING for measure in members for month in counts
    }
    for month, rows in counts.items():
        for row in rows:
            if row["measure"] in members:
                for by in (MONTH, *grid.tables) if whole else (MONTH,):
                    groups = tuple(str(month) if n == "month" else row[n] for n in by)
                    cell = Cell(row["measure"], by, groups)
                    found[cell] = found.get(cell, NOTHING).plus(_tally(row))
    return Block(grid, members, links, found, whole)


async def _counted(
    connection: Connection, body: Body, month: Month, known_at: datetime
) -> list[Record]:
    return await connection.fetch(
        _COUNTS, month.first, month.after(1).first, known_at, list(body.agencies)
    )


async def _shown(connection: Connection, body: Body, block: Period) -> dict[Cell, Level]:
    """Return what is shown of the months of a block that were published, or withheld, before."""
    rows = await connection.fetch(_SHOWN, body.id, block.first.first, block.last.after(1).first)
    return {
        Cell(row["measure"], MONTH, (str(Month.of(row["since"])),)): _level(row) for row in rows
    }


def _level(row: Record) -> Level:
    if row["units"] is None:
        return "none"
    return "units" if row["met"] is None else "all"


def _tally(row: Record) -> Tally:
    return Tally(row["units"], row["met"], row["missing"], row["not_judged"])


def begin(month: Month) -> datetime:
    """When a month of London begins."""
    day: date = month.first
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)
