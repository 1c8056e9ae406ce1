"""What does a measure show to who may not see cases? What was published, and sums of that alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from asyncpg import Record
from fastapi.exceptions import RequestValidationError

from services.dashboards import measures_withheld
from services.dashboards.desk import Desk
from services.dashboards.handlers import Forbidden
from services.dashboards.measure_counts import NAMES, NOTHING, UNPUBLISHED, Count, Shown, total
from services.dashboards.measures import looked_back
from services.dashboards.measures_question import MeasureQuestion
from services.dashboards.measures_withheld import Withheld
from services.domain.equity_groups import GROUPS
from services.domain.measures.definition import Measure
from services.domain.measures.months import Month, Period
from services.domain.moments import stamp
from services.domain.releases.grid import Grid
from services.domain.suppression import HIDDEN
from services.runtime.asking import Connection, asking
from services.runtime.auth import Caller
from services.runtime.questions import fault

ROLES: Final = frozenset({"pcc-analyst", "pcc-editor"})
WHY: Final = (
    "Figures are of releases: months that are over, as known at a month's end, on a fixed grid. "
    'Numbers from 1 to 5 are hidden as "c", and others with them, so that no small number can be '
    "worked out. 0 is shown as 0. Of groups only whole blocks of months are shown."
)

_LATEST: Final = """
SELECT number, made_at, known_at FROM ledger.seen_release
WHERE known_at <= $1 ORDER BY number DESC LIMIT 1
"""
_CELLS: Final = """
SELECT measure, since, months, one, two, units, met, missing, not_judged
FROM ledger.seen_release_cell
WHERE measure = ANY($1::text[]) AND by_one = $2 AND by_two = $3 AND months = $4 AND number <= $5
  AND since >= $6 AND since < $7
