"""Which records are of one child? Pure: from what records state to groups of them, and doubts.

A value is an NHS number, a UPN or a referral_ref. Each is judged by itself, so that a conflict over
one leaves what another links in force; then all together, so that no chain of them joins two who
conflict (docs/decisions/bridges-between-children.md). A referral_ref gives way to the numbers, and
likeness to both; what a person has decided comes before all of them. Nothing depends on the order
in which things were said.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from services.intake.bridges import connected, links_of
from services.intake.decisions import Decided, Decisions
from services.intake.grouping import Groups, grouped
from services.intake.likely import Doubt, Judge, Likeness, Pair, joined_by_likeness
from services.intake.records import Record, Value, conflict_among

Reason = Literal["birth-date", "sex", "crowded", "kept-apart"] | Doubt
Holders = Mapping[Value, list[Record]]

CROWD: Final = 50
"""More records than this share a placeholder, not a child."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a person should look at: these records share a value and are not linked by it."""

    value: Value
    records: tuple[str, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Matching:
    """Every record in exactly one group; a review for each value that does not link all."""

    groups: Groups
    reviews: Mapping[Value, Review]


@dataclass(frozen=True, slots=True)
class Alike:
    """Pairs of records that may be alike, and what judges whether they are."""

    judge: Judge
    pairs: Collection[Pair] = ()


def match(
    records: Collection[Record],
    crowded: Collection[Value] = (),
    alike: Alike | None = None,
    decided: Iterable[Decided] = (),
) -> Matching:
    """Group the records; values that are `crowded` link nothing."""
    decisions = Decisions.of(decided)
    holders: defaultdict[Value, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda r: r.record_ref):
        for value in record.values:
            holders[value].append(record)
    known = {value: them for value, them in holders.items() if value not in crowded}
    linking = {value: them for value, them in known.items() if _identifies(value, them)}
    hanging = _hanging(records, linking, alike, decisions)
    agreed = decisions.agreed(records, hanging)
    numbers = [_names(them) for (kind, _), them in linking.items() if kind != "referral"]
    referrals = [_names(them) for (kind, _), them in linking.items() if kind == "referral"]
    groups = grouped(agreed, (numbers, referrals), decisions)
    likenesses: Sequence[Likeness] = ()
    if alike is not None:
        by_ref = {record.record_ref: record for record in agreed}
        groups, likenesses = joined_by_likeness(groups, by_ref, alike.pairs, alike.judge, decisions)
    reviews = {
        value: Review(value, _names(them[:CROWD]), "crowded")
        for value, them in holders.items()
        if value in crowded
    }
    reviews |= _doubts(groups, agreed, linking, decisions)
    return Matching(groups, reviews | {one.value: one for one in map(_review, likenesses)})


def child_refs(
    groups: Iterable[frozenset[str]], records: Mapping[str, Record]
) -> Iterator[tuple[str, str]]:
    """Yield (record_ref, child_ref): a group goes by the ref of one of its own records.

    So no ref ever stands for two children, and a record alone goes by its own. A ref that is in
    use already is kept, of several the one that the oldest record goes by.
    """
    for group in groups:
        oldest_first = sorted((records[ref] for ref in group), key=lambda r: r.seniority)
        in_use = (record.child_ref for record in oldest_first if record.child_ref in group)
        chosen = next(in_use, oldest_first[0].record_ref)
        for record_ref in group:
            yield record_ref, chosen


def _hanging(
    records: Iterable[Record], linking: Holders, alike: Alike | None, decisions: Decisions
) -> list[list[str]]:
    """Return what hangs together by anything at all."""
    refs = {record.record_ref for record in records}
    together = [claim & refs for claim in decisions.together]
    links = [
        *links_of(_names(them) for them in linking.values()),
        *links_of(claim for claim in together if claim),
        *(alike.pairs if alike else ()),
    ]
    return connected(refs, links)


def _doubts(
    groups: Iterable[frozenset[str]],
    records: Iterable[Record],
    linking: Holders,
    decisions: Decisions,
) -> dict[Value, Review]:
    """Name the values whose holders are of more than one group, and why that is."""
    group_of = {ref: group for group in groups for ref in group}
    by_ref = {record.record_ref: record for record in records}
    reach: dict[str, Reason | None] = {}
    for hanging in connected(by_ref, links_of(_names(them) for them in linking.values())):
        reach |= dict.fromkeys(hanging, conflict_among(by_ref[ref] for ref in hanging))
    reviews: dict[Value, Review] = {}
    for value, them in linking.items():
        refs = _names(them)
        if not _undecided(refs, group_of, decisions):
            continue
        reason = conflict_among(by_ref[ref] for ref in refs) or reach[refs[0]]
        if reason := reason or ("kept-apart" if decisions.aparts else None):
            reviews[value] = Review(value, refs, reason)
    return reviews


def _undecided(
    refs: Sequence[str], group_of: Mapping[str, frozenset[str]], decisions: Decisions
) -> bool:
    """Whether two of these are of two groups and nobody has decided that."""
    if len({group_of[ref] for ref in refs}) == 1:
        return False
    return any(
        group_of[one] != group_of[other] and not decisions.apart((one,), (other,))
        for one, other in combinations(refs, 2)
    )


def _review(likeness: Likeness) -> Review:
    value: Value = ("likeness", "|".join(likeness.records).encode())
    return Review(value, likeness.records, likeness.doubt)


def _names(records: Iterable[Record]) -> tuple[str, ...]:
    return tuple(record.record_ref for record in records)


def _identifies(value: Value, sharing: Collection[Record]) -> bool:
    """Whether a value means one child: a referral_ref, only if each agency has it once."""
    agencies = {record.agency for record in sharing}
    return value[0] != "referral" or len(agencies) == len(sharing)
