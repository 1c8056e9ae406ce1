"""Which local lines override the default policy, and in which circumstances?"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Generic, TypeVar

from services.domain.circumstances import KEYS, Circumstances
from services.domain.numbers import (
    Line,
    ListLine,
    is_day,
    line_of,
    list_faults,
    list_line_of,
    number_faults,
    tables,
)

Dated = TypeVar("Dated", Line, ListLine)
For = frozenset[tuple[str, str]]
"""The circumstances that a line is bound to: (key, value), none for all."""


Stated = tuple[str, str, Mapping[str, Any]]
"""A line as it is written: the name of its number or list, its pointer, and what it says."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a pack may speak of.

    `numbers` are the units by number; `lists` the values allowed by list; `circumstances` the
    values allowed by key. `closed` says, by name, why a number or list may not be set locally.
    """

    numbers: Mapping[str, Collection[str]]
    lists: Mapping[str, Collection[str]]
    circumstances: Mapping[str, Collection[str]]
    closed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group(Generic[Dated]):
    """The lines that hold in the same circumstances, oldest first; none of two from one day."""

    bound_to: For
    lines: tuple[Dated, ...]

    def holding(self, day: date, found: Circumstances) -> Dated | None:
        """The line that holds on a day in these circumstances, if one does."""
        if any(found.get(key) != value for key, value in self.bound_to):
            return None
        return next((line for line in reversed(self.lines) if _starts(line) <= day), None)


Groups = Mapping[str, tuple[Group[Dated], ...]]
"""By number or list: the groups of lines, the most specific first."""


def most_specific(groups: Iterable[Group[Dated]], day: date, found: Circumstances) -> Dated | None:
    """The most specific line that holds; None where the default does."""
    held = (group.holding(day, found) for group in groups)
    return next((line for line in held if line is not None), None)


def local_numbers(
    packs: Mapping[str, Mapping[str, Any]], scope: Scope, faults: list[str]
) -> Groups[Line]:
    """Read [[numbers."..."]] of every pack, by its name; what is wrong is added to `faults`."""

    def wrong(name: str, line: Mapping[str, Any]) -> list[str]:
        found = number_faults(line)
        fits = "unit: unknown" in found or line["unit"] in scope.numbers[name]
        return found if fits else ["unit: not for this number", *found]

    return _groups("numbers", packs, scope.numbers, scope, wrong, line_of, faults)


def local_lists(
    packs: Mapping[str, Mapping[str, Any]], scope: Scope, faults: list[str]
) -> Groups[ListLine]:
    """Read [[lists."..."]] of every pack, by its name; what is wrong is added to `faults`."""

    def wrong(name: str, line: Mapping[str, Any]) -> list[str]:
        found = list_faults(line)
        if "values: not texts" in found:
            return found
        strange = [value for value in line["values"] if value not in scope.lists[name]]
        return [*(f"values: {value!r} is not known" for value in strange), *found]

    return _groups("lists", packs, scope.lists, scope, wrong, list_line_of, faults)


def pack_faults(packs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Name whatever a pack states that no pack does, and a schema that is not this one."""
    known = {"schema", "numbers", "lists"}
    return [
        f"/{pack}/{key}: unknown"
        for pack, content in packs.items()
        for key in content.keys() - known
    ] + [f"/{pack}/schema: not 1" for pack, content in packs.items() if content.get("schema") != 1]


def _groups(  # noqa: PLR0913 - one reading for numbers and lists, told apart by its arguments
    kind: str,
    packs: Mapping[str, Mapping[str, Any]],
    known: Collection[str],
    scope: Scope,
    wrong: Callable[[str, Mapping[str, Any]], list[str]],
    read: Callable[[Mapping[str, Any], str], Dated],
    faults: list[str],
) -> Groups[Dated]:
    kept: dict[str, dict[For, list[Dated]]] = {}
    for name, at, line in _stated(kind, packs, known, scope, faults):
        found = _bound_faults(line, scope) + _since_faults(line) + wrong(name, line)
        faults += [f"{at}/{fault}" for fault in found]
        if not found:
            kept.setdefault(name, {}).setdefault(_bound(line), []).append(read(line, at))
    faults += [fault for groups in kept.values() for fault in _clashes(groups)]
    return {name: _specific_first(groups) for name, groups in kept.items()}


def _stated(
    kind: str,
    packs: Mapping[str, Mapping[str, Any]],
    known: Collection[str],
    scope: Scope,
    faults: list[str],
) -> Iterator[Stated]:
    """Every line of every pack, with its name and pointer, of what a pack may set."""
    for pack, content in packs.items():
        for name, pointer, lines in tables(f"/{pack}/{kind}", content.get(kind, {}), faults):
            if name in scope.closed or name not in known:
                faults.append(f"{pointer}: {scope.closed.get(name, 'no rule asks for it')}")
            else:
                for place, line in enumerate(lines):
                    yield name, f"{pointer}/{place}", line


def _bound(line: Mapping[str, Any]) -> For:
    return frozenset(line.get("for", {}).items())


def _bound_faults(line: Mapping[str, Any], scope: Scope) -> list[str]:
    bound = line.get("for", {})
    if not isinstance(bound, Mapping):
        return ["for: not a table"]
    return [f"for/{key}: not one of {', '.join(KEYS)}" for key in bound if key not in KEYS] + [
        f"for/{key}: no such {key}"
        for key, value in bound.items()
        if key in KEYS and str(value) not in scope.circumstances[key]
    ]


def _since_faults(line: Mapping[str, Any]) -> list[str]:
    return [] if line.get("since") is None or is_day(line["since"]) else ["since: not a day"]


def _clashes(groups: Mapping[For, list[Dated]]) -> Iterator[str]:
    """Name the lines of which nobody could say which holds."""
    for lines in groups.values():
        starts: dict[date, Dated] = {}
        for line in lines:
            first = starts.setdefault(_starts(line), line)
            if first is not line:
                yield f"{line.pointer}/since: the same as of {first.pointer}"
    for one, other in combinations(groups, 2):
        if _tie(one, other) and not _settled(one, other, groups):
            yield f"{groups[other][0].pointer}/for: ties with {groups[one][0].pointer}"


def _tie(one: For, other: For) -> bool:
    """Whether both may hold at once and neither is the more specific."""
    both = dict(one) | dict(other)
    return len(one) == len(other) and both == dict(other) | dict(one)


def _settled(one: For, other: For, groups: Mapping[For, list[Dated]]) -> bool:
    """Whether a line for both together holds whenever each of them does."""
    together = groups.get(one | other)
    return together is not None and _first(together) <= max(
        _first(groups[one]), _first(groups[other])
    )


def _first(lines: Iterable[Dated]) -> date:
    return min(_starts(line) for line in lines)


def _starts(line: Line | ListLine) -> date:
    return line.since or date.min


def _specific_first(groups: Mapping[For, list[Dated]]) -> tuple[Group[Dated], ...]:
    ordered = sorted(groups, key=lambda bound: (-len(bound), sorted(bound)))
    return tuple(Group(bound, tuple(sorted(groups[bound], key=_starts))) for bound in ordered)
