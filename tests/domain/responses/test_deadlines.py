"""By when is a response due? The day of publication is day 1."""

from datetime import date, timedelta

import pytest

from deploy.embedded.places import PROJECT
from services.domain.responses.deadlines import Numbers, deadlines, reminder, said
from services.runtime.contracts import read_toml


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    return Numbers.parse(read_toml(PROJECT / "schemas" / "policy" / "responses.toml"))


@pytest.mark.parametrize(
    ("published", "strict", "usual"),
    [
        (date(2024, 11, 20), date(2025, 1, 14), date(2025, 1, 15)),
        (date(2024, 1, 5), date(2024, 2, 29), date(2024, 3, 1)),
        (date(2025, 1, 5), date(2025, 3, 1), date(2025, 3, 2)),
        (date(2026, 2, 9), date(2026, 4, 5), date(2026, 4, 6)),
    ],
)
def test_the_last_days(numbers: Numbers, published: date, strict: date, usual: date) -> None:
    found = deadlines(published, None, numbers)
    assert (found.strict_on, found.usual_on) == (strict, usual)
    assert (strict - published).days + 1 == 56
    assert (found.differs, found.warning(), found.due_on) == (False, None, strict)


@pytest.mark.parametrize(
    ("stated", "differs", "says"),
    [
        (date(2025, 1, 13), True, "1 day earlier"),
        (date(2025, 1, 14), False, None),
        (date(2025, 1, 15), True, "1 day later"),
        (date(2025, 1, 17), True, "3 days later"),
    ],
)
def test_what_a_document_states_is_kept_beside(
    numbers: Numbers, stated: date, *, differs: bool, says: str | None
) -> None:
    found = deadlines(date(2024, 11, 20), stated, numbers)
    assert found.differs == differs
    assert found.due_on == min(stated, date(2025, 1, 14))
    warning = found.warning()
    assert (warning is None) if says is None else (warning is not None and says in warning)


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (29, None), (28, "Due in 28 days"), (8, "Due in 8 days"),
        (7, "Due in 7 days: have it signed off now"), (1, "Due in 1 day: have it signed off now"),
        (0, "Due today: have it signed off now"), (-1, "Overdue by 1 day"),
    ],
)  # fmt: skip
def test_reminders(numbers: Numbers, left: int, says: str | None) -> None:
    due = date(2025, 1, 14)
    assert reminder(due, due - timedelta(days=left), numbers) == says


def test_a_number_that_is_missing_or_unknown_is_named() -> None:
    with pytest.raises(ValueError, match=r"/numbers/clock\.strict: missing"):
        Numbers.parse({"numbers": {}})
    line = {"value": 1, "unit": "days", "source": "s", "standing": "local"}
    with pytest.raises(ValueError, match=r"/numbers/clock\.other: unknown"):
        Numbers.parse({"numbers": {"clock.other": [line]}})


def test_a_number_may_change_by_day() -> None:
    stated = read_toml(PROJECT / "schemas" / "policy" / "responses.toml")["numbers"]
    later = {**stated["clock.strict"][0], "value": 27, "since": date(2030, 1, 1)}
    numbers = Numbers.parse(
        {"numbers": {**stated, "clock.strict": [*stated["clock.strict"], later]}}
    )
    before, after = date(2029, 12, 31), date(2030, 1, 1)
    assert deadlines(before, None, numbers).strict_on == before + timedelta(days=55)
    assert deadlines(after, None, numbers).strict_on == after + timedelta(days=27)


def test_days_are_written_as_documents_write_them() -> None:
    assert said(date(2025, 1, 5)) == "5 January 2025"
