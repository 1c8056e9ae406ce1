"""What of a child's history is told to the agencies that it concerns? Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event, Key
from services.domain.moments import stamp
from services.domain.referrals import Referral

STEPS: Final[Mapping[str, str]] = {
    e.RECEIVED: "received",
    e.DECIDED: "decided",
    e.TOLD: "told",
    e.AMENDED: "amended",
    e.WITHDRAWN: "withdrawn",
}
"""What happens to a referral, by the event that tells it."""

_CODES: Final[Mapping[str, str]] = {"decided": "decision", "told": "means"}
UNDONE: Final = "feedback.referral-undone.v1"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a referral, and an agency that is told; `by` is who did it."""

    source: str
    id: str
    agency: str
    step: str
    child_ref: str
    referral_ref: str
    at: datetime
    by: str
    code: str | None

    @property
    def key(self) -> Key:
        """The event that tells it."""
        return (self.source, self.id)

    @property
    def said(self) -> "Fact":
        """What an agency learns of it, whichever child's history it stands in."""
        return replace(self, child_ref="")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to tell an agency."""

    agency: str
    type: str
    at: datetime
    child_ref: str
    referral_ref: str | None
    source: str
    id: str
    gap_id: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be told, and what stands now instead of what stood before."""

    entries: tuple[Entry, ...]
    begun: tuple[Fact, ...]
    ended: tuple[Fact, ...]
    moved: tuple[Fact, ...]


def facts_of(folded: Folded) -> Iterator[Fact]:
    """Find what stands of every referral: for its sender, and for whoever has received it."""
    for referral in folded.referrals.values():
        received = {event.agency for event in referral.of_type(e.RECEIVED)}
        for agency in sorted({*referral.senders, *received}):
            for event in referral.closers(STEPS):
                yield _fact(folded.child_ref, referral, event, agency)


def _fact(child_ref: str, referral: Referral, event: Event, agency: str) -> Fact:
    step = STEPS[event.type]
    return Fact(
        *event.key,
        agency=agency,
        step=step,
        child_ref=child_ref,
        referral_ref=referral.ref,
        at=event.time,
        by=event.agency,
        code=event.ref(_CODES[step]) if step in _CODES else None,
    )


def difference(before: Iterable[Fact], now: Iterable[Fact]) -> Change:
    """Compare what was told with what stands; entries in the order in which it happened in life.

    What merely belongs to another child's history now, because records were linked or un-linked,
    is nothing new to anybody.
    """
    old = {fact.said: fact for fact in before}
    new = {fact.said: fact for fact in now}
    ended = tuple(fact for said, fact in old.items() if said not in new)
    begun = tuple(fact for said, fact in new.items() if said not in old)
    moved = tuple(
        fact for said, fact in new.items() if said in old and fact.child_ref != old[said].child_ref
    )
    told = [*((fact, True) for fact in ended), *((fact, False) for fact in begun)]
    told.sort(key=lambda each: (each[0].at, *each[0].key, each[0].agency, not each[1]))
    return Change(tuple(_entry(fact, undone=undone) for fact, undone in told), begun, ended, moved)


def _entry(fact: Fact, *, undone: bool) -> Entry:
    data: dict[str, Any] = {"step": fact.step, "by": fact.by, "at": stamp(fact.at)}
    if fact.step in _CODES:
        data |= {_CODES[fact.step]: fact.code}
    return Entry(
        agency=fact.agency,
        type=UNDONE if undone else f"feedback.referral-{fact.step}.v1",
        at=fact.at,
        child_ref=fact.child_ref,
        referral_ref=fact.referral_ref,
        source=fact.source,
        id=fact.id,
        gap_id=None,
        data=data,
    )
