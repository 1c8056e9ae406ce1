"""Which records are of one child? Pure: from what records state to groups of them, and doubts.

A value is an NHS number, a UPN or a referral_ref. Each is judged by itself, so that a conflict over
one leaves what another links in force. Nothing depends on the order in which things were said.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final, Literal

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
    links: list[tuple[str, str]] = []
    reviews: dict[Value, Review] = {}
    for value, sharing in holders.items():
        if value in crowded:
            names = tuple(record.record_ref for record in sharing[:CROWD])
            reviews[value] = Review(value, names, "crowded")
        elif _identifies(value, sharing):
            links += _links(sharing)
            if reason := _conflict_among(sharing):
                names = tuple(record.record_ref for record in sharing)
                reviews[value] = Review(value, names, reason)
    return Matching(_groups((record.record_ref for record in records), links), reviews)


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
    if one.birth is not None and other.birth is not None and one.birth != other.birth:
        return "birth-date"
    sexes = {one.known_sex, other.known_sex} - {None}
    return "sex" if len(sexes) > 1 else None


def _conflict_among(sharing: Collection[Record]) -> Reason | None:
    """Say why some of these conflict: birth date before sex."""
    reasons = {conflict(one, other) for one, other in combinations(sharing, 2)}
    if "birth-date" in reasons:
        return "birth-date"
    return "sex" if "sex" in reasons else None


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


def connected(refs: Iterable[str], links: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return what hangs together by links (union-find)."""
    parent = {ref: ref for ref in refs}

    def root(ref: str) -> str:
        while parent[ref] != ref:
            parent[ref] = parent[parent[ref]]
            ref = parent[ref]
        return ref

    for one, other in links:
        parent[root(one)] = root(other)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for ref in parent:
        groups[root(ref)].append(ref)
    return list(groups.values())
