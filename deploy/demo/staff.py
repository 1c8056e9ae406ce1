"""Who works for the county's agencies, and who of them was trained when?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from deploy.demo.county import RATES, County
from deploy.demo.office_days import at_london, london_day

COURSE = "child-vulnerability"
MUST_BE_TRAINED = frozenset({"general-cid", "response", "custody"})
_VALID_YEARS = 3

# (agency, role, unit, how many)
_POSTS = (
    ("norfolk-police", "custody-officer", "custody", 40),
    ("norfolk-police", "detective", "general-cid", 90),
    ("norfolk-police", "constable", "response", 180),
    ("norfolk-police", "investigator", "child-abuse-unit", 30),
    ("norfolk-police", "officer", "missing-unit", 12),
    ("norfolk-police", "sergeant", "mash", 25),
    ("norfolk-csc", "social-worker", "front-door", 25),
    ("norfolk-csc", "social-worker", "assessment-team", 60),
    ("norfolk-csc", "caseworker", "early-help", 20),
    ("norfolk-school", "designated-safeguarding-lead", "safeguarding-team", 160),
    ("norfolk-health", "nurse", "emergency-department", 30),
    ("norfolk-health", "health-visitor", "primary-care", 50),
    ("norfolk-voluntary", "therapist", "therapeutic-services", 15),
    ("norfolk-voluntary", "youth-worker", "other", 15),
)


@dataclass(frozen=True, slots=True)
class Worker:
    """One member of staff, and when each course was completed and until when it holds."""

    agency: str
    ref: str
    role: str
    unit: str
    trained: list[tuple[datetime, date]] = field(
        default_factory=list, compare=False
    )  # (at, valid until)

    def named(self) -> dict[str, str]:
        """Return the `practitioner` of an event."""
        return {"ref": self.ref, "role": self.role, "unit": self.unit}

    def in_date(self, day: date) -> bool:
        """Say whether a course holds on a day, the first and the last day included."""
        return any(london_day(at) <= day <= until for at, until in self.trained)

    def next_trained(self, after: datetime) -> datetime | None:
        """Return when a course was next completed after a moment."""
        return min((at for at, _ in self.trained if at > after), default=None)


class Staff:
    """Everybody who works in the county; the same for every scale."""

    def __init__(self, county: County) -> None:
        rng = Random(f"staff/{county.seed}")  # noqa: S311 - a year must come out the same again
        self._posts: dict[tuple[str, str], list[Worker]] = {}
        number = 1000
        for agency, role, unit, count in _POSTS:
            numbers = range(number, number + count)
            self._posts[agency, unit] = [Worker(agency, f"P-{n}", role, unit) for n in numbers]
            number += count
        for worker in self:
            if worker.unit in MUST_BE_TRAINED:
                worker.trained.extend(_training(rng, county))

    def __iter__(self) -> Iterator[Worker]:
        return (worker for workers in self._posts.values() for worker in workers)

    def one(self, rng: Random, agency: str, unit: str) -> Worker:
        """Return somebody of a unit."""
        return rng.choice(self._posts[agency, unit])


def _three_years_after(day: date) -> date:
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + _VALID_YEARS, day=last)


def _training(rng: Random, county: County) -> list[tuple[datetime, date]]:
    """Return one person's courses: in date all year, lapsed within it, late or none."""
    start, kind = london_day(county.since), rng.random()
    never, late = RATES["never-trained"], RATES["never-trained"] + RATES["trained-late"]
    if kind < never:
        return []
    if kind < late:
        days = [start + timedelta(days=rng.randint(30, 330))]
    elif kind < late + RATES["lapsed"]:
        first = start - timedelta(days=3 * 365 - rng.randint(60, 300))
        days = [first, _three_years_after(first) + timedelta(days=rng.randint(20, 120))]
    else:
        days = [start - timedelta(days=rng.randint(5, 700))]
    done = [(at_london(day, 16), _three_years_after(day)) for day in days]
    return [(at, until) for at, until in done if at < county.until]
