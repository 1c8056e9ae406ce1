"""Is what is wrong with a file of facts named, and is what is right read as it is written?

Each was found by `make mutants`: a change of the code that no other test noticed.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.domain import events as e
from services.domain.gaps import gap_id
from services.domain.moments import end_of_day
from services.domain.numbers import list_lines_of
from services.domain.registry import Registry, RegistryFaults
from services.domain.working_days import Calendar, CalendarFaults, Holiday
from tests.domain.lives import CARE, calendar, event, found, registry

DAYS = {"first": "2026-01-01", "last": "2026-12-31"}


def calendar_faults(**content: Any) -> CalendarFaults:  # noqa: ANN401 - any content
    with pytest.raises(CalendarFaults) as raised:
        Calendar.parse(DAYS | content)
    return raised.value


def test_a_calendar_names_what_is_wrong_with_it() -> None:
    assert calendar_faults(holidays=[]).pointers == ["/holidays: not a table"]
    assert calendar_faults(holidays={}, last="2025-12-31").pointers == ["/last: before first"]
    assert calendar_faults(holidays={}, last="soon").pointers == ["/last: not a day"]
    told = calendar_faults(holidays={"2025-12-31": "Eve", "2027-01-01": "New Year"})
    assert str(told) == (
        "bank-holidays.toml: /holidays/2025-12-31: outside; /holidays/2027-01-01: outside"
    )


def test_the_first_and_the_last_day_belong_to_a_calendar() -> None:
    read = Calendar.parse(DAYS | {"holidays": {"2026-01-01": "New Year", "2026-12-31": "Eve"}})
    assert (read.first, read.last) == (date(2026, 1, 1), date(2026, 12, 31))
    assert not read.is_working_day(read.first)
    assert not read.is_working_day(read.last)
    one_day = {"first": "2026-03-03", "last": "2026-03-03", "holidays": {}}
    assert Calendar.parse(one_day).is_working_day(date(2026, 3, 3))


def test_a_deadline_says_which_holidays_it_skipped() -> None:
    at, skipped = calendar().deadline(datetime(2026, 4, 2, 9, tzinfo=UTC), 1)
    assert skipped == (
        Holiday(date(2026, 4, 3), "Good Friday"),
        Holiday(date(2026, 4, 6), "Easter Monday"),
    )
    assert at.tzinfo is UTC


def test_a_registry_names_what_is_wrong_and_keeps_what_it_reads() -> None:
    wrong: list[dict[str, Any]] = [{}, {"kinds": {}}, {"kinds": ["police"]}]
    for empty in wrong:
        with pytest.raises(RegistryFaults) as raised:
            Registry.parse(empty)
        assert str(raised.value) == "agencies.toml: /kinds: not a table"
    police = registry().agencies["norfolk-police"]
    assert (police.name, police.topic) == ("Norfolk Constabulary", "police.events")
    assert registry().topic_of("norfolk-csc") == "social-care.events"
    assert registry().name_of("nobody") is None


def test_lists_are_dated_like_numbers_and_hold_texts_only() -> None:
    line = {"values": ["a"], "source": "s", "standing": "local"}
    faults: list[str] = []
    later = list_lines_of({"x": [line, {**line, "since": date(2026, 1, 1)}]}, faults)["x"][1]
    assert later.since == date(2026, 1, 1)
    assert faults == []
    assert list_lines_of({"x": [{**line, "values": [1]}]}, faults) == {}
    assert list_lines_of({"x": [{**line, "values": "a"}]}, faults) == {}
    assert faults == ["/lists/x/0/values: not texts"] * 2


def test_the_end_of_a_day_is_that_of_london() -> None:
    summer = end_of_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert summer == datetime(2026, 7, 1, 23, tzinfo=UTC) - timedelta(microseconds=1)
    assert summer.tzinfo is UTC


def test_a_conference_without_a_referral_is_named_after_its_discussion() -> None:
    discussion = event(e.DISCUSSED, "2026-03-30T10:00:00Z", CARE, leads_to="section-47")
    (gap,) = found("timeliness.conference_overdue", discussion)
    key = f"{discussion.source}|{discussion.id}"
    assert gap.gap_id == gap_id("timeliness.conference_overdue", "event", key, "record-1")
    assert (gap.why.code, gap.why.params["limit"]) == ("conference_overdue", 15)
