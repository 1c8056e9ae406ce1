from datetime import UTC, date, datetime

import pytest

from services.domain.working_days import Calendar, CalendarEnds, CalendarFaults, Holiday
from tests.domain.lives import calendar


@pytest.mark.parametrize(
    ("start", "limit", "deadline"),
    [
        ("2024-12-24", 1, "2024-12-27"),
        ("2025-04-17", 1, "2025-04-22"),
        ("2026-12-24", 1, "2026-12-29"),
        ("2024-12-23", 15, "2025-01-16"),
        ("2026-03-30", 15, "2026-04-22"),
        ("2026-03-30", 45, "2026-06-05"),
    ],
)
def test_the_vectors_of_the_domain_paper_hold(start: str, limit: int, deadline: str) -> None:
    at, _ = calendar().deadline(datetime.fromisoformat(f"{start}T12:00:00Z"), limit)
    assert at.date() == date.fromisoformat(deadline)


def test_a_deadline_is_the_last_second_of_the_london_day_in_winter() -> None:
    at, _ = calendar().deadline(datetime(2026, 1, 5, 9, tzinfo=UTC), 1)
    assert at == datetime(2026, 1, 6, 23, 59, 59, tzinfo=UTC)


def test_a_deadline_is_the_last_second_of_the_london_day_in_summer() -> None:
    at, _ = calendar().deadline(datetime(2026, 6, 1, 9, tzinfo=UTC), 1)
    assert at == datetime(2026, 6, 2, 22, 59, 59, tzinfo=UTC)


def test_the_clocks_going_forward_between_start_and_deadline_moves_nothing() -> None:
    at, _ = calendar().deadline(datetime(2026, 3, 27, 12, tzinfo=UTC), 1)
    assert at == datetime(2026, 3, 30, 22, 59, 59, tzinfo=UTC)


def test_the_day_of_the_start_is_the_london_day_and_not_the_utc_day() -> None:
    at, _ = calendar().deadline(datetime(2026, 6, 1, 23, 30, tzinfo=UTC), 1)
    assert at.date() == date(2026, 6, 3)


def test_a_start_at_the_weekend_counts_from_the_weekend() -> None:
    at, skipped = calendar().deadline(datetime(2026, 1, 10, 12, tzinfo=UTC), 1)
    assert (at.date(), skipped) == (date(2026, 1, 12), ())


def test_the_holidays_skipped_are_named_and_weekends_are_not() -> None:
    _, skipped = calendar().deadline(datetime(2025, 4, 17, 12, tzinfo=UTC), 1)
    assert skipped == (
        Holiday(date(2025, 4, 18), "Good Friday"),
        Holiday(date(2025, 4, 21), "Easter Monday"),
    )


def test_a_limit_of_no_days_ends_with_the_day_of_the_start() -> None:
    at, _ = calendar().deadline(datetime(2026, 1, 10, 12, tzinfo=UTC), 0)
    assert at == datetime(2026, 1, 10, 23, 59, 59, tzinfo=UTC)


def test_a_calendar_refuses_to_guess_past_its_end() -> None:
    short = Calendar(date(2026, 1, 1), date(2026, 1, 9), {})
    assert short.deadline(datetime(2026, 1, 8, 12, tzinfo=UTC), 1)[0].date() == date(2026, 1, 9)
    with pytest.raises(CalendarEnds):
        short.deadline(datetime(2026, 1, 9, 12, tzinfo=UTC), 1)


def test_a_calendar_refuses_to_guess_before_its_start() -> None:
    short = Calendar(date(2026, 1, 5), date(2026, 12, 31), {})
    with pytest.raises(CalendarEnds):
        short.deadline(datetime(2026, 1, 4, 12, tzinfo=UTC), 1)


def test_every_fault_of_a_calendar_is_named() -> None:
    with pytest.raises(CalendarFaults) as raised:
        Calendar.parse({"first": "soon", "last": 7, "holidays": {"2026-02-30": "Never"}})
    assert raised.value.pointers == [
        "/first: not a day",
        "/last: not a day",
        "/holidays/2026-02-30: not a day",
    ]


def test_a_holiday_outside_the_calendar_or_without_a_name_is_a_fault() -> None:
    years = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    with pytest.raises(CalendarFaults, match="/holidays/2027-01-01: outside"):
        Calendar.parse({**years, "holidays": {"2027-01-01": "New Year's Day"}})
    with pytest.raises(CalendarFaults, match="/holidays/2026-01-01: no name"):
        Calendar.parse({**years, "holidays": {"2026-01-01": " "}})
