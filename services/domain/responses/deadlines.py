"""By when must a response be published, and how do the readings of that differ?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from services.domain.numbers import Line, lines_of

_NAMES: Final = frozenset(
    {"clock.strict", "clock.usual", "reminder.first", "reminder.last", "trend.compared"}
)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last days on which a response may be published, by three readings.

    `strict_on` is the Act's, the day of publication being day 1; `usual_on` the office's;
    `stated_on` what the document says, if it does.
    """

    strict_on: date
    usual_on: date
    stated_on: date | None = None

    @property
    def differs(self) -> bool:
        """Whether the document states another day than the Act gives."""
        return self.stated_on is not None and self.stated_on != self.strict_on

    @property
    def due_on(self) -> date:
        """The earliest of them: whoever keeps it has kept all."""
        return min(day for day in (self.strict_on, self.usual_on, self.stated_on) if day)

    def warning(self) -> str | None:
        """Say in a sentence how the readings differ; None where they do not."""
        if not self.differs or self.stated_on is None:
            return None
        days = (self.stated_on - self.strict_on).days
        way = "later" if days > 0 else "earlier"
        count = f"{abs(days)} day" + ("s" if abs(days) != 1 else "")
        return (
            f"The document states {said(self.stated_on)}. That is {count} {way} than the Act read "
            f"strictly: the day of publication is day 1, so the last day is {said(self.strict_on)}."
        )


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of schemas/policy/responses.toml, each with its lines by day."""

    lines: Mapping[str, tuple[Line, ...]]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Numbers":
        """Read responses.toml; ValueError names every number that is missing or out of sense."""
        faults: list[str] = []
        lines = lines_of(content.get("numbers", {}), faults)
        faults += [f"/numbers/{name}: missing" for name in sorted(_NAMES - lines.keys())]
        faults += [f"/numbers/{name}: unknown" for name in sorted(lines.keys() - _NAMES)]
        if faults:
            raise ValueError("responses.toml: " + "; ".join(faults))
        return cls(lines)

    def at(self, name: str, day: date) -> Line:
        """Return the line of a number that holds on a day."""
        held = [line for line in self.lines[name] if line.since is None or line.since <= day]
        return held[-1]

    def days(self, name: str, day: date) -> timedelta:
        """Return a number of days as it holds on a day."""
        return timedelta(days=self.at(name, day).value)


def deadlines(published_on: date, stated_on: date | None, numbers: Numbers) -> Deadlines:
    """Count the last days from the day of publication."""
    strict, usual = (
        published_on + numbers.days(name, published_on) for name in ("clock.strict", "clock.usual")
    )
    return Deadlines(strict, usual, stated_on)


def reminder(due_on: date, today: date, numbers: Numbers) -> str | None:
    """Say how urgent an unpublished response is; None while it is not."""
    left = (due_on - today).days
    if left < 0:
        return f"Overdue by {_days(-left)}"
    if left <= numbers.at("reminder.last", today).value:
        return f"Due {'today' if left == 0 else f'in {_days(left)}'}: have it signed off now"
    if left <= numbers.at("reminder.first", today).value:
        return f"Due in {_days(left)}"
    return None


def said(day: date) -> str:
    """Write a day as documents do: 14 January 2025."""
    return f"{day.day} {day:%B %Y}"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
