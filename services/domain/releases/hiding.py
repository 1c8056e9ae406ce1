"""Which cells are hidden, so that no small number of any can be told from all that is shown?

First what is small; then, while a small number can still be told to within the spread, the nearest
and smallest cell beside it. A number is safe once two whole tables are known that fit everything
shown and differ in it by the spread: those stay proof, whatever else is hidden.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Protocol

from services.domain.measures.tally import Tally
from services.domain.releases.grid import LEVELS, Cell, Grid, Level
from services.domain.releases.system import Form, Kind, Sum, System

Point = Sequence[int]
"""A value for every variable, all of them whole numbers, that fits everything known."""

AT_ONCE: Final = 3
"""How often all unsafe numbers are pushed together before each is looked at by itself."""


class Unprotected(Exception):
    """A small number of a cell can be told whatever is hidden: its table may not be published."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.cell = cell


class Solver(Protocol):
    """Finds whole numbers that fit what is known."""

    def farthest(
        self, variables: int, known: Sequence[Sum], weights: Mapping[int, int], cap: int
    ) -> Point | None:
        """Return the point at which a weighted sum is greatest, None if there is none in time."""


def primary(cell_counts: Mapping[Cell, Tally], grid: Grid) -> dict[Cell, Level]:
    """Hide what is small by itself."""
    return {cell: _by_itself(tally, grid) for cell, tally in cell_counts.items()}


def _by_itself(tally: Tally, grid: Grid) -> Level:
    if grid.small(tally.units):
        return "none"
    if grid.small(tally.met) or grid.small(tally.units - tally.met):
        return "units"
    return "all"


def hide(
    system: System, published: Mapping[Cell, Level], solver: Solver, *, secondary: bool = True
) -> dict[Cell, Level]:
    """Return what is shown of each cell; what was published before is as it was.

    Raises:
        Unprotected: a small number can be told all the same.

    """
    levels = primary(system.cells, system.grid) | {
        cell: level for cell, level in published.items() if cell in system.cells
    }
    if secondary:
        _pair_up(system, levels, published.keys())
        proof = Proof(system, levels, solver)
        proof.push_together()
        for cell, kind in system.sensitive():
            while not proof.holds(cell, kind):
                chosen = next(_candidates(system, levels, cell, published.keys()), None)
                if chosen is None:
                    raise Unprotected(cell)
                levels[chosen] = LEVELS[LEVELS.index(levels[chosen]) - 1]
    return levels


def _pair_up(system: System, levels: dict[Cell, Level], kept: Collection[Cell]) -> None:
    """Hide the smallest beside what is hidden alone in a sum: it could be told at once.

    No number is safe by this; it leaves less to be found by solving.
    """
    groups = dict.fromkeys(frozenset(each) for own in system.neighbours.values() for each in own)
    changed = True
    while changed:
        changed = False
        for shown in LEVELS[:0:-1]:
            for group in groups:
                alive = [cell for cell in group if system.cells[cell].units]
                hidden = [
                    cell for cell in alive if LEVELS.index(levels[cell]) < LEVELS.index(shown)
                ]
                others = [cell for cell in alive if levels[cell] == shown and cell not in kept]
                if len(hidden) == 1 and others:
                    chosen = min(others, key=lambda each: (system.cells[each].units, each))
                    levels[chosen] = LEVELS[LEVELS.index(shown) - 1]
                    changed = True


class Proof:
    """Points that fit everything shown; what is hidden later leaves them good."""

    def __init__(self, system: System, levels: Mapping[Cell, Level], solver: Solver) -> None:
        self._system = system
        self._levels = levels
        self._solver = solver
        self._cap = sum(system.truth) + 10 * system.grid.spread
        self._points: list[Point] = [system.truth]

    def holds(self, cell: Cell, kind: Kind) -> bool:
        """Whether a number may differ by the spread, for who knows all that is shown."""
        form = self._system.form(cell, kind)
        if self._wide(form):
            return True
        for sign in (1, -1):
            self._find(dict.fromkeys(form, sign))
            if self._wide(form):
                return True
        return False

    def push_together(self) -> None:
        """Look for points at which many numbers differ at once: it saves looking at each."""
        for _ in range(AT_ONCE):
            weights: dict[int, int] = {}
            for cell, kind in self._system.sensitive():
                form = self._system.form(cell, kind)
                if not self._wide(form):
                    for place in form:
                        weights[place] = 1
            if not weights:
                return
            self._find(weights)

    def _find(self, weights: Mapping[int, int]) -> None:
        known = list(self._system.known(self._levels))
        found = self._solver.farthest(len(self._system.variables), known, weights, self._cap)
        if found is not None:
            self._points.append(found)

    def _wide(self, form: Form) -> bool:
        values = [sum(point[place] for place in form) for point in self._points]
        return max(values) - min(values) >= self._system.grid.spread


def _candidates(
    system: System, levels: Mapping[Cell, Level], cell: Cell, kept: Collection[Cell]
) -> Iterator[Cell]:
    """Name what could be hidden next: what is nearest by sums, and of that the smallest."""
    seen, ring = {cell}, {cell}
    while ring:
        open_ = [
            each
            for each in ring
            if levels[each] != "none" and each not in kept and system.cells[each].units
        ]
        yield from sorted(open_, key=lambda each: (system.cells[each].units, each))
        ring = {
            other for each in ring for group in system.neighbours[each] for other in group
        } - seen
        seen |= ring
