"""What does a reader know who knows all that is shown? Linear equations over the finest cells.

The finest cells are those of the tables of the grid; a total or a margin is a sum of them. Tables
that share a dimension agree on it, all agree on the total, and some measures share their counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from services.domain.measures.tally import NOTHING, Tally
from services.domain.releases.grid import By, Cell, Grid, Level

Kind = Literal["met", "missed", "units"]
KINDS: Final[tuple[Kind, ...]] = ("met", "missed", "units")

Form = frozenset[int]
"""A sum of variables, by their places."""


class Sum(NamedTuple):
    """One thing that is known: a sum of some variables less a sum of others lies in a range."""

    plus: Form
    minus: Form
    least: float
    most: float


class Link(NamedTuple):
    """Counts of measures that hang together in every cell: sums of both sides are equal.

    Or, where not `equal`, the first is no greater than the second.
    """

    one: tuple[tuple[str, Kind], ...]
    other: tuple[tuple[str, Kind], ...]
    equal: bool = True


@dataclass(frozen=True)
class System:
    """The published cells of some measures that share counts, in one block of months.

    `counts` holds the cells of the finest tables, also those of nobody.
    """

    grid: Grid
    measures: tuple[str, ...]
    tables: tuple[By, ...]
    counts: Mapping[Cell, Tally]
    links: tuple[Link, ...] = ()
    whole: bool = True
    """Whether the block is over: then totals and margins are published as well."""

    @cached_property
    def variables(self) -> list[tuple[Cell, Kind]]:
        """What could vary: met and missed of every finest cell that is not of nobody."""
        return [
            (cell, kind) for cell, tally in self.counts.items() if tally.units for kind in KINDS[:2]
        ]

    @cached_property
    def truth(self) -> list[int]:
        """The true value of every variable."""
        return [_value(self.counts[cell], kind) for cell, kind in self.variables]

    @cached_property
    def cells(self) -> dict[Cell, Tally]:
        """Every published cell with its count, margins and totals among them."""
        found = dict(self.counts)
        for by, base in self._margins.items():
            for cell, tally in self.counts.items():
                if cell.by == base:
                    at = Cell(cell.measure, by, _project(cell, by))
                    found[at] = found.get(at, NOTHING).plus(tally)
        return found

    def form(self, cell: Cell, kind: Kind) -> Form:
        """Return the sum of variables that a number of a cell is."""
        return self._forms.get((cell, kind), frozenset())

    @cached_property
    def _forms(self) -> dict[tuple[Cell, Kind], Form]:
        found: dict[tuple[Cell, Kind], set[int]] = {}
        for place, (cell, kind) in enumerate(self.variables):
            own = [by for by, base in self._margins.items() if base == cell.by]
            for by in (cell.by, *own):
                at = Cell(cell.measure, by, _project(cell, by))
                found.setdefault((at, kind), set()).add(place)
                found.setdefault((at, "units"), set()).add(place)
        return {name: frozenset(places) for name, places in found.items()}

    def known(self, levels: Mapping[Cell, Level]) -> Iterator[Sum]:
        """Say everything that a reader knows: what is shown, and what hangs together."""
        yield from self._identities
        for cell, level in levels.items():
            tally = self.cells[cell]
            if not tally.units:
                continue
            units = self.form(cell, "units")
            if level == "none":
                yield Sum(units, frozenset(), 1, float("inf"))  # a zero would have been shown
                continue
            yield Sum(units, frozenset(), tally.units, tally.units)
            if level == "all":
                yield Sum(self.form(cell, "met"), frozenset(), tally.met, tally.met)

    @cached_property
    def _identities(self) -> list[Sum]:
        """What hangs together, by as much as it is off where it does not.

        Who could not be judged by one measure may be counted by another; the reader knows of whom.
        """
        found = []
        for one, other, equal in (*self._agreements(), *self._linked()):
            off = sum(self.truth[place] for place in one) - sum(self.truth[p] for p in other)
            if one or other:
                least, most = (off, off) if equal else (float("-inf"), max(0, off))
                found.append(Sum(one, other, least, most))
        return found

    def _agreements(self) -> Iterator[tuple[Form, Form, bool]]:
        """Tables agree where they meet, and on their total."""
        if not self.whole:
            return
        for one, other in self._meetings():
            shared = tuple(name for name in one if name in other)
            sums = [self._summed(by, shared) for by in (one, other)]
            for at in dict.fromkeys((*sums[0], *sums[1])):
                yield sums[0].get(at, frozenset()), sums[1].get(at, frozenset()), True

    def _meetings(self) -> Iterator[tuple[By, By]]:
        yield from pairwise(self.tables)
        for place, one in enumerate(self.tables):
            for other in self.tables[place + 2 :]:
                if set(one) & set(other):
                    yield one, other

    def _summed(self, by: By, shared: By) -> dict[tuple[str, ...], Form]:
        found: dict[tuple[str, ...], set[int]] = {}
        for place, (cell, kind) in enumerate(self.variables):
            if cell.by == by:
                at = (cell.measure, kind, *_project(cell, shared))
                found.setdefault(at, set()).add(place)
        return {at: frozenset(places) for at, places in found.items()}

    def _linked(self) -> Iterator[tuple[Form, Form, bool]]:
        places = dict.fromkeys((cell.by, cell.groups) for cell in self.counts)
        for link in self.links:
            for at in places:
                yield self._side(link.one, *at), self._side(link.other, *at), link.equal

    def _side(self, side: Iterable[tuple[str, Kind]], by: By, groups: tuple[str, ...]) -> Form:
        return frozenset().union(
            *(self.form(Cell(measure, by, groups), kind) for measure, kind in side)
        )

    @cached_property
    def neighbours(self) -> dict[Cell, list[set[Cell]]]:
        """By cell: the sums that it is a part of, each with its sum and its other parts."""
        found: dict[Cell, list[set[Cell]]] = {cell: [] for cell in self.cells}
        for group in self._sums():
            for cell in group:
                found[cell].append(group)
        return found

    def _sums(self) -> Iterator[set[Cell]]:
        for by in dict.fromkeys(cell.by for cell in self.cells if cell.by and self.whole):
            for wider in ((), *((name,) for name in by if by != (name,))):
                groups: dict[Cell, set[Cell]] = {}
                for cell in self.cells:
                    if cell.by == by:
                        at = Cell(cell.measure, wider, _project(cell, wider))
                        groups.setdefault(at, {at}).add(cell)
                yield from (group for at, group in groups.items() if at in self.cells)
        named = [{name for name, _ in (*link.one, *link.other)} for link in self.links]
        for by, own in dict.fromkeys((cell.by, cell.groups) for cell in self.cells):
            for names in named:
                yield {c for name in names if (c := Cell(name, by, own)) in self.cells}

    def sensitive(self) -> Iterator[tuple[Cell, Kind]]:
        """Name every small number."""
        for cell, tally in self.cells.items():
            for kind in KINDS:
                if self.grid.small(_value(tally, kind)):
                    yield cell, kind

    @cached_property
    def _margins(self) -> dict[By, By]:
        """By margin: the finest table that it is summed from, the first that has its dimensions."""
        if not self.whole:
            return {}
        return {
            by: base
            for by in self.grid.margins()
            for base in [next((table for table in self.tables if set(by) <= set(table)), None)]
            if base is not None
        }


def _project(cell: Cell, by: Sequence[str]) -> tuple[str, ...]:
    at = dict(zip(cell.by, cell.groups, strict=True))
    return tuple(at[name] for name in by)


def _value(tally: Tally, kind: Kind) -> int:
    return {"met": tally.met, "missed": tally.units - tally.met, "units": tally.units}[kind]
