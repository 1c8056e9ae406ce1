"""Which tables are published? A fixed grid (schemas/policy/releases.toml), and nothing beside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from services.domain.measures.months import YEAR, Month, Period
from services.domain.numbers import STANDINGS

Level = Literal["all", "units", "none"]
"""What of a cell is shown: all, only of how many, or nothing."""

LEVELS: Final[tuple[Level, ...]] = ("none", "units", "all")
DIMENSIONS: Final = frozenset({"agency", "age", "area", "ethnicity", "sex", "unit"})
MONTH: Final = ("month",)
MOST: Final = 2

By = tuple[str, ...]
"""The dimensions of a table; none: the total of a block."""


class Cell(NamedTuple):
    """One cell of one table of one measure; groups in the order of `by`."""

    measure: str
    by: By
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The tables of a block of months, and the numbers by which cells are hidden.

    The total by month is published month by month; every other table when its block is over.
    """

    tables: tuple[By, ...]
    block: int
    largest_small: int
    spread: int

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Grid":
        """Read releases.toml (its header states the shape); ValueError names every fault."""
        numbers = {name: content.get("numbers", {}).get(name, {}) for name in _SENSE}
        listed = content.get("lists", {}).get("tables", {})
        tables = tuple(tuple(str(each).split(",")) for each in listed.get("values", ()))
        faults = [
            f"/numbers/{name}"
            for name, (least, most) in _SENSE.items()
            if type(numbers[name].get("value")) is not int
            or not least <= numbers[name]["value"] <= most
        ]
        faults += [
            f"{pointer}: source or standing"
            for pointer, line in (*numbers.items(), ("tables", listed))
            if not line.get("source") or line.get("standing") not in STANDINGS
        ]
        faults += [f"/lists/tables: {','.join(by)}" for by in tables if not _is_table(by)]
        if not faults and YEAR % numbers["block"]["value"]:
            faults.append("/numbers/block: does not divide a year")
        if not faults and not is_acyclic(tables):
            faults.append("/lists/tables: they hang together in a circle")
        if faults:
            raise ValueError("releases.toml: " + "; ".join(faults))
        return cls(tables, *(numbers[name]["value"] for name in _SENSE))

    def block_of(self, month: Month) -> Period:
        """Return the block of months that a month is in."""
        first = Month(month.year, (month.number - 1) // self.block * self.block + 1)
        return Period(first, first.after(self.block - 1))

    def off(self, asked: Period) -> Iterator[Literal["from", "to"]]:
        """Name the ends of a period that are not those of one block."""
        block = self.block_of(asked.first)
        if asked.first != block.first:
            yield "from"
        if asked.last != block.last:
            yield "to"

    def margins(self) -> Iterator[By]:
        """Name what is published beside the tables: the total, and each dimension by itself."""
        yield ()
        own = {name for by in self.tables if len(by) > 1 for name in by}
        yield from ((name,) for name in sorted(own - {by[0] for by in self.tables if len(by) == 1}))

    def small(self, value: int) -> bool:
        """Whether a number must not be shown."""
        return 0 < value <= self.largest_small


_SENSE: Final = {"block": (1, YEAR), "largest_small": (1, 20), "spread": (1, 20)}


def is_acyclic(tables: tuple[By, ...]) -> bool:
    """Whether tables that agree where they meet always fit one whole (Graham's reduction).

    Of such tables the cells and their sums are all that there is to be known: whoever looks through
    them needs no finer one.
    """
    edges = [set(by) for by in tables]
    while True:
        lone = {name for name in set().union(*edges) if sum(name in edge for edge in edges) == 1}
        kept: list[set[str]] = []
        for place, edge in enumerate(edges):
            rest = edge - lone
            others = [*kept, *(other - lone for other in edges[place + 1 :])]
            if rest and not any(rest <= other for other in others):
                kept.append(rest)
        if kept == edges:
            return not kept
        edges = kept


def _is_table(by: By) -> bool:
    return len(by) <= MOST and set(by) <= DIMENSIONS and len(set(by)) == len(by)
