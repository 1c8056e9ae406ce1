"""Is it known to the day what is due, and is every fault of the schedule named?"""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.domain.retention import RetentionFaults, Schedule
from services.runtime.contracts import read_toml

STATED = read_toml(Path(__file__).resolve().parents[2] / "schemas" / "policy" / "retention.toml")
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def due(name: str, now: datetime = NOON, content: dict[str, Any] = STATED) -> dict[str, datetime]:
    return Schedule.parse(content).classes[name].due_before(now)


def test_days_are_elapsed_time_and_years_end_as_the_london_day_begins() -> None:
    assert due("rehearsal") == {"received-at": NOON - timedelta(days=30)}
    assert due("feed-entry") == {"told-at": datetime(2024, 6, 30, 23, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (datetime(2028, 2, 28, 12, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2028, 3, 1, 12, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)),
        (datetime(2028, 6, 30, 23, 30, tzinfo=UTC), datetime(2027, 6, 30, 23, tzinfo=UTC)),
    ],
)
def test_a_year_ends_on_the_same_date(now: datetime, before: datetime) -> None:
    assert due("import-result", now) == {"finished-at": before}


def test_a_later_line_holds_from_its_day_on() -> None:
    content = deepcopy(STATED)
    longer = {"value": 3, "unit": "years", "source": "a decision", "standing": "local"}
    content["numbers"]["feed-entry.told-at"].append(longer | {"since": date(2026, 7, 1)})
    assert due("feed-entry", content=content)["told-at"].year == 2023
    assert due("feed-entry", NOON - timedelta(days=1), content)["told-at"].year == 2024


def test_every_fault_is_named() -> None:
    content = deepcopy(STATED)
    content["more"] = 1
    content["classes"]["child"]["holds"] = " "
    content["classes"]["zqux"] = {}
    del content["classes"]["rehearsal"]
    del content["numbers"]["child.last-event"]
    content["numbers"]["child.zqux"] = content["numbers"]["feed-entry.told-at"]
    content["numbers"]["rehearsal.received-at"][0]["unit"] = "hours"
    content["numbers"]["feed-entry.told-at"] = [{"value": -1, "unit": "years"}]
    with pytest.raises(RetentionFaults) as raised:
        Schedule.parse(content)
    assert set(raised.value.pointers) == {
        "/more: unknown",
        "/classes/child/holds: not a text",
        "/classes/zqux: unknown",
        "/classes/rehearsal: missing",
        "/numbers/child.last-event: missing",
        "/numbers/child.zqux: nothing is counted by it",
        "/numbers/rehearsal.received-at/0/unit: days or years",
        "/numbers/feed-entry.told-at/0/value: not a whole number",
        "/numbers/feed-entry.told-at/0/source: missing",
        "/numbers/feed-entry.told-at/0/standing: unknown",
    }


def test_no_number_is_presented_as_law() -> None:
    schedule = Schedule.parse(STATED)
    lines = [line for one in schedule.classes.values() for of in one.times.values() for line in of]
    assert {line.standing for line in lines} == {"assumption"}
