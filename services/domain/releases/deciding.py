"""What of a block of months is published, of measures that share counts? Whatever can be made safe.

Where a small number of a table can be told whatever is hidden, the table is withheld: nothing of it
is shown, not even which of its groups are nobody's. If need be all tables are, and then a month.
Who is shown nothing more knows nothing more, so there is always an end.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from services.domain.measures.tally import Tally
from services.domain.releases.grid import MONTH, By, Cell, Grid, Level
from services.domain.releases.hiding import Solver, Unprotected, hide
from services.domain.releases.system import Link, System

Levels = dict[Cell, tuple[Tally, Level]]
"""By cell: its count, and what is shown of it."""


@dataclass(frozen=True, slots=True)
class Block:
    """What was counted of some measures in a block of months, as far as it goes.

    `counts` holds the cells of the tables of the grid, and of the months that there are so far.
    """

    grid: Grid
    measures: tuple[str, ...]
    links: tuple[Link, ...]
    counts: Mapping[Cell, Tally]
    whole: bool
    """Whether the block is over: then its tables are published."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What is published now, and what never is, since too few are in it to hide among."""

    cells: Levels
    tables: tuple[By, ...] = ()
    """Tables and margins of the block that are withheld of all its measures."""
    months: tuple[Cell, ...] = ()
    """Months that are withheld, each of one measure."""


def decide(block: Block, before: Mapping[Cell, Level], solver: Solver) -> Decided:
    """Decide what is shown of every cell that is not among those `before`; those stay as they are.

    What was withheld before is in `before` as hidden.
    """
    tables = block.grid.tables if block.whole else ()
    while tables:
        try:
            return Decided(_hidden(block, tables, before, solver), _withheld(block.grid, tables))
        except Unprotected as told:
            tables = _without(tables, told.cell)
    return _months(block, before, solver)


def _months(block: Block, before: Mapping[Cell, Level], solver: Solver) -> Decided:
    """Publish months alone: nothing adds up from one to another, so each is hidden by itself."""
    cells: Levels = {}
    withheld: list[Cell] = []
    new = [cell for cell in block.counts if cell.by == MONTH and cell not in before]
    for groups in dict.fromkeys(cell.groups for cell in new):
        try:
            cells |= _hidden(block, (), before, solver, month=groups)
        except Unprotected:
            withheld += [cell for cell in new if cell.groups == groups]
    tables = _withheld(block.grid, ()) if block.whole else ()
    return Decided(cells, tables, tuple(withheld))


def _hidden(
    block: Block,
    tables: tuple[By, ...],
    before: Mapping[Cell, Level],
    solver: Solver,
    *,
    month: tuple[str, ...] | None = None,
) -> Levels:
    """Hide cells of these tables and of all months, or of one month alone. Raises Unprotected."""
    kept = (MONTH, *tables)
    counts = {
        cell: tally
        for cell, tally in block.counts.items()
        if cell.by in kept and month in (None, cell.groups)
    }
    system = System(block.grid, block.measures, kept, counts, block.links, whole=month is None)
    levels = hide(system, before, solver)
    return {
        cell: (tally, levels[cell]) for cell, tally in system.cells.items() if cell not in before
    }


def _without(tables: tuple[By, ...], told: Cell) -> tuple[By, ...]:
    """Leave out the table that a cell is of; of a month or a total, every one."""
    if told.by in _OF_ALL:
        return ()
    base = next(table for table in tables if set(told.by) <= set(table))
    return tuple(table for table in tables if table != base)


def _withheld(grid: Grid, tables: Collection[By]) -> tuple[By, ...]:
    """Name the tables and margins of a grid that are not published with these tables."""
    margins = [by for by in grid.margins() if not any(set(by) <= set(table) for table in tables)]
    return (*(by for by in grid.tables if by not in tables), *margins)


_OF_ALL: Final = ((), MONTH)
