"""How good and how fast is matching by likeness? `python -m bench.matching`.

Precision and recall on invented children whose truth is known: other names than those that the
weights were trained on, all of them without a shared number. docs/identity.md states the result.
"""

import argparse
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations, product
from pathlib import Path
from typing import Final

from statsmodels.stats.proportion import proportion_confint

from bench.people import Filed, children, filed
from services.domain.likeness import Weights
from services.intake.likely import Judge, Pair
from services.intake.matching import Alike, Matching, match
from services.intake.people import Words, blocks, named
from services.intake.records import Record
from services.runtime import clock

SEED: Final = 7
PART: Final = 1
CROWD: Final = 100
POLICY: Final = Path(__file__).parents[1] / "schemas" / "policy" / "matching.toml"
_MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Counts:
    """Pairs of records: of one child in truth, linked, rightly linked, for review."""

    true: int = 0
    linked: int = 0
    right: int = 0
    reviewed: int = 0
    review_right: int = 0

    def line(self, name: str) -> str:
        """Say precision, recall, and recall with review, each with its 95 % interval."""
        found = (
            (self.right, self.linked),
            (self.right, self.true),
            (self.right + self.review_right, self.true),
            (self.review_right, self.reviewed),
        )
        cells = " | ".join(_share(part, whole) for part, whole in found)
        return f"| {name} | {self.true:,} | {cells} |"


@dataclass(slots=True)
class Measured:
    """Counts of all, by sex and by community of the name."""

    by: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))

    def add(self, one: Filed, kind: str) -> None:
        """Count a pair under everything that its first record's child is counted by."""
        for name in ("all", f"sex {one.child.sex}", one.child.community):
            counts = self.by[name]
            setattr(counts, kind, getattr(counts, kind) + 1)


def judge() -> Judge:
    """Return what judges likeness, by the policy of this checkout."""
    content = tomllib.loads(POLICY.read_text())
    return Judge(Weights.parse(content, clock.now().date()), Words.parse(content))


def paired(records: Mapping[str, Record], crowd: int) -> tuple[set[Pair], int]:
    """Return the pairs that share a block, and how many blocks were too crowded."""
    holders: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for ref, record in records.items():
        if record.person is not None:
            for block in set(blocks(record.person)):
                holders[block].append(ref)
    crowded = sum(len(refs) > crowd for refs in holders.values())
    pairs = {
        pair
        for refs in holders.values()
        if len(refs) <= crowd
        for pair in combinations(sorted(refs), 2)
    }
    return pairs, crowded


def measure(count: int, by: Judge, seed: int = SEED) -> tuple[Measured, int]:
    """Match an invented county and compare with its truth."""
    kept = {
        f"{place:07}": one for place, one in enumerate(filed(children(count, seed, PART), seed))
    }
    records = {ref: _record(ref, one, by.words) for ref, one in kept.items()}
    pairs, crowded = paired(records, CROWD)
    alike = {pair for pair in pairs if by.band(*(records[ref].person for ref in pair)) != "apart"}
    found = match(records.values(), alike=Alike(by, alike))
    return _compared(kept, found), crowded


def _record(ref: str, one: Filed, words: Words) -> Record:
    born = one.stated.get("date_of_birth")
    sex = one.stated.get("sex")
    return Record(
        ref, str(one.agency), _MADE, ref, frozenset(), born.encode() if born else None, sex,
        named(one.stated, words, sex=sex),
    )  # fmt: skip


def _compared(kept: Mapping[str, Filed], found: Matching) -> Measured:
    measured = _true(kept)
    group_of = {ref: group for group in found.groups for ref in group}
    for group in found.groups:
        for pair in combinations(sorted(group), 2):
            _count(measured, kept, pair, ("linked", "right"))
    for review in found.reviews.values():
        one, other = review.records
        for first, second in product(sorted(group_of[one]), sorted(group_of[other])):
            _count(measured, kept, (first, second), ("reviewed", "review_right"))
    return measured


def _true(kept: Mapping[str, Filed]) -> Measured:
    """Count the pairs that are of one child."""
    measured = Measured()
    records_of: defaultdict[int, list[Filed]] = defaultdict(list)
    for one in kept.values():
        records_of[one.child.number].append(one)
    for them in records_of.values():
        for first, _ in combinations(them, 2):
            measured.add(first, "true")
    return measured


def _count(
    measured: Measured, kept: Mapping[str, Filed], pair: Pair, kinds: tuple[str, str]
) -> None:
    """Count a pair under the first kind, and under the second where it is of one child."""
    first, second = (kept[ref] for ref in pair)
    for kind in kinds[: 1 + (first.child.number == second.child.number)]:
        measured.add(first, kind)


def _share(part: int, whole: int) -> str:
    if not whole:
        return "none"
    low, high = proportion_confint(part, whole, method="wilson")
    return f"{part / whole:.2%} ({low:.2%} to {high:.2%})"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--children", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    measured, crowded = measure(asked.children, judge(), asked.seed)
    print(
        "| Pairs of records | True pairs | Linked rightly | Found by linking "
        "| Found by linking or review | Reviews that are one child |"
    )
    print("|---|---|---|---|---|---|")
    for name in sorted(measured.by, key=lambda n: (n != "all", not n.startswith("sex"), n)):
        print(measured.by[name].line(name))
    print(f"\n{crowded:,} blocks were too crowded to be followed.")


if __name__ == "__main__":
    main()
