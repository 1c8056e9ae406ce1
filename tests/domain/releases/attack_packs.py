"""What can be told of a hidden number of a pack, by who has every cell of it and of the releases?

Written apart from the code that hides: it takes rows as they were published, and what everybody
knows of them. The least and the most of a number are found by linear programming.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linprog

from services.domain.equity_groups import GROUPS
from services.domain.equity_pack import MEASURES, ONLY_GIRLS, STAGE_BEFORE, STAGES, Child
from services.domain.onward import Onward
from services.domain.onward_measures import COLUMNS
from services.domain.onward_tree import BRANCHES, DIMENSIONS, MADE, Alike, parts_of
from tests.domain.releases.attack import Shown

Name = tuple[str, ...]
Row = tuple[Mapping[Name, int], float, float]
"""A sum of numbers lies in a range."""

TOTAL = "Total"
NOBODY = float("inf")


class Told:
    """Everything that is shown and known."""

    def __init__(self, shown: Mapping[Name, int | str], known: Iterable[Row]) -> None:
        self.shown = shown
        self._place = {name: at for at, name in enumerate(shown)}
        rows = [
            *(({name: 1}, value, value) for name, value in shown.items() if not _hidden(value)),
            *known,
        ]
        self._matrix = np.zeros((len(rows), len(shown)))
        for at, (terms, _, _) in enumerate(rows):
            for name, factor in terms.items():
                self._matrix[at, self._place[name]] += factor
        self._least = np.array([row[1] for row in rows])
        self._most = np.array([row[2] for row in rows])

    def bounds(self, name: Name) -> tuple[float, float]:
        """The least and the most that a number may be."""
        same = self._least == self._most
        up, down = np.isfinite(self._most) & ~same, np.isfinite(self._least) & ~same
        above = np.concatenate([self._matrix[up], -self._matrix[down]])
        limits = np.concatenate([self._most[up], -self._least[down]])
        weights = np.zeros(len(self._place))
        weights[self._place[name]] = 1
        ends = []
        for sign in (1.0, -1.0):
            answer = linprog(
                sign * weights,
                A_ub=above if len(above) else None,
                b_ub=limits if len(above) else None,
                A_eq=self._matrix[same],
                b_eq=self._least[same],
                bounds=(0, 100_000),
                method="highs",
            )
            assert answer.status == 0, answer.message
            ends.append(sign * answer.fun)
        return ends[0], ends[1]

    def narrow(self, truth: Mapping[Name, int]) -> list[Name]:
        """Name the small numbers that can be told to within 5."""
        found = []
        for name, value in truth.items():
            if 0 < value <= 5:
                assert _hidden(self.shown[name]), name
                least, most = self.bounds(name)
                assert least - 1e-6 <= value <= most + 1e-6, name
                if most - least < 5 - 1e-6:
                    found.append(name)
        return found


def of_equity(content: Mapping[str, Any]) -> dict[Name, int | str]:
    """Read a frozen equity pack: by stage or rule, dimension and group; a total is one thing."""
    shown: dict[Name, int | str] = {}
    for stage, dimension, group, count in content["pack"]["stages"]:
        _put(shown, ("s", stage, *_where(dimension, group)), count)
    for rule, stage, dimension, group, count, found, rest, *_ in content["pack"]["rows"]:
        where = _where(dimension, group)
        _put(shown, ("s", stage, *where), count)
        _put(shown, ("f", rule, *where), found)
        _put(shown, ("n", rule, *where), rest)
    return shown


def true_of_equity(children: Sequence[Child]) -> dict[Name, int]:
    """The numbers of a pack, counted plainly."""
    places: list[Name] = [(d, g) for d, groups in GROUPS.items() for g in groups]
    counts: dict[Name, int] = {}
    for place in (*places, (TOTAL,)):
        own = [each for each in children if place == (TOTAL,) or each.groups[place[0]] == place[1]]
        for stage in STAGES:
            counts["s", stage, *place] = sum(stage in each.stages for each in own)
        for rule, stage in STAGE_BEFORE.items():
            found = [rule in each.found for each in own if stage in each.stages]
            counts["f", rule, *place] = sum(found)
            counts["n", rule, *place] = len(found) - sum(found)
    return counts


def true_of_onward(content: Mapping[str, Any], found: Sequence[Onward]) -> dict[Name, int]:
    """The numbers of onward referrals in every row that was frozen, counted plainly."""
    counts: dict[Name, int] = {}
    for dimension, group, _ in content["rows"]:
        where = (TOTAL,) if group == "total" else (dimension, group)
        own = [
            parts_of(Alike.of(each))
            for each in found
            if where == (TOTAL,) or (getattr(each, dimension) or "unknown") == group
        ]
        for name in COLUMNS[:-2]:
            counts[name, *where] = sum(name in parts for parts in own)
    return counts


def of_onward(content: Mapping[str, Any]) -> dict[Name, int | str]:
    """Read frozen figures of onward referrals; medians are no counts."""
    shown: dict[Name, int | str] = {}
    for dimension, group, values in content["rows"]:
        where = (TOTAL,) if group == "total" else (dimension, group)
        for name, value in zip(COLUMNS[:-2], values[:-2], strict=True):
            _put(shown, (name, *where), value)
    return shown


def known_of_equity(shown: Mapping[Name, int | str]) -> Iterable[Row]:
    """Rows sum up to totals, found and not found to the stage; no boy is found by a girls' rule."""
    whole = [("s", stage) for stage in STAGES] + [(part, r) for part in "fn" for r in STAGE_BEFORE]
    for own in whole:
        for dimension, groups in GROUPS.items():
            yield {(*own, dimension, g): 1 for g in groups} | {(*own, TOTAL): -1}, 0, 0
    places = [(d, g) for d, groups in GROUPS.items() for g in groups]
    for rule, stage in STAGE_BEFORE.items():
        for place in (*places, (TOTAL,)):
            parts = {("f", rule, *place): 1, ("n", rule, *place): 1, ("s", stage, *place): -1}
            yield parts, 0, 0
    for rule in ONLY_GIRLS:
        yield {("f", rule, "sex", "Male"): 1, ("f", rule, "sex", "Unknown"): 1}, 0, 0
    for name, value in shown.items():
        if name[0] == "s" and _hidden(value):
            yield {name: 1}, 1, NOBODY


