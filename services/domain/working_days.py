"""By when is something owed, in working days of England and Wales?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from services.domain.moments import LONDON, london_day

SATURDAY = 5
DAY = timedelta(days=1)
END_OF_DAY = time(23, 59, 59, tzinfo=LONDON)


class CalendarFaults(ValueError):
    """The calendar cannot be used; `pointers` names every fault."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__("bank-holidays.toml: " + "; ".join(pointers))
        self.pointers = pointers


class CalendarEnds(LookupError):
    """A day was asked for that the calendar does not cover; it never guesses."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A bank holiday that falls on a weekday, and its name as a reader is told it."""

    day: date
    name: str


@dataclass(frozen=True)
class Calendar:
    """The bank holidays of England and Wales from `first` to `last`, both included."""

    first: date
    last: date
    holidays: Mapping[date, str]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Calendar":
        """Read schemas/policy/bank-holidays.toml (its header states the shape).

        Raises:
            CalendarFaults: every fault, by pointer.

        """
        faults = [f"/{key}: not a day" for key in ("first", "last") if not _day(content.get(key))]
        named = content.get("holidays")
        if not isinstance(named, Mapping):
            raise CalendarFaults([*faults, "/holidays: not a table"])
        days = {_day(text): name for text, name in named.items()}
        faults += [f"/holidays/{text}: not a day" for text in named if not _day(text)]
        faults += [f"/holidays/{day}: no name" for day, name in days.items() if not _name(name)]
        first, last = _day(content.get("first")), _day(content.get("last"))
        if faults or first is None or last is None:
            raise CalendarFaults(faults)
        outside = [f"/holidays/{day}: outside" for day in days if day and not first <= day <= last]
        if outside or first > last:
            raise CalendarFaults(outside or ["/last: before first"])
        return cls(first, last, {day: name for day, name in days.items() if day})

    def is_working_day(self, day: date) -> bool:
        """Whether a day is neither a weekend nor a bank holiday; CalendarEnds when not covered."""
        if not self.first <= day <= self.last:
            raise CalendarEnds
        return day.weekday() < SATURDAY and day not in self.holidays

    def out_of_hours(self, start: datetime, after: time) -> bool:
        """Whether a moment is later in its London day than this, or on no working day."""
        return start.astimezone(LONDON).time() > after or not self.is_working_day(london_day(start))

    def deadline(self, start: datetime, working_days: int) -> tuple[datetime, tuple[Holiday, ...]]:
        """When n working days after the day of `start` end, and which bank holidays were skipped.

        The day of the start is day 0, whatever day it is. The deadline is 23:59:59 Europe/London of
        the nth working day after it, as aware UTC.

        Raises:
            CalendarEnds: the days concerned are not all covered.

        """
        asked = (london_day(start), working_days)
        if asked not in self._deadlines:
            self._deadlines[asked] = self._count(*asked)
        return self._deadlines[asked]

    def _count(self, day: date, working_days: int) -> tuple[datetime, tuple[Holiday, ...]]:
        skipped = []
        self.is_working_day(day)
        left = working_days
        while left:
            day += DAY
            if self.is_working_day(day):
                left -= 1
            elif day.weekday() < SATURDAY:
                skipped.append(Holiday(day, self.holidays[day]))
        return datetime.combine(day, END_OF_DAY).astimezone(UTC), tuple(skipped)

    @cached_property
    def _deadlines(self) -> dict[tuple[date, int], tuple[datetime, tuple[Holiday, ...]]]:
        return {}


def _day(stated: object) -> date | None:
    """A day stated as a TOML date or as a key; None when it is none."""
    if isinstance(stated, datetime):
        return None
    if isinstance(stated, date):
        return stated
    try:
        return date.fromisoformat(str(stated))
    except ValueError:
        return None


def _name(stated: object) -> bool:
    return isinstance(stated, str) and bool(stated.strip())
