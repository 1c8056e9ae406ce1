"""Which groups of records are one child by likeness, and which should a person look at? Pure.

The last layer: what numbers and referrals join is not taken apart by it. Two groups are joined only
where nobody who is like the one speaks against the other, so that a careless record never joins
twins; what that leaves open goes to review.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, product
from typing import Any, Final, Literal

from services.domain.likeness import Band, Comparison, Weights
from services.intake.bridges import connected
from services.intake.comparing import compare
from services.intake.decisions import Decisions
from services.intake.grouping import Groups
from services.intake.people import Person, Words
from services.intake.records import Record, as_one, conflict

Doubt = Literal["birth-date", "number", "given-name", "family-name", "uncertain", "contradicted"]
Pair = tuple[str, str]
"""Two records or two groups, the smaller first."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Weighs what is alike by the policy in force."""

    weights: Weights
    words: Words

    @classmethod
    def of(cls, policy: Mapping[str, Any], on: date) -> "Judge":
        """Read matching.toml as it holds on a day."""
        return cls(Weights.parse(policy, on), Words.parse(policy))

    def compare(self, one: Person | None, other: Person | None) -> Comparison | None:
        """Compare two people; None where one is nobody."""
        return None if one is None or other is None else compare(one, other, self.words)

    def band(self, one: Person | None, other: Person | None) -> Band:
        """Say in which band two people are."""
        comparison = self.compare(one, other)
        return "apart" if comparison is None else self.weights.band(comparison)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two records that are alike enough for a person to look at."""

    records: Pair
    doubt: Doubt


@dataclass(slots=True)
class _Ties:
    """What speaks for two groups being one child: by pair of groups, its best pair of records."""

    linked: set[Pair] = field(default_factory=set)
    best: dict[Pair, tuple[float, Pair]] = field(default_factory=dict)

    def add(self, groups: Pair, weight: float, records: Pair) -> None:
        """Note a pair of records; the heavier counts, of two alike the one first by ref."""
        found = (-weight, records)
        self.best[groups] = min(self.best.get(groups, found), found)


def joined_by_likeness(
    groups: Groups,
    by_ref: Mapping[str, Record],
    pairs: Iterable[Pair],
    judge: Judge,
    decisions: Decisions,
) -> tuple[Groups, list[Likeness]]:
    """Join groups that are alike; return what a person should look at besides."""
    group_of = {ref: group for group in groups for ref in group}
    ties = _Ties()
    for pair in sorted(pairs):
        between = _between(group_of, pair)
        comparison = judge.compare(*(by_ref[ref].person for ref in pair))
        if between is None or comparison is None:
            continue
        band = judge.weights.band(comparison)
        if band != "apart":
            ties.add(between, judge.weights.weight(comparison), pair)
        if band == "linked":
            ties.linked.add(between)
    speaks_against = _contradiction(group_of, by_ref, judge, decisions)
    kept = _uncontradicted(ties.linked, speaks_against)
    firsts = connected({min(group) for group in groups}, kept)
    joined = tuple(frozenset().union(*(group_of[one] for one in group)) for group in firsts)
    return joined, list(_left(joined, ties, by_ref, judge, decisions))


def _between(group_of: Mapping[str, frozenset[str]], pair: Pair) -> Pair | None:
    """Return the two groups that a pair is of, each by its first; None if it is one."""
    one, other = sorted(min(group_of[ref]) for ref in pair)
    return None if one == other else (one, other)


def _contradiction(
    group_of: Mapping[str, frozenset[str]],
    by_ref: Mapping[str, Record],
    judge: Judge,
    decisions: Decisions,
) -> Callable[[str, str], bool]:
    """Return what says whether two groups speak against being one child."""
    known: dict[Pair, bool] = {}

    def speaks_against(one: str, other: str) -> bool:
        key = (min(one, other), max(one, other))
        if key not in known:
            known[key] = _contradict(group_of[one], group_of[other], by_ref, judge, decisions)
        return known[key]

    return speaks_against


def _contradict(
    one: frozenset[str],
    other: frozenset[str],
    by_ref: Mapping[str, Record],
    judge: Judge,
    decisions: Decisions,
) -> bool:
    """Whether birth date, sex, a given name or a person says that two groups are two children."""
    if conflict(*(as_one([by_ref[ref] for ref in group]) for group in (one, other))):
        return True
    if decisions.apart(one, other):
        return True
    compared = (judge.compare(by_ref[a].person, by_ref[b].person) for a, b in product(one, other))
    return any(found is not None and found.given_name == "other" for found in compared)


def _uncontradicted(
    linked: Collection[Pair], speaks_against: Callable[[str, str], bool]
) -> list[Pair]:
    """Return the ties that no third group speaks against, however far it is."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in linked:
        near[one].add(other)
        near[other].add(one)
    kept = [
        (one, other)
        for one, other in linked
        if not speaks_against(one, other)
        and not any(speaks_against(third, other) for third in near[one] - {other})
        and not any(speaks_against(third, one) for third in near[other] - {one})
    ]
    refs = {ref for pair in kept for ref in pair}
    torn = {
        ref
        for group in connected(refs, kept)
        if any(speaks_against(*pair) for pair in combinations(group, 2))
        for ref in group
    }
    return [pair for pair in kept if torn.isdisjoint(pair)]


def _left(
    joined: Groups,
    ties: _Ties,
    by_ref: Mapping[str, Record],
    judge: Judge,
    decisions: Decisions,
) -> Iterable[Likeness]:
    """Yield for each two groups that are alike and not joined their best pair of records."""
    group_of = {ref: group for group in joined for ref in group}
    best = _Ties()
    for (one, other), (weight, pair) in ties.best.items():
        groups = _between(group_of, (one, other))
        if groups is not None and not _settled(group_of, groups, by_ref, decisions):
            best.add(groups, -weight, pair)
    for _, pair in sorted(best.best.values()):
        comparison = judge.compare(*(by_ref[ref].person for ref in pair))
        assert comparison is not None  # noqa: S101 - it was weighed above
        yield Likeness(pair, _doubt(comparison, judge.weights))


def _settled(
    group_of: Mapping[str, frozenset[str]],
    groups: Pair,
    by_ref: Mapping[str, Record],
    decisions: Decisions,
) -> bool:
    """Whether sex or a person has said that these are two children: nobody need look again."""
    one, other = (group_of[first] for first in groups)
    sexes = {by_ref[ref].known_sex for ref in one | other} - {None}
    return len(sexes) > 1 or decisions.apart(one, other)


_DOUBTS: Final[tuple[tuple[str, frozenset[str], Doubt], ...]] = (
    ("birth_date", frozenset({"day-and-month", "fifteenth", "near", "unknown"}), "birth-date"),
    ("number", frozenset({"other"}), "number"),
    ("given_name", frozenset({"near"}), "given-name"),
    ("family_name", frozenset({"other"}), "family-name"),
)


def _doubt(comparison: Comparison, weights: Weights) -> Doubt:
    """Say why two records that are alike are not linked."""
    stated = comparison._asdict()
    for thing, levels, doubt in _DOUBTS:
        if stated[thing] in levels:
            return doubt
    return "contradicted" if weights.band(comparison) == "linked" else "uncertain"