def known_of_onward(shown: Mapping[Name, int | str]) -> Iterable[Row]:
    """Groups sum up to totals, and the parts of a branch to what it parts."""
    places = dict.fromkeys(name[1:] for name in shown)
    for dimension in DIMENSIONS:
        groups = [place for place in places if place[0] == dimension]
        for column in COLUMNS[:-2]:
            yield {(column, *g): 1 for g in groups} | {(column, TOTAL): -1}, 0, 0
    for place in places:
        for branch in BRANCHES.values():
            parts = {(part, *place): 1 for part in branch.parts}
            yield parts | {(branch.part, *place): -1}, 0, 0
        if _hidden(shown[MADE, *place]):
            yield {(MADE, *place): 1}, 1, NOBODY


def known_beside(shown: Mapping[Name, int | str], truth: Mapping[Name, int]) -> Iterable[Row]:
    """What releases show of the same things: ("i", rule) incidents, ("m", rule) those missed.

    Groups sum up to totals. A child of a stage was in an incident, and who was found in one that
    was missed: supposed of every group, also where days of falling due make it wrong by one or two.
    """
    for rule in MEASURES:
        pairs = ((("i", rule), ("s", STAGE_BEFORE[rule])), (("m", rule), ("f", rule)))
        for incidents, pack in pairs:
            for dimension, groups in GROUPS.items():
                names = [(*incidents, dimension, group) for group in groups]
                if all(name in shown for name in (*names, (*incidents, TOTAL))):
                    yield dict.fromkeys(names, 1) | {(*incidents, TOTAL): -1}, 0, 0
            for name in [each for each in shown if each[:2] == incidents]:
                own = (*pack, *name[2:])
                yield {own: 1, name: -1}, -NOBODY, max(0, truth[own] - truth[name])
        for name, value in shown.items():
            if name[:2] == ("i", rule) and _hidden(value):
                yield {name: 1}, 1, NOBODY
                yield {name: 1, ("m", *name[1:]): -1}, 0, NOBODY


def of_releases(cells: Sequence[Shown]) -> dict[Name, int | str]:
    """Read what releases show of the measures of the same things, by one dimension and in all."""
    shown: dict[Name, int | str] = {}
    for rule, measure in MEASURES.items():
        for cell in cells:
            if cell.measure == measure and cell.months > 1 and cell.by in WIDE:
                place = (*cell.by, *cell.groups) or (TOTAL,)
                units, met = cell.units, cell.met
                shown["i", rule, *place] = "c" if units is None else units
                shown["m", rule, *place] = "c" if units is None or met is None else units - met
    return shown


WIDE = ((), ("ethnicity",), ("sex",), ("age",))


def _where(dimension: str, group: str) -> Name:
    return (TOTAL,) if group == TOTAL else (dimension, group)


def _put(shown: dict[Name, int | str], name: Name, value: int | str) -> None:
    assert shown.setdefault(name, value) == value, "told in one table and hidden in another"


def _hidden(value: int | str) -> bool:
    return value == "c"
