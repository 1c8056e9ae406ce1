"""How do referrals to services go, by provider, kind, area and sector? Counts, small ones hidden.

Each branch of the tree (onward_tree.py) is hidden wherever what it is a part of is hidden, so that
no small count can be worked out; within a branch the parts are hidden together.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from math import ceil, floor
from typing import Final, NamedTuple

from services.domain.onward import Onward
from services.domain.onward_tree import (
    BRANCHES,
    DIMENSIONS,
    MADE,
    ROOT,
    UNKNOWN,
    WAITS,
    Alike,
    Branch,
    Waited,
    parts_of,
    waited,
)
from services.domain.suppression import HIDDEN, Cell, Suppression, counted, suppress

TOTAL: Final = "total"
NONE: Final = ":"
"""Where there is nobody to take a median of."""

Count = int | str


COLUMNS: Final = (
    MADE,
    *(name for branch in BRANCHES.values() for name in branch.parts),
    *(median for _, _, median in WAITS.values()),
)


class Row(NamedTuple):
    """One group of one dimension, or the total: each of `COLUMNS`, "c" where hidden."""

    dimension: str
    group: str
    values: tuple[Count | float, ...]


@dataclass(slots=True)
class _Tally:
    """How many of a group are in each part of the tree, and how long they waited."""

    counts: Counter[str] = field(default_factory=Counter)
    waits: Mapping[str, Counter[int]] = field(
        default_factory=lambda: {name: Counter() for name in WAITS}
    )

    def add(self, number: int, parts: Collection[str]) -> None:
        """Count referrals that are in these parts."""
        for part in parts:
            self.counts[part] += number


Groups = Mapping[str, Mapping[str, _Tally]]
"""By dimension, then by group: the same referrals in each dimension, and in its total."""


def measured(found: Iterable[Onward], known: Mapping[str, Iterable[str]], fewest: int) -> list[Row]:
    """Return every row of every dimension, its total last, of the referrals of a period."""
    counted = list(found)
    return measured_alike(map(Alike.of, counted), waited(counted), known, fewest)


def measured_alike(
    alike: Iterable[Alike],
    waits: Iterable[Waited],
    known: Mapping[str, Iterable[str]],
    fewest: int,
) -> list[Row]:
    """Return every row of every dimension, its total last.

    Args:
        alike: the referrals of a period, as they stand.
        waits: how long they waited, by dimension and group, and all of them.
        known: by dimension the groups that are shown also where there is nobody.
        fewest: of how many a median may be told.

    """
    total, groups = _tallied(alike, waits, known)
    hidden = _suppressed(groups)
    return [
        Row(dimension, group, tuple(_values(tally, hidden, dimension, group, fewest)))
        for dimension in DIMENSIONS
        for group, tally in (*groups[dimension].items(), (TOTAL, total))
    ]


def completed(rows: Iterable[Row], known: Mapping[str, Iterable[str]]) -> list[Row]:
    """Add a row of nobody for every group that is known and not counted, as `measured` orders."""
    held = {(row.dimension, row.group): row for row in rows}
    nobody = tuple(_values(_Tally(), {}, "", "", 0))
    return [
        held.get((dimension, group), Row(dimension, group, nobody))
        for dimension in DIMENSIONS
        for group in dict.fromkeys(
            (*known.get(dimension, ()), *(g for d, g in held if d == dimension))
        )
    ]


def _tallied(
    alike: Iterable[Alike], waits: Iterable[Waited], known: Mapping[str, Iterable[str]]
) -> tuple[_Tally, Groups]:
    total = _Tally()
    groups: dict[str, dict[str, _Tally]] = {
        dimension: {group: _Tally() for group in known.get(dimension, ())}
        for dimension in DIMENSIONS
    }
    for one in alike:
        parts = parts_of(one)
        total.add(one.number, parts)
        for dimension, table in groups.items():
            group = getattr(one, dimension) or UNKNOWN
            table.setdefault(group, _Tally()).add(one.number, parts)
    for some in waits:
        tally = groups[some.dimension][some.group] if some.dimension else total
        tally.waits[some.wait][some.days] += some.number
    return total, groups


def _suppressed(groups: Groups) -> dict[str, Suppression]:
    made = {
        dimension: {group: counted(tally.counts[MADE]) for group, tally in table.items()}
        for dimension, table in groups.items()
    }
    hidden = {ROOT: suppress(made)}
    for name, branch in BRANCHES.items():
        above = hidden[branch.of]
        tables = {
            dimension: {
                group: _cell(branch, tally, above.bounds(dimension, group, _place(branch))[1])
                for group, tally in table.items()
            }
            for dimension, table in groups.items()
        }
        hidden[name] = suppress(tables, above)
    return hidden


def _cell(branch: Branch, tally: _Tally, most: float) -> Cell:
    """Count the parts of a branch in a group; a reader knows that none is more than the whole."""
    values = tuple(tally.counts[part] for part in branch.parts)
    return Cell(values, (0,) * len(values), (most,) * len(values))


def _place(branch: Branch) -> int:
    above = BRANCHES.get(branch.of)
    return 0 if above is None else list(above.parts).index(branch.part)


def _values(
    tally: _Tally, hidden: Mapping[str, Suppression], dimension: str, group: str, fewest: int
) -> Iterator[Count | float]:
    concealed = {
        name: name in hidden and _concealed(hidden[name], dimension, group)
        for name in (ROOT, *BRANCHES)
    }
    yield HIDDEN if concealed[ROOT] else tally.counts[MADE]
    for name, branch in BRANCHES.items():
        yield from (HIDDEN if concealed[name] else tally.counts[part] for part in branch.parts)
    for wait, (name, _, _) in WAITS.items():
        waits = tally.waits[wait]
        yield HIDDEN if concealed[name] or 0 < waits.total() < fewest else _median(waits)


def _concealed(hidden: Suppression, dimension: str, group: str) -> bool:
    return hidden.totals if group == TOTAL else group in hidden.rows[dimension]


def _median(days: Counter[int]) -> float | str:
    if not days:
        return NONE
    places, half = list(accumulate(days[one] for one in sorted(days))), (days.total() + 1) / 2
    lower, upper = (sorted(days)[bisect_left(places, place)] for place in (floor(half), ceil(half)))
    return (lower + upper) / 2
