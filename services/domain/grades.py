"""How did two readers grade the same referrals?"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from services.domain.events import Event
from services.domain.referrals import Referral

GRADED = "oversight.audit-graded.v1"
GRADES = ("good", "requires-improvement", "inadequate")
"""The rows and the columns of a table, in order."""

Pair = tuple[str, str]
"""The grade of the first reader, and of the second, who read blind."""

Table = list[list[int]]
"""Pairs counted: a row by the first reader's grade, a column by the second's."""


def pairs(referral: Referral, agencies: Collection[str]) -> dict[str, Pair]:
    """Pair the grades that two auditors of these agencies gave a referral, by dimension.

    The second is the first who read blind after or before another did. Of what somebody graded
    again only the first grade counts: what was talked over agrees for another reason.
    """
    readings = [
        event
        for event in referral.of_type(GRADED)
        if event.agency in agencies and event.staff is not None
    ]
    dimensions = {name for event in readings for name in event.part("grades")}
    found = {name: _pair(name, readings) for name in sorted(dimensions)}
    return {name: pair for name, pair in found.items() if pair is not None}


def tables(paired: Iterable[Mapping[str, Pair]]) -> dict[str, Table]:
    """Count pairs by dimension."""
    found: dict[str, Table] = {}
    for of_referral in paired:
        for name, (first, second) in of_referral.items():
            table = found.setdefault(name, [[0] * len(GRADES) for _ in GRADES])
            table[GRADES.index(first)][GRADES.index(second)] += 1
    return dict(sorted(found.items()))


def _pair(name: str, readings: Iterable[Event]) -> Pair | None:
    """The earliest open reading, else the earliest; and the earliest blind one by another."""
    own: dict[Any, Event] = {}
    for event in readings:
        if event.part("grades").get(name) in GRADES:
            own.setdefault(event.staff, event)
    in_turn = sorted(own.values(), key=_blind)
    second = next((event for event in in_turn[1:] if _blind(event)), None)
    if second is None:
        return None
    return in_turn[0].part("grades")[name], second.part("grades")[name]


def _blind(event: Event) -> bool:
    return event.facts.get("blind") is True
