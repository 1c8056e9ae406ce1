"""At what hour of which day do the people of a county do things?"""

from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from deploy.demo.county import County
from deploy.demo.office_days import at_london, is_working_day, london_day, working_day_after

_AROUND_THE_CLOCK = (3, 2, 2, 1, 1, 1, 1, 2, 3, 4, 4, 4, 5, 5, 5, 7, 8, 8, 8, 8, 8, 7, 6, 4)
_OFFICE = (0,) * 8 + (3, 8, 9, 8, 5, 7, 8, 7, 4) + (0,) * 7
_SCHOOL = (0,) * 8 + (6, 8, 7, 6, 7, 8, 9, 8) + (0,) * 8
_HOURS = {"around-the-clock": _AROUND_THE_CLOCK, "office": _OFFICE, "school": _SCHOOL}
_LAST_OFFICE_HOUR = 17.0


def _in_term(day: date) -> bool:
    summer = date(day.year, 7, 23) <= day <= date(day.year, 9, 2)
    winter = (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3)
    return not summer and not winter


def _weight(rhythm: str, day: date) -> float:
    if rhythm == "around-the-clock":
        return 1.25 if day.isoweekday() in {5, 6} else 1.0
    if not is_working_day(day):
        return 0.0 if rhythm == "school" else 0.06
    return 1.0 if rhythm == "office" or _in_term(day) else 0.03


@cache
def _days(county: County, rhythm: str) -> tuple[list[date], list[float]]:
    first = london_day(county.since) + timedelta(days=1)
    days = [first + timedelta(days=n) for n in range(364)]
    return days, list(accumulate(_weight(rhythm, day) for day in days))


def moment(rng: Random, county: County, rhythm: str) -> datetime:
    """Return a moment of the year in the rhythm of those who act: UTC, whole seconds."""
    days, weights = _days(county, rhythm)
    day = rng.choices(days, cum_weights=weights)[0]
    hour = rng.choices(range(24), weights=_HOURS[rhythm])[0]
    return at_london(day, hour) + timedelta(seconds=rng.randrange(3600))


def office_moment(rng: Random, day: date) -> datetime:
    """Return a moment between nine and five on a day."""
    return at_london(day, 9) + timedelta(seconds=rng.randrange(8 * 3600))


def within_a_working_day(rng: Random, start: datetime) -> datetime:
    """Return a moment of office work after `start`: that day or the first working day after."""
    day = london_day(start)
    closing = at_london(day, _LAST_OFFICE_HOUR)
    if is_working_day(day) and start + timedelta(hours=2) < closing and rng.random() < 0.6:  # noqa: PLR2004 - a habit
        left = (closing - start).total_seconds()
        return start + timedelta(seconds=round(rng.uniform(1800, left)))
    return office_moment(rng, working_day_after(day, 1))


def office_after(rng: Random, start: datetime, first: int, last: int) -> datetime:
    """Return a moment of office work `first` to `last` working days after the day of `start`."""
    return office_moment(rng, working_day_after(london_day(start), rng.randint(first, last)))


def later(rng: Random, start: datetime, least_hours: float, most_hours: float) -> datetime:
    """Return a moment from `least_hours` to `most_hours` after `start`, whole seconds."""
    return start + timedelta(seconds=round(rng.uniform(least_hours, most_hours) * 3600))
