"""How do referrals to services go, by provider, kind, area and sector? Counts, small ones hidden.

What becomes of referrals is a tree: of those made some are accepted, of those some start, and so
on. Each branch is hidden wherever what it is a part of is hidden, so that no small count can be
worked out; within a branch the parts are hidden together.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.domain.onward import Onward
from services.domain.suppression import HIDDEN, Cell, Suppression, counted, suppress

UNKNOWN: Final = "unknown"
TOTAL: Final = "total"
NONE: Final = ":"
"""Where there is nobody to take a median of."""

DIMENSIONS: Final = ("provider", "kind", "area", "sector")
Count = int | str


class Branch(NamedTuple):
    """A part of the tree: of which part of which branch, and what it is parted into."""

    of: str
    part: str
    parts: Mapping[str, Callable[[Onward], bool]]


def _state(*states: str) -> Callable[[Onward], bool]:
    return lambda one: one.state in states


def _reason(reason: str) -> Callable[[Onward], bool]:
    return lambda one: one.reason == reason


def _known(name: str) -> Callable[[Onward], bool]:
    return lambda one: getattr(one, name) is not None


def _not_known(name: str) -> Callable[[Onward], bool]:
    return lambda one: getattr(one, name) is None


ROOT: Final = "referrals"
BRANCHES: Final[Mapping[str, Branch]] = {
    "answers": Branch(ROOT, "made", {
        "no_answer": _state("made"),
        "declined": _state("declined"),
        "accepted": _state("accepted", "started", "ended"),
    }),
    "acceptance": Branch("answers", "accepted", {
        "accepted_when_known": _known("days_to_accept"),
        "accepted_when_unknown": _not_known("days_to_accept"),
    }),
    "starts": Branch("answers", "accepted", {
        "not_started": _state("accepted"),
        "started": _state("started", "ended"),
    }),
    "starting": Branch("starts", "started", {
        "started_when_known": _known("days_to_start"),
        "started_when_unknown": _not_known("days_to_start"),
    }),
    "ends": Branch("starts", "started", {
        "in_support": _state("started"),
        "ended": _state("ended"),
    }),
    "help": Branch("ends", "ended", {
        "helped": lambda one: one.helped in {"yes", "partly"},
        "did_not_help": lambda one: one.helped == "no",
        "help_unknown": lambda one: one.helped not in {"yes", "partly", "no"},
    }),
    "reasons": Branch("answers", "declined", {
        "declined_capacity": _reason("capacity"),
        "declined_criteria": _reason("criteria"),
        "declined_consent": _reason("consent"),
        "declined_not_reached": _reason("not-reached"),
        "declined_other": lambda one: one.reason in {None, "other"},
    }),
    "after_decline": Branch("answers", "declined", {
        "referred_again": _known("again"),
        "not_referred_again": _not_known("again"),
    }),
}  # fmt: skip
WAITS: Final[Mapping[str, tuple[str, str, str]]] = {
    "days_to_accept": ("acceptance", "accepted_when_known", "days_to_accept_median"),
    "days_to_start": ("starting", "started_when_known", "days_to_start_median"),
}
"""By wait: the branch and part that it is known of, and what its median is called."""

COLUMNS: Final = (
    "made",
    *(name for branch in BRANCHES.values() for name in branch.parts),
    *(median for _, _, median in WAITS.values()),
)


class Row(NamedTuple):
    """One group of one dimension, or the total: each of `COLUMNS`, "c" where hidden."""

    dimension: str
    group: str
    values: tuple[Count | float, ...]


Groups = Mapping[str, Mapping[str, Sequence[Onward]]]
"""By dimension, then by group: the same referrals in each dimension."""


@dataclass(frozen=True, slots=True)
class _Tree:
    """Every branch with what is hidden of it."""

    groups: Groups
    hidden: Mapping[str, Suppression]


def measured(
    found: Collection[Onward], known: Mapping[str, Iterable[str]], fewest: int
) -> list[Row]:
    """Return every row of every dimension, its total last.

    Args:
        found: the referrals of a period.
        known: by dimension the groups that are shown also where there is nobody.
        fewest: of how many a median may be told.

    """
    groups = {dimension: _grouped(found, dimension, known) for dimension in DIMENSIONS}
    tree = _Tree(groups, _suppressed(groups))
    return [
        Row(dimension, group, tuple(_values(tree, dimension, group, fewest)))
        for dimension in DIMENSIONS
        for group in (*groups[dimension], TOTAL)
    ]


def _grouped(
    found: Iterable[Onward], dimension: str, known: Mapping[str, Iterable[str]]
) -> dict[str, list[Onward]]:
    groups: dict[str, list[Onward]] = {group: [] for group in known.get(dimension, ())}
    for one in found:
        groups.setdefault(getattr(one, dimension) or UNKNOWN, []).append(one)
    return groups


def _suppressed(groups: Groups) -> dict[str, Suppression]:
    made = {
        dimension: {group: counted(len(those)) for group, those in table.items()}
        for dimension, table in groups.items()
    }
    hidden = {ROOT: suppress(made)}
    for name, branch in BRANCHES.items():
        above = hidden[branch.of]
        tables = {
            dimension: {
                group: _cell(branch, those, above.bounds(dimension, group, _place(branch))[1])
                for group, those in table.items()
            }
            for dimension, table in groups.items()
        }
        hidden[name] = suppress(tables, above)
    return hidden


def _cell(branch: Branch, those: Sequence[Onward], most: float) -> Cell:
    """Count the parts of a branch in a group; a reader knows that none is more than the whole."""
    values = tuple(len(_within(branch, part, those)) for part in branch.parts)
    return Cell(values, (0,) * len(values), (most,) * len(values))


def _within(branch: Branch, part: str, those: Sequence[Onward]) -> list[Onward]:
    """Return those of a group who are in a part of a branch, and so in all that it is a part of."""
    above = BRANCHES.get(branch.of)
    whole = those if above is None else _within(above, branch.part, those)
    return [one for one in whole if branch.parts[part](one)]


def _place(branch: Branch) -> int:
    above = BRANCHES.get(branch.of)
    return 0 if above is None else list(above.parts).index(branch.part)


def _values(tree: _Tree, dimension: str, group: str, fewest: int) -> Iterator[Count | float]:
    yield from _shown(tree.hidden[ROOT], dimension, group, 1)
    for name, branch in BRANCHES.items():
        yield from _shown(tree.hidden[name], dimension, group, len(branch.parts))
    those = (
        [one for each in tree.groups[dimension].values() for one in each]
        if group == TOTAL
        else tree.groups[dimension][group]
    )
    for wait, (name, part, _) in WAITS.items():
        waits = [getattr(one, wait) for one in _within(BRANCHES[name], part, those)]
        concealed = _concealed(tree.hidden[name], dimension, group)
        yield HIDDEN if concealed or 0 < len(waits) < fewest else _median(waits)


def _shown(hidden: Suppression, dimension: str, group: str, width: int) -> Iterator[Count]:
    if _concealed(hidden, dimension, group):
        yield from (HIDDEN for _ in range(width))
        return
    table = hidden.tables[dimension]
    rows = [table[group].values] if group != TOTAL else [cell.values for cell in table.values()]
    yield from (sum(row[place] for row in rows) for place in range(width))


def _concealed(hidden: Suppression, dimension: str, group: str) -> bool:
    return hidden.totals if group == TOTAL else group in hidden.rows[dimension]


def _median(values: Sequence[int]) -> float | str:
    if not values:
        return NONE
    ordered, half = sorted(values), len(values) // 2
    return (ordered[half] + ordered[-half - 1]) / 2