"""

_BLOCKS: Final = """
SELECT since, months FROM ledger.seen_release_pack WHERE name = $1 ORDER BY since DESC
"""


def may(caller: Caller) -> bool:
    """Say whether a caller is shown releases, and nothing beside them."""
    return caller.role in ROLES


async def released(
    desk: Desk, caller: Caller, measure: Measure, asked: MeasureQuestion, now: datetime
) -> Shown:
    """Read what was published of some months. Raises Forbidden, and RequestValidationError."""
    (shown,) = await released_all(desk, caller, (measure,), asked, now)
    return shown


async def released_all(
    desk: Desk,
    caller: Caller,
    found: Sequence[Measure],
    asked: MeasureQuestion,
    now: datetime,
) -> list[Shown]:
    """Read several measures at once, as `released` does one; by groups only one."""
    if not may(caller):
        raise Forbidden
    place = _place(asked, desk.grid)
    async with asking(desk.readers, caller) as connection:
        latest = await connection.fetchrow(_LATEST, asked.known_at or now)
        as_of = min(asked.as_of or now, now)
        if latest is None:
            nothing = Shown("release", asked.period(as_of), as_of, now, beyond=False, why=WHY)
            return [nothing for _ in found]
        period = asked.period(min(as_of, latest["known_at"]))
        own = ([measure.id for measure in found], latest["number"])
        months = await _months(connection, own, looked_back(period))
        whole = await _whole(connection, own, looked_back(period), desk.grid)
        withheld = await measures_withheld.read(connection, *own, period)
        blocks = _blocks(period, desk.grid)
        rows, together = (
            await _groups(connection, own, place, blocks, withheld) if asked.by else ({}, None)
        )
    return [
        Shown(
            basis="release",
            period=period,
            as_of=as_of,
            known_at=latest["known_at"],
            beyond=False,
            why=WHY,
            release={
                "number": latest["number"],
                "made_at": stamp(latest["made_at"]),
                "known_at": stamp(latest["known_at"]),
                "not_published": measures_withheld.told(withheld[measure.id]),
            },
            months=months[measure.id],
            blocks=whole[measure.id],
            rows=_named(rows, asked, place),
            rows_period=Period(blocks[0].first, blocks[-1].last) if blocks and asked.by else None,
            rows_total=together,
        )
        for measure in found
    ]


async def published(desk: Desk, caller: Caller, name: str) -> list[Period]:
    """Return the blocks of months of which a pack was published, the last first."""
    async with asking(desk.readers, caller) as connection:
        rows = await connection.fetch(_BLOCKS, name)
    firsts = [(Month.of(row["since"]), row["months"]) for row in rows]
    return [Period(first, first.after(months - 1)) for first, months in firsts]


def _blocks(period: Period, grid: Grid) -> list[Period]:
    """Return the whole blocks of months within a period."""
    blocks = dict.fromkeys(grid.block_of(month) for month in period)
    return [each for each in blocks if each.first >= period.first and each.last <= period.last]


def _place(asked: MeasureQuestion, grid: Grid) -> tuple[str, ...]:
    """Name the table that is asked for, as it is kept. RequestValidationError if there is none."""
    if asked.only:
        raise RequestValidationError([fault(name, "not-released") for name in asked.only])
    wanted = asked.dimensions
    for table in (*grid.tables, *grid.margins()):
        if set(table) == set(wanted) and len(table) == len(wanted):
            return table
    raise RequestValidationError([fault("by", "not-released")])


async def _months(
    connection: Connection, own: tuple[list[str], int], period: Period
) -> dict[str, dict[Month, Count]]:
    measures, number = own
    rows = await connection.fetch(
        _CELLS, measures, "", "", 1, number, period.first.first, period.last.after(1).first
    )
    found: dict[str, dict[Month, Count]] = {measure: {} for measure in measures}
    for row in rows:
        found[row["measure"]][Month.of(row["since"])] = _count(row)
    return found


async def _whole(
    connection: Connection, own: tuple[list[str], int], period: Period, grid: Grid
) -> dict[str, dict[Period, Count]]:
    """Return the totals of whole blocks that were published, by measure."""
    measures, number = own
    within = (period.first.first, period.last.after(1).first)
    rows = await connection.fetch(_CELLS, measures, "", "", grid.block, number, *within)
    found: dict[str, dict[Period, Count]] = {measure: {} for measure in measures}
    for row in rows:
        found[row["measure"]][grid.block_of(Month.of(row["since"]))] = _count(row)
    return found


async def _groups(
    connection: Connection,
    own: tuple[list[str], int],
    place: tuple[str, ...],
    blocks: Sequence[Period],
    withheld: Mapping[str, Sequence[Withheld]],
) -> tuple[dict[tuple[str, ...], Count], Count | None]:
    """Add up whole blocks, by group and in all.

    What is hidden in one is hidden in the sum, and none is left out.
    """
    if not blocks:
        return {}, None
    measures, number = own
    one, two, *_ = (*place, "", "")
    within = (blocks[0].first.first, blocks[-1].last.after(1).first)
    length = len(blocks[0])
    rows = await connection.fetch(_CELLS, measures, one, two, length, number, *within)
    whole = await connection.fetch(_CELLS, measures, "", "", length, number, *within)
    by_group: dict[tuple[str, ...], list[Count]] = {}
    for row in rows:
        groups = (row["one"], row["two"])[: len(place)]
        by_group.setdefault(groups, []).append(_count(row))
    missing = any(Withheld(block, place) in withheld[measures[0]] for block in blocks)
    if missing or len(whole) < len(blocks):
        return dict.fromkeys(by_group, UNPUBLISHED), UNPUBLISHED
    summed = {groups: total(counts) for groups, counts in by_group.items()}
    return summed, total(_count(row) for row in whole)


def _named(
    rows: Mapping[tuple[str, ...], Count], asked: MeasureQuestion, place: tuple[str, ...]
) -> dict[tuple[str, ...], Count]:
    """Put groups in the order that was asked for; a group that is known of has a row."""
    order = [place.index(name) for name in asked.dimensions]
    named = {tuple(groups[at] for at in order): count for groups, count in rows.items()}
    if rows and len(asked.dimensions) == 1:
        for group in GROUPS.get(asked.dimensions[0], ()):
            named.setdefault((group,), NOTHING)
    return dict(sorted(named.items()))


def _count(row: Record) -> Count:
    return {name: HIDDEN if row[name] is None else row[name] for name in NAMES}
