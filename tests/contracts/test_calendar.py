"""Are the bank holidays right, and does the calendar reach far enough?"""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest

from services.runtime import clock

GOV_UK = {
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
}
WRONG_IN_PACKAGE = {date(1970, 5, 18), date(1970, 12, 28)}
LACKING_IN_PACKAGE = {date(1970, 5, 25), date(1970, 8, 31)}
A_YEAR = timedelta(days=366)


@pytest.fixture(scope="module")
def calendar(schemas: Path) -> dict[str, Any]:
    path = schemas / "policy" / "bank-holidays.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("year", GOV_UK)
def test_the_days_are_those_of_the_governments_list(year: int, calendar: dict[str, Any]) -> None:
    stated = [day for day in calendar["holidays"] if day.startswith(str(year))]
    assert stated == [f"{year}-{day}" for day in GOV_UK[year].split()]


def test_the_days_are_those_of_the_kept_package_but_for_1970(calendar: dict[str, Any]) -> None:
    years = range(calendar["first"].year, calendar["last"].year + 1)
    kept = holidays.country_holidays("GB", subdiv="ENG", years=years)
    weekdays = {day for day in kept if day.weekday() < 5}
    expected = weekdays - WRONG_IN_PACKAGE | LACKING_IN_PACKAGE
    assert {date.fromisoformat(day) for day in calendar["holidays"]} == expected


def test_the_calendar_covers_every_referral_since_1970(calendar: dict[str, Any]) -> None:
    assert calendar["first"] == date(1970, 1, 1)
    days = [date.fromisoformat(day) for day in calendar["holidays"]]
    assert days == sorted(days)
    assert {day.year for day in days} == set(range(1970, calendar["last"].year + 1))
    assert calendar["last"] == date(calendar["last"].year, 12, 31)


def test_the_calendar_is_prolonged_twelve_months_before_it_ends(calendar: dict[str, Any]) -> None:
    assert calendar["last"] - clock.now().date() > A_YEAR
