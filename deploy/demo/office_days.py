"""When is a working day over? The planter's own reckoning, apart from the one that is on trial.

Nothing here comes from services/domain: what was planted and what was found may only agree if
two hands counted the same days.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def london_day(moment: datetime) -> date:
    """Return the London date of an aware moment."""
    return moment.astimezone(LONDON).date()


def at_london(day: date, hour: float) -> datetime:
    """Return the UTC moment of a London wall-clock hour (13.5 is half past one) on a day."""
    minutes = round(hour * 60)
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), LONDON)
    return wall.astimezone(UTC)


def is_working_day(day: date) -> bool:
    """Say whether the offices of England and Wales are open on a day."""
    return day.isoweekday() <= 5 and day not in _holidays(day.year)  # noqa: PLR2004 - Friday


def working_day_after(day: date, count: int) -> date:
    """Return the working day that comes `count` after a day; the day itself is day 0."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def due_at(start: datetime, count: int) -> datetime:
    """Return the end (23:59:59, London) of the working day that is `count` after a moment's."""
    day = working_day_after(london_day(start), count)
    return datetime.combine(day, time(23, 59, 59), LONDON).astimezone(UTC)
