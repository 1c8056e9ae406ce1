"""Who usually sends at this hour of the week and has gone quiet, and who sends far more than usual?

Counts of events by hour of receipt are compared with the hours of the week before: a quiet weekend
of an office is usual, a quiet weekend of a custody suite is not. A bank holiday counts as a Sunday.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp
from typing import Any, Final, Literal, NamedTuple

from services.domain.moments import LONDON
from services.domain.working_days import Calendar

HOUR: Final = timedelta(hours=1)
DAY_HOURS: Final = 24
WEEK_HOURS: Final = 168
SUNDAY: Final = 6

State = Literal["usual", "silent", "jump", "unknown"]
Slot = tuple[int, int]
Counts = Mapping[datetime, int]
"""Events by the hour in which they were received (aware UTC, whole hours)."""


class Slots(NamedTuple):
    """The hour of the week of every hour that is looked at, and back; once for all feeds."""

    of: Mapping[datetime, Slot]
    hours: Mapping[Slot, Sequence[datetime]]

    @classmethod
    def between(cls, begin: datetime, end: datetime, calendar: Calendar) -> "Slots":
        """Lay them out."""
        of = {hour: slot_of(hour, calendar) for hour in _hours(begin, end)}
        hours: dict[Slot, list[datetime]] = defaultdict(list)
        for hour, slot in of.items():
            hours[slot].append(hour)
        return cls(of, hours)

    def times(self, slot: Slot, begin: datetime, end: datetime) -> int:
        """Count how often an hour of the week comes."""
        hours = self.hours[slot]
        return bisect_left(hours, end) - bisect_left(hours, begin)


class Feed(NamedTuple):
    """An agency, or one unit of it."""

    agency: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of policy by which silence is told (schemas/policy/silence.toml)."""

    history_weeks: int
    settled_weeks: int
    usual_events: int
    confidence: float
    jump_times: int

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Limits":
        """Read silence.toml; ValueError names every number that is missing or out of sense."""
        numbers = content.get("numbers", {})
        stated = {name: numbers.get(name, {}).get("value") for name in _SENSE}
        faults = [
            f"/numbers/{name}"
            for name, (least, most) in _SENSE.items()
            if type(stated[name]) is not int
            or not least <= stated[name] <= most
            or not numbers[name].get("source")
        ]
        if faults:
            raise ValueError("silence.toml: " + "; ".join(faults))
        return cls(
            stated["history"],
            stated["settled"],
            stated["usual"],
            stated["confidence"] / 1000,
            stated["jump"],
        )


_SENSE: Final[Mapping[str, tuple[int, int]]] = {
    "history": (2, 52),
    "settled": (1, 26),
    "usual": (1, 10_000),
    "confidence": (900, 999),
    "jump": (2, 100),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """How a feed stands.

    `expected` events would usually have come in the hours since the last one; so few are as likely
    as `probability`. `last_day` came in the last 24 whole hours, where `usual_day` usually do.
    """

    feed: Feed
    state: State
    last_hour: datetime | None
    per_week: float
    expected: float
    probability: float
    last_day: int
    usual_day: float


def feeds(rows: Iterable[tuple[str, str | None, datetime, int]]) -> dict[Feed, dict[datetime, int]]:
    """Gather counts by agency as a whole, and by each unit that is stated."""
    found: dict[Feed, dict[datetime, int]] = defaultdict(lambda: defaultdict(int))
    for agency, unit, hour, events in rows:
        at = hour.astimezone(UTC)
        for name in (None,) if unit is None else (None, unit):
            found[Feed(agency, name)][at] += events
    return {feed: dict(hours) for feed, hours in found.items()}


def look(
    counts: Mapping[Feed, Counts], now: datetime, limits: Limits, calendar: Calendar
) -> list[Finding]:
    """Say of every feed how it stands, in order of agency and unit.

    Args:
        counts: of each feed; an hour without events may be left out.
        now: only whole hours before it are looked at.
        limits: what counts as quiet.
        calendar: the bank holidays.

    """
    end = _whole(now)
    begin = end - limits.history_weeks * WEEK_HOURS * HOUR
    slots = Slots.between(begin, end, calendar)
    return [
        _finding(feed, _between(counts[feed], begin, end), end, limits, slots)
        for feed in sorted(counts, key=lambda feed: (feed.agency, feed.unit or ""))
    ]


def _finding(feed: Feed, hours: Counts, end: datetime, limits: Limits, slots: Slots) -> Finding:
    """Judge one feed by its own past: silence first, since who is silent cannot jump."""
    if not hours:
        return Finding(feed, "unknown", None, 0.0, 0.0, 1.0, 0, 0.0)
    first, last = min(hours), max(hours)
    expected = _usual(hours, first, last + HOUR, end, slots)
    yesterday = end - DAY_HOURS * HOUR
    usual_day = _usual(hours, first, yesterday, end, slots)
    last_day = sum(events for hour, events in hours.items() if hour >= yesterday)
    per_week = sum(hours.values()) / max(1.0, (last + HOUR - first) / (WEEK_HOURS * HOUR))
    state: State = "usual"
    if not _settled(first, last + HOUR, limits) or per_week < limits.usual_events:
        state = "unknown"
    elif exp(-expected) <= 1 - limits.confidence:
        state = "silent"
    elif _settled(first, yesterday, limits) and _jumps(last_day, usual_day, limits):
        state = "jump"
    return Finding(feed, state, last, per_week, expected, exp(-expected), last_day, usual_day)


def slot_of(hour: datetime, calendar: Calendar) -> Slot:
    """Return the hour of the week that an hour is in London; a bank holiday is a Sunday."""
    local = hour.astimezone(LONDON)
    holiday = local.date() in calendar.holidays
    return (SUNDAY if holiday else local.weekday(), local.hour)


def _usual(hours: Counts, begin: datetime, until: datetime, end: datetime, slots: Slots) -> float:
    """Return how many events `until` to `end` would usually bring, by the hours from `begin` on.

    Of an hour of the week that was not seen yet none.
    """
    came: dict[Slot, int] = defaultdict(int)
    for hour, events in hours.items():
        if begin <= hour < until:
            came[slots.of[hour]] += events
    usual = {
        slot: came[slot] / slots.times(slot, begin, until)
        for slot in {slots.of[hour] for hour in _hours(until, end)} & came.keys()
    }
    return sum(usual.get(slots.of[hour], 0.0) for hour in _hours(until, end))


def at_least(count: int, expected: float) -> float:
    """Return how likely so many events or more are, where so many are expected (Poisson)."""
    term = below = exp(-expected)
    for each in range(1, count):
        term *= expected / each
        below += term
    return max(0.0, 1 - below) if count else 1.0


def _jumps(came: int, usual: float, limits: Limits) -> bool:
    """Whether it is far more than usual; of 700 and more Poisson would say nothing else."""
    many = came >= limits.usual_events and came >= limits.jump_times * usual
    return many and at_least(came, min(usual, 700.0)) <= 1 - limits.confidence


def _settled(first: datetime, end: datetime, limits: Limits) -> bool:
    return end - first >= limits.settled_weeks * WEEK_HOURS * HOUR


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hours(begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += HOUR


def _between(hours: Counts, begin: datetime, end: datetime) -> dict[datetime, int]:
    return {hour: events for hour, events in hours.items() if begin <= hour < end and events > 0}
