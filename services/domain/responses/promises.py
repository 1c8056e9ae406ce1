"""Which promises were made, who keeps them by when, and how do they stand? A person says met."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from services.domain.responses.record import Record, day_of

Standing = Literal["met", "dropped", "overdue", "under-way", "not-begun", "unassigned"]

STANDINGS: Final[Mapping[str, str]] = {
    "met": "Met",
    "dropped": "Dropped",
    "overdue": "Overdue",
    "under-way": "Under way",
    "not-begun": "Not begun",
    "unassigned": "No owner or date",
}
"""How a promise stands, in words."""

COLUMNS: Final = (
    "response", "promise", "owner", "due_on", "judged_by", "standing", "last_told_on", "last_told",
)  # fmt: skip
"""The columns of the report to the panel."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An action of a published response, as it stands on a day."""

    response: str
    action: str
    title: str
    text: str
    owner: str | None
    due_on: date | None
    judged_by: str | None
    standing: Standing
    progress: Sequence[Mapping[str, Any]]

    def row(self) -> dict[str, str]:
        """Return the promise as the report writes it."""
        last = self.progress[-1] if self.progress else None
        return {
            "response": self.title,
            "promise": self.text,
            "owner": self.owner or "nobody yet",
            "due_on": self.due_on.isoformat() if self.due_on else "no date yet",
            "judged_by": self.judged_by or "not said yet",
            "standing": STANDINGS[self.standing],
            "last_told_on": str(last["on"]) if last else "",
            "last_told": str(last["text"]) if last else "",
        }


def promises(records: Iterable[tuple[str, Record]], today: date) -> list[Promise]:
    """Return every promise of what is published, the earliest due first, without a day last."""
    found = [
        _promise(response, record, ref, one, today)
        for response, record in records
        if record.published_version is not None or record.brought_in
        for ref, one in record.actions.items()
    ]
    return sorted(found, key=lambda one: (one.due_on or date.max, one.title, one.action))


def quarter(name: str) -> tuple[date, date]:
    """Return the first and the last day of a quarter such as 2026-Q3. ValueError if none."""
    year, _, number = name.partition("-Q")
    if not (year.isdigit() and len(year) == len("2026") and number in {"1", "2", "3", "4"}):
        raise ValueError("no quarter")
    first = date(int(year), 3 * int(number) - 2, 1)
    after = date(int(year) + (number == "4"), 3 * int(number) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def quarter_of(day: date) -> str:
    """Name the quarter that a day is in."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _promise(
    response: str, record: Record, ref: str, one: Mapping[str, Any], today: date
) -> Promise:
    due = day_of(one["due_on"]) if one.get("due_on") else None
    told = [each for each in one["progress"] if day_of(each["on"]) <= today]
    return Promise(
        response=response,
        action=ref,
        title=record.inspection["title"],
        text=one["text"],
        owner=one.get("owner") or None,
        due_on=due,
        judged_by=one.get("judged_by") or None,
        standing=_standing(one.get("owner"), due, told, today),
        progress=told,
    )


def _standing(
    owner: str | None, due: date | None, told: Sequence[Mapping[str, Any]], today: date
) -> Standing:
    last = told[-1]["standing"] if told else None
    if last == "met":
        return "met"
    if last == "dropped":
        return "dropped"
    if due is not None and due < today:
        return "overdue"
    if last == "under-way":
        return "under-way"
    return "not-begun" if owner and due else "unassigned"
