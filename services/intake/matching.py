"""Which records are of one child? Pure: from what records state to groups of them, and doubts.

A value is an NHS number, a UPN or a referral_ref. Each is judged by itself, so that a conflict over
one leaves what another links in force; then all together, so that no chain of them joins two who
conflict (docs/decisions/bridges-between-children.md). A referral_ref gives way to the numbers.
Nothing depends on the order in which things were said.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Final, Literal

from services.intake.bridges import connected, links_of, unbridged

Kind = Literal["nhs", "upn", "referral"]
Reason = Literal["birth-date", "sex", "crowded"]
Value = tuple[Kind, bytes]
"""Something that records share; an NHS number or UPN as its MAC."""

CROWD: Final = 50
"""More records than this share a placeholder, not a child."""


@dataclass(frozen=True, slots=True)
class Record:
    """One agency's record and what it last stated; None where it states nothing."""

    record_ref: str
    agency: str
    created_at: datetime
    child_ref: str
    values: frozenset[Value]
    birth: bytes | None = None
    sex: str | None = None

    @property
    def known_sex(self) -> str | None:
        """M or F; unknown conflicts with nothing."""
        return self.sex if self.sex in {"M", "F"} else None

    @property
    def seniority(self) -> tuple[datetime, str]:
        """The older record comes first."""
        return (self.created_at, self.record_ref)


@dataclass(frozen=True, slots=True)
class Review:
    """What a person should look at: these records share a value and are not linked by it."""

    value: Value
    records: tuple[str, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Matching:
    """Every record in exactly one group; a review for each value that does not link all."""

    groups: tuple[frozenset[str], ...]
    reviews: Mapping[Value, Review]


def match(records: Collection[Record], crowded: Collection[Value] = ()) -> Matching:
    """Group the records; values that are `crowded` link nothing."""
    holders: defaultdict[Value, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda r: r.record_ref):
        for value in record.values:
            holders[value].append(record)
    known = {value: them for value, them in holders.items() if value not in crowded}
    linking = {value: them for value, them in known.items() if _identifies(value, them)}
    groups = _judge_together(records, linking)
    reviews = {
        value: Review(value, _names(them[:CROWD]), "crowded")
        for value, them in holders.items()
        if value in crowded
    }
    return Matching(groups, reviews | _doubts(groups, records, linking))


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


def conflict(one: Record, other: Record) -> Reason | None:
    """Say why two records cannot be of one child, if so."""
    return _conflict_among((one, other))


def _conflict_among(records: Iterable[Record]) -> Reason | None:
    """Say why some of these conflict: birth date before sex."""
    births, sexes = set(), set()
    for record in records:
        births.add(record.birth)
        sexes.add(record.known_sex)
    if len(births - {None}) > 1:
        return "birth-date"
    return "sex" if len(sexes - {None}) > 1 else None


def _judge_together(
    records: Collection[Record], linking: Mapping[Value, list[Record]]
) -> tuple[frozenset[str], ...]:
    """Group by the numbers first, then those groups by what referrals they share."""
    by_ref = {record.record_ref: record for record in records}
    numbers = [them for (kind, _), them in linking.items() if kind != "referral"]
    group_of: dict[str, frozenset[str]] = {}
    ones: dict[frozenset[str], Record] = {}
    for group in _joined(records, numbers):
        ones[group] = _as_one([by_ref[ref] for ref in group])
        group_of |= dict.fromkeys(group, group)
    referrals = [
        [ones[group] for group in {group_of[record.record_ref] for record in them}]
        for (kind, _), them in linking.items()
        if kind == "referral"
    ]
    return tuple(
        frozenset().union(*(group_of[ref] for ref in joined))
        for joined in _joined(ones.values(), referrals)
    )


def _joined(
    records: Collection[Record], sharings: Iterable[list[Record]]
) -> tuple[frozenset[str], ...]:
    """Group records by those who share a value, where that joins nobody who conflicts."""
    claims = [
        group
        for sharing in sharings
        for group in _groups(_names(sharing), _links(sharing))
        if len(group) > 1
    ]
    births = {record.record_ref: record.birth for record in records if record.birth is not None}
    sexes = {record.record_ref: record.known_sex for record in records if record.known_sex}
    kept = unbridged(claims, (births, sexes))
    return _groups(_names(records), links_of(kept))


def _as_one(group: Collection[Record]) -> Record:
    """Return one record that states what any of these states; they do not conflict."""
    first = min(group, key=lambda record: record.record_ref)
    birth = next((record.birth for record in group if record.birth is not None), None)
    return replace(first, birth=birth, sex=next((r.sex for r in group if r.known_sex), None))


def _doubts(
    groups: Iterable[frozenset[str]],
    records: Iterable[Record],
    linking: Mapping[Value, list[Record]],
) -> dict[Value, Review]:
    """Name the values whose holders are of more than one group, and why that is."""
    group_of = {ref: group for group in groups for ref in group}
    apart = {
        value: them
        for value, them in linking.items()
        if len({group_of[record.record_ref] for record in them}) > 1
    }
    by_ref = {record.record_ref: record for record in records}
    reach: dict[str, Reason | None] = {}
    for hanging in connected(by_ref, links_of(_names(them) for them in linking.values())):
        reach |= dict.fromkeys(hanging, _conflict_among(by_ref[ref] for ref in hanging))
    reviews: dict[Value, Review] = {}
    for value, them in apart.items():
        if reason := _conflict_among(them) or reach[them[0].record_ref]:
            reviews[value] = Review(value, _names(them), reason)
    return reviews


def _names(records: Iterable[Record]) -> tuple[str, ...]:
    return tuple(record.record_ref for record in records)


def _identifies(value: Value, sharing: Collection[Record]) -> bool:
    """Whether a value means one child: a referral_ref, only if each agency has it once."""
    agencies = {record.agency for record in sharing}
    return value[0] != "referral" or len(agencies) == len(sharing)


def _links(sharing: list[Record]) -> list[tuple[str, str]]:
    """Link those who share a value, where that joins nobody with whom they conflict."""
    loose = [
        (one.record_ref, other.record_ref)
        for one, other in combinations(sharing, 2)
        if conflict(one, other) is None
    ]
    by_ref = {record.record_ref: record for record in sharing}
    for group in _groups(by_ref, loose):
        if _conflict_among([by_ref[ref] for ref in group]):
            return _strict_links(sharing)
    return loose


def _strict_links(sharing: Iterable[Record]) -> list[tuple[str, str]]:
    """Link only records that both state, and agree on, birth date and sex."""
    alike: defaultdict[tuple[bytes, str], list[str]] = defaultdict(list)
    for record in sharing:
        if record.birth is not None and record.known_sex is not None:
            alike[record.birth, record.known_sex].append(record.record_ref)
    return [(refs[0], ref) for refs in alike.values() for ref in refs[1:]]


def _groups(refs: Iterable[str], links: Iterable[tuple[str, str]]) -> tuple[frozenset[str], ...]:
    """Return the connected groups, each ref in exactly one."""
    return tuple(frozenset(group) for group in connected(refs, links))
