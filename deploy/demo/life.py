"""What happens to one child in the year, what is owed for it, and what was not done in time?

A life is written by the pathways and cut at the county's end: what would be said at or after it is
never said, so nothing can answer for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from deploy.demo.children import Child
from deploy.demo.county import RATES, County
from deploy.demo.staff import Staff, Worker


def stamp(moment: datetime) -> str:
    """Return a moment as the wire has it: RFC 3339, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Said:
    """One event as its agency sends it; `arrives` is when it is sent."""

    agency: str
    source: str
    id: str
    type: str
    time: datetime
    arrives: datetime
    content: dict[str, Any]  # the event's `data`

    def wire(self) -> dict[str, Any]:
        """Return the event as a structured CloudEvent."""
        return {
            "specversion": "1.0",
            "source": self.source,
            "id": self.id,
            "type": self.type,
            "time": stamp(self.time),
            "data": self.content,
        }


@dataclass(slots=True)
class Incident:
    """One incident: everything said that shares a custody or incident ref."""

    first: Said
    refs: set[str] = field(default_factory=set)
    owing: list[tuple[datetime, Said]] = field(default_factory=list)  # (referral due at, for what)
    answered_at: list[datetime] = field(default_factory=list)  # by a no-referral decision
    flagged: Said | None = None  # the first event with an indicator of exploitation
    involved: list[tuple[datetime, str]] = field(default_factory=list)
    unsafe: Said | None = None  # an exposure to violence said not to be safeguarding


@dataclass(slots=True)
class Referral:
    """One referral as far as the patterns ask about it."""

    ref: str
    made: Said | None
    triggers: frozenset[str]
    counts: bool = True  # false: withdrawn before any decision, as if it had not been made
    considered_at: list[datetime] = field(default_factory=list)
    screened_at: list[datetime] = field(default_factory=list)
    harms_at: list[tuple[datetime, frozenset[str]]] = field(default_factory=list)
    decided: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Returned:
    """A review that sent the work back, and what of that very work mended it."""

    review: Said
    mended_at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Failing:
    """What was planted: a rule, the event it hangs on, and when it stayed undone."""

    rule: str
    anchor: Said
    opens_at: datetime
    closes_at: datetime | None
    ambiguous: str | None = None

    def wire(self) -> dict[str, str | None]:
        """Return the line of truth.jsonl: codes, times and the anchor's key; nobody's identity."""
        return {
            "rule": self.rule,
            "source": self.anchor.source,
            "id": self.anchor.id,
            "opens_at": stamp(self.opens_at),
            "closes_at": stamp(self.closes_at) if self.closes_at else None,
            "ambiguous": self.ambiguous,
        }


@dataclass(slots=True)
class Life:
    """A child's year as it is being written."""

    child: Child
    county: County
    staff: Staff
    rng: Random
    prefix: str  # of this child's ids and refs
    said: list[Said] = field(default_factory=list)
    failings: list[Failing] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    returned: list[Returned] = field(default_factory=list)
    discussed_at: list[datetime] = field(default_factory=list)
    handled: list[tuple[Said, str, Worker]] = field(default_factory=list)
    refs: int = 0

    def slips(self, rate: str) -> bool:
        """Say whether this time the thing named by a line of RATES goes wrong."""
        return self.chance(RATES[rate])

    def chance(self, share: float) -> bool:
        """Say whether something happens this time that happens in this share of times."""
        return self.rng.random() < share

    def new_ref(self, kind: str) -> str:
        """Return a fresh ref of a kind, this child's own."""
        self.refs += 1
        return f"{kind}-{self.prefix}-{self.refs}"

    def say(  # noqa: PLR0913 - what an event is made of
        self,
        agency: str,
        system: str,
        type_: str,
        time: datetime | None,
        content: dict[str, Any],
        worker: Worker | None = None,
    ) -> Said | None:
        """Write one event into the life; None where the year's end cuts it or it has no time."""
        if time is None or time >= self.county.until:
            return None
        first = not any(said.agency == agency for said in self.said)
        child = self.child.as_known_to(
            agency,
            self.county,
            in_full=first or self.rng.random() < 0.7,  # noqa: PLR2004
        )
        stated = {"child": child, **content}
        if worker:
            stated["practitioner"] = worker.named()
        arrives = self._arrival(time)
        if arrives - time > timedelta(days=1) and arrives < self.county.until:
            stated["recorded_at"] = stamp(arrives)
        said = Said(
            agency=agency,
            source=f"/{agency}/demo-{system}",
            id=f"{self.prefix}-e{len(self.said) + 1}",
            type=type_,
            time=time,
            arrives=arrives,
            content=stated,
        )
        self.said.append(said)
        return said

    def owe(
        self,
        rule: str,
        anchor: Said | None,
        opens_at: datetime,
        done: Iterable[datetime | None],
    ) -> None:
        """Plant a failing if what was owed by `opens_at` was done after it or never."""
        if anchor is None:
            return
        closes_at = min((at for at in done if at is not None), default=None)
        if closes_at is None or closes_at > opens_at:
            ambiguous = "unlinked-record" if self.child.known_by == "nothing" else None
            self.failings.append(Failing(rule, anchor, opens_at, closes_at, ambiguous))

    def _arrival(self, time: datetime) -> datetime:
        if self.slips("late-arrival"):
            return time + timedelta(hours=self.rng.uniform(30, 20 * 24))
        return time + timedelta(minutes=self.rng.uniform(2, 90))


def at(said: Said | None) -> datetime | None:
    """Return when something was said, None if it never was."""
    return said.time if said else None
