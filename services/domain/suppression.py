"""Which counts are hidden, so that nobody can work out a small one from what is shown?

Tables here count the same children along several dimensions (ethnicity, sex, age), so they share
one total. A row has one value or more; they are shown or hidden together, and so are the totals.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

HIDDEN: Final = "c"
SMALL: Final = range(1, 6)
"""Counts that are never shown (DfE, children in need): 1 to 5; 0 is shown as 0."""

SPREAD: Final = 5
"""How far apart the least and the most must lie that a hidden small count may be."""

Bounds = tuple[float, float]
Place = tuple[str, str]
"""A dimension and a group; `TOTAL` is that of every dimension."""

TOTAL: Final = ("", "")


@dataclass(frozen=True, slots=True)
class Cell:
    """A row's values, and the least and the most of each that a reader knows beforehand."""

    values: tuple[int, ...]
    lowers: tuple[float, ...]
    uppers: tuple[float, ...]

    @property
    def small(self) -> bool:
        """Whether a value of it must not be shown."""
        return any(value in SMALL for value in self.values)

    @property
    def open(self) -> bool:
        """Whether hiding it would hide anything: something of it is not known beforehand."""
        return self.lowers != self.uppers


Tables = Mapping[str, Mapping[str, Cell]]
"""By dimension, then by group; the groups of each dimension sum up to the same totals."""


def counted(value: int, most: float = inf) -> Cell:
    """Return the row of a plain count, known to be at most so many; a hidden one is no zero."""
    return Cell((value,), (1.0,), (max(value, most),)) if value else Cell((0,), (0.0,), (0.0,))


@dataclass(frozen=True)
class Suppression:
    """Which rows of each dimension are hidden, and whether the totals are."""

    tables: Tables
    rows: Mapping[str, frozenset[str]]
    totals: bool

    def bounds(self, dimension: str, group: str, place: int) -> Bounds:
        """Return the least and the most that a value may be, for who knows all that is shown."""
        cell = self.tables[dimension][group]
        if group not in self.rows[dimension]:
            return (cell.values[place], cell.values[place])
        least, most = self._left(dimension, place)
        others = [self.tables[dimension][other] for other in self.rows[dimension] if other != group]
        low = least - sum(other.uppers[place] for other in others)
        high = most - sum(other.lowers[place] for other in others)
        return max(cell.lowers[place], low), min(cell.uppers[place], high)

    def total_bounds(self, place: int) -> Bounds:
        """Return the least and the most that a total may be."""
        sums = [self._sum(dimension, place) for dimension in self.tables]
        return max(low for low, _ in sums), min(high for _, high in sums)

    @property
    def unsafe(self) -> list[str]:
        """The dimensions in which a small count can be told, or nearly."""
        return [
            dimension
            for dimension in self.tables
            if self._tells(dimension) or (self.totals and self._tells_total(dimension))
        ]

    def _tells(self, dimension: str) -> bool:
        return any(
            value in SMALL and _narrow(self.bounds(dimension, group, place))
            for group, cell in self.tables[dimension].items()
            for place, value in enumerate(cell.values)
        )

    def _tells_total(self, dimension: str) -> bool:
        totals = self._totals(dimension)
        return any(
            total in SMALL and _narrow(self.total_bounds(place))
            for place, total in enumerate(totals)
        )

    def _totals(self, dimension: str) -> list[int]:
        return [sum(own) for own in zip(*_values(self.tables[dimension].values()), strict=True)]

    def _left(self, dimension: str, place: int) -> Bounds:
        """What the hidden rows of a dimension sum up to."""
        total = self._totals(dimension)[place]
        least, most = self.total_bounds(place) if self.totals else (total, total)
        shown = self._shown(dimension, place)
        return least - shown, most - shown

    def _sum(self, dimension: str, place: int) -> Bounds:
        cells = [self.tables[dimension][group] for group in self.rows[dimension]]
        shown = self._shown(dimension, place)
        low, high = (
            sum(cell.lowers[place] for cell in cells),
            sum(cell.uppers[place] for cell in cells),
        )
        return shown + low, shown + high

    def _shown(self, dimension: str, place: int) -> int:
        return sum(
            cell.values[place]
            for group, cell in self.tables[dimension].items()
            if group not in self.rows[dimension]
        )


def suppress(
    tables: Tables,
    beside: Suppression | None = None,
    elsewhere: Collection[Place] = (),
) -> Suppression:
    """Hide what is small, and then the next smallest until nothing small can be told.

    Args:
        tables: what would be shown.
        beside: a table of the same rows; what is hidden there is hidden here, totals as well.
        elsewhere: places that are hidden in what was published of the same; hidden here as well.

    """
    rows = {
        dimension: frozenset(
            group
            for group, cell in table.items()
            if cell.small or ((dimension, group) in elsewhere and cell.open)
        )
        | (beside.rows[dimension] if beside else frozenset())
        for dimension, table in tables.items()
    }
    any_dimension = next(iter(tables))
    found = Suppression(tables, rows, totals=False)
    small = any(total in SMALL for total in found._totals(any_dimension))  # noqa: SLF001 - our own class
    hidden = small or TOTAL in elsewhere or (beside is not None and beside.totals)
    found = Suppression(tables, rows, totals=hidden)
    while dimensions := found.unsafe:
        wider = _wider(found, dimensions)
        if wider is None:
            break
        found = wider
    return found


def _wider(found: Suppression, dimensions: list[str]) -> Suppression | None:
    """Hide one thing more; None where all is hidden that can be."""
    for dimension in (*dimensions, None, *found.tables):
        if dimension is None:
            if not found.totals:
                return Suppression(found.tables, found.rows, totals=True)
            continue
        group = _next_smallest(found.tables[dimension], found.rows[dimension])
        if group is not None:
            rows = {**found.rows, dimension: found.rows[dimension] | {group}}
            return Suppression(found.tables, rows, found.totals)
    return None


def _next_smallest(table: Mapping[str, Cell], hidden: frozenset[str]) -> str | None:
    shown = [group for group, cell in table.items() if cell.open and group not in hidden]
    return min(shown, key=lambda group: (sum(table[group].values), group), default=None)


def _narrow(bounds: Bounds) -> bool:
    return bounds[1] - bounds[0] < SPREAD


def _values(cells: Iterable[Cell]) -> list[tuple[int, ...]]:
    return [cell.values for cell in cells]
