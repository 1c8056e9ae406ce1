"""Who hangs together by values that are shared, where that joins nobody who conflicts? Pure.

In layers: what a person has linked, then numbers, then referrals. Each layer joins the groups of
the one before and takes none of them apart.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from services.intake.bridges import connected, links_of, unbridged
from services.intake.decisions import Decisions
from services.intake.records import Record, as_one, conflict, conflict_among

Groups = tuple[frozenset[str], ...]


def grouped(
    records: Collection[Record], layers: Iterable[Sequence[Collection[str]]], decisions: Decisions
) -> Groups:
    """Group records by who shares something, layer by layer."""
    by_ref = {record.record_ref: record for record in records}
    groups: Groups = tuple(frozenset((ref,)) for ref in by_ref)
    for sharings in (decisions.together, *layers):
        groups = _joined(groups, by_ref, sharings, decisions)
    return groups


def _joined(
    groups: Groups,
    by_ref: Mapping[str, Record],
    sharings: Iterable[Collection[str]],
    decisions: Decisions,
) -> Groups:
    """Join groups by those whose records share something."""
    ones = {one.record_ref: one for one in (as_one([by_ref[r] for r in g]) for g in groups)}
    first_of = {ref: min(group) for group in groups for ref in group}
    claims = []
    for sharing in sharings:
        firsts = sorted({first_of[ref] for ref in sharing if ref in first_of})
        claims += _agreeing([ones[first] for first in firsts])
    births = {first: one.birth for first, one in ones.items() if one.birth is not None}
    sexes = {first: one.known_sex for first, one in ones.items() if one.known_sex}
    matters = (*decisions.matters(first_of), births, sexes)
    kept = unbridged(decisions.part(claims, first_of), matters)
    of_first = {min(group): group for group in groups}
    return tuple(
        frozenset().union(*(of_first[first] for first in firsts))
        for firsts in connected(ones, links_of(kept))
    )


def _agreeing(sharing: Sequence[Record]) -> list[frozenset[str]]:
    """Group those who share one thing, where that joins nobody with whom they conflict."""
    refs = [record.record_ref for record in sharing]
    return [frozenset(group) for group in connected(refs, _links(sharing)) if len(group) > 1]


def _links(sharing: Sequence[Record]) -> list[tuple[str, str]]:
    loose = [
        (one.record_ref, other.record_ref)
        for one, other in combinations(sharing, 2)
        if conflict(one, other) is None
    ]
    by_ref = {record.record_ref: record for record in sharing}
    for group in connected(by_ref, loose):
        if conflict_among([by_ref[ref] for ref in group]):
            return _strict_links(sharing)
    return loose


def _strict_links(sharing: Iterable[Record]) -> list[tuple[str, str]]:
    """Link only records that both state, and agree on, birth date and sex."""
    alike: defaultdict[tuple[bytes, str], list[str]] = defaultdict(list)
    for record in sharing:
        if record.birth is not None and record.known_sex is not None:
            alike[record.birth, record.known_sex].append(record.record_ref)
    return [(refs[0], ref) for refs in alike.values() for ref in refs[1:]]
