"""Which numbers hold on which day, and which facts would reach us at all?"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from services.domain.asked import LISTS, NUMBERS, scope_of
from services.domain.circumstances import circumstances
from services.domain.digest import digest
from services.domain.events import WITHDRAWN, Event
from services.domain.feeds import Feeds
from services.domain.moments import london_day
from services.domain.numbers import Line, ListLine, lines_of, list_lines_of
from services.domain.packs import (
    Group,
    Groups,
    local_lists,
    local_numbers,
    most_specific,
    pack_faults,
)
from services.domain.registry import Registry
from services.domain.working_days import Calendar, Holiday

Dated = TypeVar("Dated", Line, ListLine)
When = date | datetime | Event
"""A day; a moment, which is its London day; or the event that something is owed after, which also
tells in which circumstances."""

ONE_SECOND = timedelta(seconds=1)
AT_ONCE = timedelta(0)


def _itself(event: Event) -> tuple[Event, ...]:
    return (event,)


class PolicyFaults(ValueError):
    """The policy cannot be used; `pointers` names every fault."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__("policy: " + "; ".join(pointers))
        self.pointers = pointers


class Deadline(NamedTuple):
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
    line: Line


@dataclass(frozen=True)
class Policy:
    """Everything that judging depends on besides the chronology.

    `set_off` says what of an incident is behind an event of the child that is judged.
    """

    numbers: Mapping[str, tuple[Line, ...]]
    lists: Mapping[str, tuple[ListLine, ...]]
    feeds: Feeds
    registry: Registry
    calendar: Calendar
    version: str
    local_numbers: Groups[Line] = field(default_factory=dict)
    local_lists: Groups[ListLine] = field(default_factory=dict)
    set_off: Callable[[Event], Iterable[Event]] = _itself

    @classmethod
    def parse(  # noqa: PLR0913 - everything that a policy is made of
        cls,
        default: Mapping[str, Any],
        feeds: Mapping[str, Any],
        registry: Registry,
        calendar: Calendar,
        packs: Mapping[str, Mapping[str, Any]] | None = None,
        codes: Mapping[str, Collection[str]] | None = None,
    ) -> "Policy":
        """Read default.toml (other files' [lists] merged into it) and feeds.toml.

        Args:
            default: numbers and lists that hold where no pack says otherwise.
            feeds: who sends what.
            registry: the agencies.
            calendar: the bank holidays.
            packs: local packs by name, as schemas/policy/examples/ shows them.
            codes: the code sets that packs choose from, by name.

        Raises:
            PolicyFaults: every fault, by pointer.

        """
        faults: list[str] = []
        numbers = lines_of(default.get("numbers"), faults)
        lists = list_lines_of(default.get("lists", {}), faults)
        faults += _missing(numbers)
        faults += [f"/lists/{name}: missing" for name in sorted(LISTS - lists.keys())]
        fed = Feeds.parse(feeds, registry, faults)
        faults += pack_faults(packs or {})
        scope = scope_of(numbers, lists, registry, codes or {})
        own_numbers = local_numbers(packs or {}, scope, faults)
        own_lists = local_lists(packs or {}, scope, faults)
        if faults:
            raise PolicyFaults(faults)
        version = digest(numbers, lists, fed, registry, calendar, own_numbers, own_lists)
        return cls(numbers, lists, fed, registry, calendar, version, own_numbers, own_lists)

    def of_child(self, set_off: Callable[[Event], Iterable[Event]]) -> "Policy":
        """Return this policy, told by what an event of one child was set off."""
        if self.local_numbers or self.local_lists:
            return replace(self, set_off=set_off)
        return self

    def number(self, name: str, at: When, owed_by: str | None = None) -> Line:
        """The line of a number that holds at an event, or on a day in no circumstances.

        Args:
            name: of the number; KeyError if unknown.
            at: the anchor event; or a day, or a moment's London day, for which only lines count
                that are bound to no circumstances.
            owed_by: the agency that owes it, where that is not the anchor's.

        """
        local = self.local_numbers.get(name)
        own = self._local(local, at, owed_by) if local else None
        return own or _holding(self.numbers[name], at)

    def words(self, name: str, at: When) -> tuple[str, ...]:
        """The list that holds at an event, or on a day in no circumstances; as `number`."""
        local = self.local_lists.get(name)
        own = self._local(local, at, None) if local else None
        return (own or _holding(self.lists[name], at)).values

    def span(self, name: str, at: When) -> timedelta:
        """How long a number of hours or days is: elapsed time; as `number`."""
        line = self.number(name, at)
        return _elapsed(line.unit, line.value)

    def deadline(
        self, name: str, start: datetime, at: When, owed_by: str | None = None
    ) -> Deadline:
        """By when a thing is owed that starts at `start`, by the number that holds; as `number`.

        Raises:
            CalendarEnds: the calendar does not cover the working days concerned.

        """
        line = self.number(name, at, owed_by)
        if line.unit == "working-days":
            days = line.value + self._counts_from_next(start, line)
            ends_at, skipped = self.calendar.deadline(start, days)
            return Deadline(start, ends_at, line.value, line.unit, skipped, ONE_SECOND, line)
        ends_at = start + _elapsed(line.unit, line.value)
        return Deadline(start, ends_at, line.value, line.unit, (), AT_ONCE, line)

    def line(self, pointer: str) -> Line | ListLine | None:
        """The line that a pointer, as a gap's `why` carries it, points to, if it is still there."""
        lines: Iterable[Line | ListLine] = chain(
            *self.numbers.values(),
            *self.lists.values(),
            (line for own in self.local_numbers.values() for each in own for line in each.lines),
            (line for own in self.local_lists.values() for each in own for line in each.lines),
        )
        return next((line for line in lines if line.pointer == pointer), None)

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

    def _local(
        self, groups: tuple[Group[Dated], ...], at: When, owed_by: str | None
    ) -> Dated | None:
        """The most specific local line that holds; None where there is none."""
        known = circumstances(at, owed_by, self.set_off(at)) if isinstance(at, Event) else {}
        return most_specific(groups, _day(at), known)

    def _counts_from_next(self, start: datetime, line: Line) -> bool:
        """Whether the next working day is day 0: it started out of hours."""
        after = line.out_of_hours
        return after is not None and self.calendar.out_of_hours(start, after)


def _day(at: When) -> date:
    moment = at.time if isinstance(at, Event) else at
    return london_day(moment) if isinstance(moment, datetime) else moment


@cache
def _elapsed(unit: str, value: int) -> timedelta:
    return timedelta(**{unit: value})


def _holding(lines: tuple[Dated, ...], at: When) -> Dated:
    if len(lines) == 1:
        return lines[0]
    day = _day(at)
    return next(line for line in reversed(lines) if line.since is None or line.since <= day)


def _missing(numbers: Mapping[str, tuple[Line, ...]]) -> list[str]:
    return [
        f"/numbers/{name}: {'missing' if name not in numbers else 'unit'}"
        for name, units in NUMBERS.items()
        if name not in numbers or any(line.unit not in units for line in numbers[name])
    ]
