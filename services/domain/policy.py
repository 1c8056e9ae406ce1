"""Which numbers hold on which day, and which facts would reach us at all?"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from services.domain.events import WITHDRAWN, Event
from services.domain.feeds import Feeds
from services.domain.moments import london_day
from services.domain.numbers import Line, ListLine, lines_of, list_lines_of
from services.domain.registry import Registry
from services.domain.working_days import Calendar, Holiday

NUMBERS: Mapping[str, frozenset[str]] = {
    "child.age_below": frozenset({"years"}),
    **dict.fromkeys(
        (
            "timeliness.referral_not_made.detention",
            "timeliness.referral_not_made.suspect_interview",
            "timeliness.referral_not_made.red",
            "timeliness.referral_not_made.amber",
            "timeliness.decision_overdue.limit",
            "timeliness.referrer_not_told.limit",
            "timeliness.assessment_overdue.limit",
            "timeliness.conference_overdue.limit",
            "timeliness.support_not_started.limit",
        ),
        frozenset({"hours", "days", "working-days"}),
    ),
}
"""Every number that a rule asks for, and the units that it may be stated in."""

Dated = TypeVar("Dated", Line, ListLine)

ONE_SECOND = timedelta(seconds=1)
AT_ONCE = timedelta(0)


class PolicyFaults(ValueError):
    """The policy cannot be used; `pointers` names every fault."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__("policy: " + "; ".join(pointers))
        self.pointers = pointers


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is owed by, how that was worked out, and what is still in time.

    `forgives` is how far past `at` a deed still counts as done in time: within the last second of a
    working day (contract.md 3.1).
    """

    start: datetime
    at: datetime
    limit: int
    unit: str
    skipped: tuple[Holiday, ...]
    forgives: timedelta


@dataclass(frozen=True)
class Policy:
    """Everything that judging depends on besides the chronology."""

    numbers: Mapping[str, tuple[Line, ...]]
    lists: Mapping[str, tuple[ListLine, ...]]
    feeds: Feeds
    registry: Registry
    calendar: Calendar
    version: str

    @classmethod
    def parse(
        cls,
        default: Mapping[str, Any],
        feeds: Mapping[str, Any],
        registry: Registry,
        calendar: Calendar,
    ) -> "Policy":
        """Read default.toml (other files' [lists] merged into it) and feeds.toml.

        Raises:
            PolicyFaults: every fault, by pointer.

        """
        faults: list[str] = []
        numbers = lines_of(default.get("numbers"), faults)
        lists = list_lines_of(default.get("lists", {}), faults)
        faults += _missing(numbers)
        fed = Feeds.parse(feeds, registry, faults)
        if faults:
            raise PolicyFaults(faults)
        return cls(
            numbers,
            lists,
            fed,
            registry,
            calendar,
            _digest(numbers, lists, fed, registry, calendar),
        )

    def number(self, name: str, at: date | datetime) -> Line:
        """The line of a number that holds on a day (a moment's London day); KeyError if unknown."""
        return _holding(self.numbers[name], at)

    def words(self, name: str, at: date | datetime) -> tuple[str, ...]:
        """The list that holds on a day (a moment's London day); KeyError if unknown."""
        return _holding(self.lists[name], at).values

    def deadline(self, name: str, start: datetime, at: datetime) -> Deadline:
        """By when a thing is owed that starts at `start`, by the number that holds at `at`.

        Raises:
            CalendarEnds: the calendar does not cover the working days concerned.

        """
        line = self.number(name, at)
        if line.unit == "working-days":
            ends_at, skipped = self.calendar.deadline(start, line.value)
            return Deadline(start, ends_at, line.value, line.unit, skipped, ONE_SECOND)
        ends_at = start + timedelta(**{line.unit: line.value})
        return Deadline(start, ends_at, line.value, line.unit, (), AT_ONCE)

    def is_child(self, event: Event) -> bool:
        """Whether the event is about a child: under 18 then, or of unknown age."""
        age = event.age
        return age is None or age < self.number("child.age_below", event.time).value

    def fed(self, source: str, agency: str, event_type: str, at: datetime) -> bool:
        """Whether an event of this type would reach us at this time (contract.md 3, fed or not)."""
        return self.feeds.fed(source, agency, event_type, at)

    def observed(self, anchor: Event, agency: str, closing: Iterable[str]) -> bool:
        """Whether anything that would close the gap is fed at the anchor's time.

        A withdrawal does not count: it ends the matter without doing what was owed.
        """
        return any(
            self.fed(anchor.source, agency, event_type, anchor.time)
            for event_type in closing
            if event_type != WITHDRAWN
        )


def _holding(lines: tuple[Dated, ...], at: date | datetime) -> Dated:
    if len(lines) == 1:
        return lines[0]
    day = london_day(at) if isinstance(at, datetime) else at
    return next(line for line in reversed(lines) if line.since is None or line.since <= day)


def _missing(numbers: Mapping[str, tuple[Line, ...]]) -> list[str]:
    return [
        f"/numbers/{name}: {'missing' if name not in numbers else 'unit'}"
        for name, units in NUMBERS.items()
        if name not in numbers or any(line.unit not in units for line in numbers[name])
    ]


def _digest(*parts: object) -> str:
    """Name everything judged by: the same content has the same name, whatever its order."""
    written = json.dumps([_plain(part) for part in parts])
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _plain(part: object) -> object:
    """Turn dataclasses, tables, tuples and days into what json can write, always the same."""
    if isinstance(part, Mapping):
        return sorted([str(key), _plain(value)] for key, value in part.items())
    if isinstance(part, tuple):
        return [_plain(item) for item in part]
    if is_dataclass(part):
        return [_plain(getattr(part, field.name)) for field in fields(part)]
    return part.isoformat() if isinstance(part, date) else part
