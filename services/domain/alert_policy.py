"""By which numbers does an alert warn, climb, come back and get told? Dated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, TypeVar

from services.domain.moments import LONDON, london_day
from services.domain.numbers import Line
from services.domain.working_days import DAY, Calendar

Urgency = Literal["immediate", "prompt", "routine"]
URGENCIES: Final[tuple[Urgency, ...]] = ("immediate", "prompt", "routine")
KINDS: Final = ("gap", "query")
TOLD: Final = ("unit", "duty", "supervisor", "head", "reviewer", "last")
LAST: Final = "last"

UNITS: Final = {"seconds": 1, "minutes": 60, "hours": 3600}
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder: how long after the alert became new, and who is told then."""

    after: int
    unit: str
    tell: tuple[str, ...]

    def at(self, start: datetime, calendar: Calendar) -> datetime:
        """When it is reached. CalendarEnds where working days are not known so far."""
        if self.unit == "working-days":
            return calendar.deadline(start, self.after)[0]
        return start + timedelta(seconds=self.after * UNITS[self.unit])


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a mail is held: gathered for so long, never sent in the quiet time of day."""

    gather: timedelta
    quiet: tuple[time, time] | None
    working_days: bool

    def release(self, at: datetime, calendar: Calendar) -> datetime:
        """When a mail that is asked for at a moment may go."""
        at += self.gather
        while (later := self._held_until(at, calendar)) is not None:
            at = later
        return at

    def _held_until(self, at: datetime, calendar: Calendar) -> datetime | None:
        """When to look again, None where nothing holds it; past the calendar every day works."""
        local = at.astimezone(LONDON)
        begin, end = self.quiet or (time.min, time.min)
        day = local.date()
        if self.working_days and day <= calendar.last and not calendar.is_working_day(day):
            return _london(day + DAY, end)
        now = local.time()
        if begin <= now < end or (begin > end and now < end):
            return _london(day, end)
        return _london(day + DAY, end) if begin > end and now >= begin else None


def _london(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


Dated = Sequence[tuple[date | None, Entry]]
"""Entries, oldest first, each from a day on (None: from ever)."""


@dataclass(frozen=True)
class AlertPolicy:
    """schemas/policy/alerts.toml, and the calendar that it counts by."""

    numbers: Mapping[str, Sequence[Line]]
    ladders: Mapping[str, Dated[tuple[Step, ...]]]
    urgencies: Dated[Mapping[str, Urgency]]
    deliveries: Mapping[Urgency, Dated[Delivery]]
    calendar: Calendar

    def length(self, name: str, at: datetime) -> timedelta:
        """How long something holds, as it is on the London day of a moment."""
        line = _holding([(line.since, line) for line in self.numbers[name]], at)
        return line.value * timedelta(**{line.unit: 1})

    def number(self, name: str, at: datetime) -> int:
        """A count, as it is on the London day of a moment."""
        return _holding([(line.since, line) for line in self.numbers[name]], at).value

    def ladder(self, kind: str, at: datetime) -> tuple[Step, ...]:
        """The steps for what a rule of this kind finds."""
        return _holding(self.ladders[kind], at)

    def urgency(self, rule: str, opens_at: datetime, at: datetime) -> Urgency:
        """How urgent an alert is that became new at a moment; what is old news is routine."""
        if at - opens_at > self.length("fresh", at):
            return "routine"
        return _holding(self.urgencies, at).get(rule, "routine")

    def delivery(self, urgency: Urgency, at: datetime) -> Delivery:
        """How mails of this urgency are held."""
        return _holding(self.deliveries[urgency], at)


def _holding(entries: Dated[Entry], at: datetime) -> Entry:
    day = london_day(at)
    return next(one for since, one in reversed(entries) if since is None or since <= day)
