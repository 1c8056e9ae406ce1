"""How is what was decided of a block written down? Of what is hidden or withheld, no number."""

from collections.abc import Iterable, Iterator
from typing import Final

from services.domain.measures.catalogue import MEASURES
from services.domain.measures.months import Month, Period
from services.domain.releases.deciding import Block, Decided, Levels
from services.domain.releases.grid import MONTH, Grid
from services.ledger.history import Connection

_COLUMNS: Final = (
    "body", "number", "measure", "version", "since", "months", "by_one", "by_two", "one", "two",
    "units", "met", "missing", "not_judged",
)  # fmt: skip
_WITHHELD: Final = ("body", "number", "measure", "since", "months", "by_one", "by_two")


async def write(
    connection: Connection, of: tuple[str, int], block: Period, counted: Block, decided: Decided
) -> int:
    """Write what is published of some measures; return how many tables and months are withheld.

    `of`: the body and the number of the release.
    """
    rows = [(*of, *row) for row in _rows(block, decided.cells, counted.grid)]
    await connection.copy_records_to_table("release_cell", records=rows, columns=_COLUMNS)
    left_out = [(*of, *row) for row in _left_out(block, counted.measures, decided)]
    await connection.copy_records_to_table("release_withheld", records=left_out, columns=_WITHHELD)
    return len(left_out)


def _rows(block: Period, cells: Levels, grid: Grid) -> Iterator[tuple[object, ...]]:
    """Lay out what is published now: of what is hidden, nothing."""
    for cell, (tally, level) in cells.items():
        monthly = cell.by == MONTH
        by, groups = ((), ()) if monthly else (cell.by, cell.groups)
        beside = [
            None if not monthly or grid.small(count) else count
            for count in (tally.missing, tally.not_judged)
        ]
        yield (
            cell.measure, MEASURES[cell.measure].version,
            Month.read(cell.groups[0]).first if monthly else block.first.first,
            1 if monthly else len(block), *_two(by), *_two(groups),
            None if level == "none" else tally.units, tally.met if level == "all" else None,
            *beside,
        )  # fmt: skip


def _left_out(
    block: Period, measures: Iterable[str], decided: Decided
) -> Iterator[tuple[object, ...]]:
    """Lay out what is withheld: tables of the block, and months."""
    for by in decided.tables:
        for measure in measures:
            yield (measure, block.first.first, len(block), *_two(by))
    for cell in decided.months:
        yield (cell.measure, Month.read(cell.groups[0]).first, 1, *_two(()))


def _two(names: tuple[str, ...]) -> tuple[str, str]:
    one, two, *_ = (*names, "", "")
    return one, two
