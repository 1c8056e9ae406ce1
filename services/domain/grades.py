"""How did two readers grade the same referrals?"""

from collections.abc import Collection, Iterable, Mapping
from operator import attrgetter
from typing import NamedTuple

from services.domain.referrals import Referral

GRADED = "oversight.audit-graded.v1"
GRADES = ("good", "requires-improvement", "inadequate")
"""The rows and the columns of a table, in order."""

Pair = tuple[str, str]
"""The grade of the first reader, and of the second, who read blind."""

Table = list[list[int]]
"""Pairs counted: a row by the first reader's grade, a column by the second's."""


class Reading(NamedTuple):
    """What one auditor graded by dimension; `reader`: a number that tells the auditors apart."""

    agency: str
    reader: int
    blind: bool
    grades: Mapping[str, str]


def readings(referral: Referral) -> list[Reading]:
    """Return who graded what of a referral, in order; who they are goes by a number."""
    events = [event for event in referral.of_type(GRADED) if event.staff is not None]
    number = {staff: place for place, staff in enumerate(dict.fromkeys(e.staff for e in events))}
    return [
        Reading(
            event.agency,
            number[event.staff],
            event.facts.get("blind") is True,
            {name: grade for name, grade in event.part("grades").items() if grade in GRADES},
        )
        for event in events
    ]


def pairs(read: Iterable[Reading], agencies: Collection[str]) -> dict[str, Pair]:
    """Pair the grades that two auditors of these agencies gave a referral, by dimension.

    The second is the first who read blind after or before another did. Of what somebody graded
    again only the first grade counts: what was talked over agrees for another reason.
    """
    own = [one for one in read if one.agency in agencies]
    dimensions = {name for one in own for name in one.grades}
    found = {name: _pair(name, own) for name in sorted(dimensions)}
    return {name: pair for name, pair in found.items() if pair is not None}


def tables(paired: Iterable[tuple[Mapping[str, Pair], int]]) -> dict[str, Table]:
    """Count pairs by dimension; each is of so many referrals that were graded alike."""
    found: dict[str, Table] = {}
    for alike, referrals in paired:
        for name, (first, second) in alike.items():
            table = found.setdefault(name, [[0] * len(GRADES) for _ in GRADES])
            table[GRADES.index(first)][GRADES.index(second)] += referrals
    return dict(sorted(found.items()))


def _pair(name: str, read: Iterable[Reading]) -> Pair | None:
    """The earliest open reading, else the earliest; and the earliest blind one by another."""
    own: dict[int, Reading] = {}
    for one in read:
        if name in one.grades:
            own.setdefault(one.reader, one)
    in_turn = sorted(own.values(), key=attrgetter("blind"))
    second = next((one for one in in_turn[1:] if one.blind), None)
    return None if second is None else (in_turn[0].grades[name], second.grades[name])
