"""What is a rule, and what does it say of a child?"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.incidents import Ref
from services.domain.moments import stamp
from services.domain.policy import AT_ONCE, Deadline, Policy

Closure = tuple[datetime, Event]
"""When something counts as done, and by which event."""

NOTHING_MORE: Final[Mapping[str, Any]] = MappingProxyType({})


class Shortfall(NamedTuple):
    """What a rule found not done: a gap without what is the same for every gap of the rule.

    `judged` is the kind and ref that the obligation is keyed by; `closed` when it was met and by
    which event, None while it is not; `behind` the other events that made it; `more` what else
    tells two gaps of one ref apart. `forgives` is how far past `opens_at` is still in time. `clock`
    is the deadline that it was owed by, where there is one.
    """

    judged: Ref
    anchor: Event
    agency: str
    opens_at: datetime
    closed: Closure | None
    code: str
    forgives: timedelta = AT_ONCE
    referral_ref: str | None = None
    visible_to: tuple[str, ...] = ()
    behind: tuple[Event, ...] = ()
    more: tuple[str, ...] = ()
    params: Mapping[str, Any] = NOTHING_MORE
    clock: Deadline | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What a reader is told of it: how the deadline was worked out, and what was found."""
        return {**(_of_clock(self.clock) if self.clock else {}), **self.params}

    @property
    def exists(self) -> bool:
        """Whether there was a moment at which it was owed and not done."""
        if self.closed is None:
            return True
        late = self.closed[0] - self.opens_at
        return late > AT_ONCE and late >= self.forgives


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of contract.md 3: its name, its lesson, what closes its gaps, and its function.

    `anchors` are the types of event that it anchors on: without any of them nothing is owed.
    """

    name: str
    lesson: str
    kind: str
    version: int
    closing: tuple[str, ...]
    anchors: frozenset[str]
    judge: Callable[[Folded, Policy], Iterator[Shortfall]]

    def found(self, folded: Folded, policy: Policy) -> tuple[Shortfall, ...]:
        """What `judge` yields of a child, worked out once for gaps and measures.

        `policy` is told by what this child's events were set off (`Policy.of_child`).
        """
        if not folded.has(self.anchors):
            return ()
        return folded.once(
            lambda child: tuple(self.judge(child, policy)), (self.judge, policy.version)
        )

    @property
    def family(self) -> str:
        """The family, which is the first part of its name."""
        return self.name.partition(".")[0]


def by_until(events: Iterable[Event]) -> list[Event]:
    """Order events by the last moment at which each may have happened.

    Of two the one is dropped that is no earlier and can be no later than the other: a fact of which
    only the day is known comes before whatever else was done on its day.
    """
    kept: list[Event] = []
    for event in sorted(events, key=attrgetter("until", "order"), reverse=True):
        if not kept or event.order < kept[-1].order:
            kept.append(event)
    return kept[::-1]


def first_from(at: datetime, events: list[Event]) -> list[Event]:
    """Find the first event at or after a moment (none or one) among events in `by_until` order.

    A fact of which only the day is known is at or after every moment of its day.
    """
    place = bisect_left(events, at, key=attrgetter("until"))
    return events[place : place + 1]


def follower(at: datetime, among: list[Event]) -> Closure | None:
    """Find what was done first at or after a moment, among events in `by_until` order."""
    return closure(first_from(at, among))


def when(done: Closure) -> tuple[datetime, str, str]:
    """How closures are ordered: by their moment, then by source and id."""
    return (done[0], *done[1].key)


def earliest(closures: Iterable[Closure | None]) -> Closure | None:
    """Choose the first of what would each have met what was owed, where anything did."""
    return min((one for one in closures if one), key=when, default=None)


def closure(done: Iterable[Event]) -> Closure | None:
    """Take the first of the events that would each have met what was owed, at its own time."""
    first = min(done, key=attrgetter("order"), default=None)
    return None if first is None else (first.time, first)


def _of_clock(clock: Deadline) -> dict[str, Any]:
    return {
        "started_at": stamp(clock.start),
        "due_at": stamp(clock.at),
        "limit": clock.limit,
        "unit": clock.unit,
        "skipped": [{"on": day.day.isoformat(), "name": day.name} for day in clock.skipped],
        "line": clock.line.pointer,
        "standing": clock.line.standing,
    }
