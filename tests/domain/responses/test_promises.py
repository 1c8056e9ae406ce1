"""Quarters, and how a promise stands on a day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.domain.responses.promises import promises, quarter, quarter_of
from services.domain.responses.record import Record, Version

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_quarter(name: str, first: date, last: date) -> None:
    assert quarter(name) == (first, last)
    assert quarter_of(first) == quarter_of(last) == name


@pytest.mark.parametrize("name", ["2026-Q5", "2026-Q0", "26-Q1", "2026", "Q1-2026"])
def test_no_quarter(name: str) -> None:
    with pytest.raises(ValueError, match="no quarter"):
        quarter(name)


def told(standing: str, on: str = "2026-05-01") -> dict[str, Any]:
    return {"standing": standing, "on": on, "text": "x", "action": "action-1"}


@pytest.mark.parametrize(
    ("owner", "due_on", "progress", "standing"),
    [
        (None, None, [], "unassigned"),
        ("A", None, [], "unassigned"),
        (None, "2026-07-01", [], "unassigned"),
        ("A", "2026-07-01", [], "not-begun"),
        ("A", "2026-06-30", [], "not-begun"),
        ("A", "2026-06-29", [], "overdue"),
        (None, "2026-06-29", [told("under-way")], "overdue"),
        ("A", "2026-07-01", [told("under-way")], "under-way"),
        ("A", "2026-06-29", [told("met")], "met"),
        ("A", "2026-06-29", [told("met"), told("under-way")], "overdue"),
        ("A", "2026-06-29", [told("dropped")], "dropped"),
        ("A", "2026-07-01", [told("met", "2026-07-01")], "not-begun"),
    ],
)
def test_how_a_promise_stands(
    owner: str | None, due_on: str | None, progress: list[dict[str, Any]], standing: str
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    record = Record(
        inspection={"title": "Report"},
        versions=[Version(1, 1, "a", at, published_on=date(2026, 1, 1))],
        actions={
            "action-1": {"text": "We will.", "owner": owner, "due_on": due_on, "progress": progress}
        },
    )
    [found] = promises([("r", record)], TODAY)
    assert found.standing == standing
    assert found.row()["owner"] == (owner or "nobody yet")


def test_a_draft_has_no_promises() -> None:
    record = Record(inspection={"title": "R"}, actions={"action-1": {"text": "x", "progress": []}})
    assert promises([("r", record)], TODAY) == []
