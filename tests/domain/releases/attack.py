"""What can be told of a hidden number, by who has everything that was published and nothing else?

Written apart from the code that hides: of what is published it takes the cells alone. Each table of
a block is made of finest cells that nobody knows; what is shown, and that tables agree, are
equations; then the least and the most of a number, by linear programming.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_array

CAP = 100_000


class Shown(NamedTuple):
    """A published cell: what is None is hidden."""

    measure: str
    since: str
    months: int
    by: tuple[str, ...]
    groups: tuple[str, ...]
    units: int | None
    met: int | None


class Told(NamedTuple):
    """The least and the most that a number of a cell may be."""

    cell: Shown
    kind: str
    least: float
    most: float


Equal = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


class Attack:
    """Equations over a block of some measures.

    `true`: where equal sides are not, a reader knows by how much they differ.
    """

    def __init__(
        self,
        cells: Iterable[Shown],
        tables: Iterable[tuple[str, ...]],
        equal: Iterable[Equal] = (),
        true: Mapping[tuple[str, tuple[str, ...], tuple[str, ...], str], int] | None = None,
    ) -> None:
        self.true = true or {}
        self.cells = [cell for cell in cells if cell.units != 0]
        self.tables = [("month",), *tables]
        self.places: dict[tuple[str, tuple[str, ...], tuple[str, ...], str], int] = {}
        for cell in self.cells:
            if self.by(cell) in self.tables:
                for kind in ("met", "missed"):
                    self.places[cell.measure, self.by(cell), self.at(cell), kind] = len(self.places)
        self.finest: dict[tuple[str, tuple[str, ...]], list[tuple[tuple[str, ...], str, int]]] = {}
        for (measure, by, groups, kind), place in self.places.items():
            self.finest.setdefault((measure, by), []).append((groups, kind, place))
        self.rows: list[dict[int, float]] = []
        self.least: list[float] = []
        self.most: list[float] = []
        self._shown()
        self._agree()
        self._equal(equal)

    @staticmethod
    def by(cell: Shown) -> tuple[str, ...]:
        return ("month",) if cell.months == 1 else cell.by

    @staticmethod
    def at(cell: Shown) -> tuple[str, ...]:
        return (cell.since,) if cell.months == 1 else cell.groups

    def form(self, cell: Shown, kind: str) -> dict[int, float]:
        """A cell as a sum of finest cells: of the first table that has its dimensions."""
        by, at = self.by(cell), dict(zip(self.by(cell), self.at(cell), strict=True))
        table = next(table for table in self.tables if set(by) <= set(table))
        kinds = ("met", "missed") if kind == "units" else (kind,)
        return {
            place: 1.0
            for groups, one, place in self.finest.get((cell.measure, table), ())
            if one in kinds
            and all(at.get(name, group) == group for name, group in zip(table, groups, strict=True))
        }

    def _add(self, row: dict[int, float], least: float, most: float) -> None:
        if row:
            self.rows.append(row)
            self.least.append(least)
            self.most.append(most)

    def _shown(self) -> None:
        for cell in self.cells:
            units = self.form(cell, "units")
            if cell.units is None:
                self._add(units, 1, CAP)
                continue
            self._add(units, cell.units, cell.units)
            if cell.met is not None:
                self._add(self.form(cell, "met"), cell.met, cell.met)

    def _agree(self) -> None:
        names = {measure for measure, *_ in self.places}
        if not any(cell.months > 1 for cell in self.cells):
            return
        for place, one in enumerate(self.tables):
            for other in self.tables[place + 1 :]:
                shared = [name for name in one if name in other]
                for measure in names:
                    self._meet(measure, one, other, shared)

    def _meet(
        self, measure: str, one: tuple[str, ...], other: tuple[str, ...], shared: list[str]
    ) -> None:
        sums: dict[tuple[str, ...], dict[int, float]] = {}
        for (own, by, groups, kind), place in self.places.items():
            if own == measure and by in (one, other):
                at = dict(zip(by, groups, strict=True))
                key = (kind, *(at[name] for name in shared))
                sums.setdefault(key, {})[place] = 1.0 if by == one else -1.0
        for row in sums.values():
            self._add(row, 0, 0)

    def _equal(self, equal: Iterable[Equal]) -> None:
        places = dict.fromkeys((by, at) for _, by, at, _ in self.places)
        names = {place: name for name, place in self.places.items()}
        for one, other in equal:
            for by, at in places:
                row: dict[int, float] = {}
                for sign, side in ((1.0, one), (-1.0, other)):
                    for measure, kind in side:
                        kinds = ("met", "missed") if kind == "units" else (kind,)
                        for each in kinds:
                            place = self.places.get((measure, by, at, each))
                            if place is not None:
                                row[place] = row.get(place, 0.0) + sign
                off = sum(sign * self.true.get(names[place], 0) for place, sign in row.items())
                self._add({p: v for p, v in row.items() if v}, off, off)

    def told(self, wanted: Collection[tuple[Shown, str]]) -> list[Told]:
        """Bound numbers that are not shown."""
        matrix = lil_array((len(self.rows), len(self.places)))
        for number, row in enumerate(self.rows):
            for place, value in row.items():
                matrix[number, place] = value
        quick = matrix.tocsr()
        return [
            Told(cell, kind, *self._bounds(quick, self.form(cell, kind))) for cell, kind in wanted
        ]

    def _bounds(self, matrix: object, form: Mapping[int, float]) -> tuple[float, float]:
        least, most = np.array(self.least), np.array(self.most)
        same = least == most
        weights = np.zeros(len(self.places))
        weights[list(form)] = 1.0
        values = []
        for sign in (1.0, -1.0):
            answer = linprog(
                sign * weights,
                A_ub=-matrix[~same] if (~same).any() else None,  # type: ignore[index]
                b_ub=-least[~same] if (~same).any() else None,
                A_eq=matrix[same] if same.any() else None,  # type: ignore[index]
                b_eq=least[same] if same.any() else None,
                bounds=(0, CAP),
                method="highs",
            )
            assert answer.status == 0, answer.message
            values.append(sign * answer.fun)
        return values[0], values[1]
