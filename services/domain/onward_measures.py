"""How do referrals to services go, by provider, kind, area and sector? Counts, small ones hidden.

What becomes of referrals is a tree: of those made some are accepted, of those some start, and so
on. Each branch is hidden wherever what it is a part of is hidden, so that no small count can be
worked out; within a branch the parts are hidden together.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
MADE: Final = "made"
BRANCHES: Final[Mapping[str, Branch]] = {
    "answers": Branch(ROOT, MADE, {
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
    waits: Mapping[str, list[int]] = field(default_factory=lambda: {name: [] for name in WAITS})

    def add(self, one: Onward, parts: Collection[str]) -> None:
        """Count a referral that is in these parts."""
        self.counts.update(parts)
        for wait, (_, part, _) in WAITS.items():
            if part in parts:
                self.waits[wait].append(getattr(one, wait))


Groups = Mapping[str, Mapping[str, _Tally]]
"""By dimension, then by group: the same referrals in each dimension, and in its total."""


def measured(found: Iterable[Onward], known: Mapping[str, Iterable[str]], fewest: int) -> list[Row]:
    """Return every row of every dimension, its total last.

    Args:
        found: the referrals of a period.
        known: by dimension the groups that are shown also where there is nobody.
        fewest: of how many a median may be told.

    """
    total, groups = _tallied(found, known)
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


def _tallied(found: Iterable[Onward], known: Mapping[str, Iterable[str]]) -> tuple[_Tally, Groups]:
    total = _Tally()
    groups: dict[str, dict[str, _Tally]] = {
        dimension: {group: _Tally() for group in known.get(dimension, ())}
        for dimension in DIMENSIONS
    }
    for one in found:
        parts = parts_of(one)
        total.add(one, parts)
        for dimension, table in groups.items():
            table.setdefault(getattr(one, dimension) or UNKNOWN, _Tally()).add(one, parts)
    return total, groups


def parts_of(one: Onward) -> set[str]:
    """Name every part of the tree that a referral is in."""
    parts = {MADE}
    for branch in BRANCHES.values():  # each stands after the branch that it is a part of
        if branch.part in parts:
            parts |= {part for part, holds in branch.parts.items() if holds(one)}
    return parts


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
        yield HIDDEN if concealed[name] or 0 < len(waits) < fewest else _median(waits)


def _concealed(hidden: Suppression, dimension: str, group: str) -> bool:
    return hidden.totals if group == TOTAL else group in hidden.rows[dimension]


def _median(values: Sequence[int]) -> float | str:
    if not values:
        return NONE
    ordered, half = sorted(values), len(values) // 2
    return (ordered[half] + ordered[-half - 1]) / 2
