"""Which links would join two who contradict each other, and are undone? Pure, and of any order.

A record that states no birth date can share an NHS number with one child and a UPN with another. It
says nothing of whose it is, so it is linked with neither; the others keep what links them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

Claim = frozenset[str]
"""Records that one value says are of one child; no two of them contradict each other."""
Stated = Mapping[str, object]
"""By record, what it states of one matter; a record that states nothing is not in it."""


def unbridged(claims: Collection[Claim], matters: Sequence[Stated]) -> list[Claim]:
    """Return claims, whole or in parts, that together join nobody with whom they disagree."""
    kept: list[Claim] = []
    waiting = [claims]
    while waiting:
        for hanging in _hanging_together(waiting.pop()):
            everybody = frozenset().union(*hanging)
            disputed = next((stated for stated in matters if _disagree(stated, everybody)), None)
            if disputed is None:
                kept += hanging
            else:
                waiting.append(_part(hanging, disputed))
    return kept


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


def links_of(claims: Iterable[Collection[str]]) -> Iterable[tuple[str, str]]:
    """Yield pairs by which the records of each claim hang together."""
    for first, *others in claims:
        yield from ((first, other) for other in others)


def _hanging_together(claims: Collection[Claim]) -> Iterable[list[Claim]]:
    """Sort claims by the group of records that they make."""
    number_of = _numbered(claims)
    sorted_: defaultdict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        sorted_[number_of[next(iter(claim))]].append(claim)
    return sorted_.values()


def _numbered(claims: Collection[Claim]) -> dict[str, int]:
    """Number the groups that claims make, and give each record the number of its own."""
    groups = connected(frozenset().union(*claims), links_of(claims))
    return {ref: number for number, group in enumerate(groups) for ref in group}


def _part(claims: Collection[Claim], stated: Stated) -> list[Claim]:
    """Take those who stand between the two sides out of the claims that take a side.

    They stay with one another. Somebody is always taken out: who states the matter is linked
    directly only with those who agree, so a way from one side to the other leads over the silent.
    """
    between = _next_to_both(claims, stated) or _leading_to_both(claims, stated)
    parts: list[Claim] = []
    for claim in claims:
        sided = not claim.isdisjoint(stated)
        parts += (claim - between, claim & between) if sided else (claim,)
    return [part for part in parts if len(part) > 1]


def _next_to_both(claims: Collection[Claim], stated: Stated) -> frozenset[str]:
    """Name the silent whose own values link them with two who disagree."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    for claim in claims:
        for ref in claim - stated.keys():
            near[ref] |= claim
    return frozenset(ref for ref, others in near.items() if _disagree(stated, others))


def _leading_to_both(claims: Collection[Claim], stated: Stated) -> frozenset[str]:
    """Name the silent who, from one to the next, lead to two who disagree."""
    silent = [claim - stated.keys() for claim in claims]
    number_of = _numbered([part for part in silent if part])
    reached: defaultdict[int, set[str]] = defaultdict(set)
    for claim, part in zip(claims, silent, strict=True):
        if part:
            reached[number_of[next(iter(part))]] |= claim
    between = {number for number, others in reached.items() if _disagree(stated, others)}
    return frozenset(ref for ref, number in number_of.items() if number in between)


def _disagree(stated: Stated, refs: Iterable[str]) -> bool:
    """Whether these state more than one thing."""
    return len({stated[ref] for ref in refs if ref in stated}) > 1
