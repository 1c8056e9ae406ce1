"""What is shown of inspections and responses to the people of the body?"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.domain.responses.deadlines import Deadlines, reminder
from services.domain.responses.folding import fold
from services.domain.responses.promises import Promise, promises
from services.domain.responses.record import Entry, Record, day_of
from services.domain.responses.workflow import refusal
from services.responses.catalogue import Catalogue
from services.responses.entering import counted

Shown = dict[str, Any]


def dates(found: Deadlines) -> Shown:
    """Show an inspection's deadlines."""
    return {
        "strict_on": found.strict_on,
        "usual_on": found.usual_on,
        "stated_on": found.stated_on,
        "differs": found.differs,
    }


def inspection(response_id: str, record: Record, catalogue: Catalogue, today: date) -> Shown:
    """Show an inspection, by when its answer is due and how that stands."""
    due = counted(record.inspection, catalogue)
    waiting = record.state != "published"
    stated = {
        name: value
        for name, value in record.inspection.items()
        if name not in {"strict_on", "usual_on"}
    }
    return {
        "link": None,
        "stated_deadline_on": None,
        **stated,
        "id": response_id,
        "deadlines": dates(due),
        "state": record.state,
        "brought_in": record.brought_in,
        "reminder": reminder(due.due_on, today, catalogue.numbers) if waiting else None,
        "warning": due.warning(),
    }


def inspections(
    many: Mapping[str, Sequence[Entry]], catalogue: Catalogue, today: date
) -> list[Shown]:
    """Show all inspections: what is open by its deadline, then what is published, latest first."""
    shown = [inspection(key, fold(entries), catalogue, today) for key, entries in many.items()]
    waiting = [one for one in shown if one["state"] != "published"]
    published = [one for one in shown if one["state"] == "published"]
    return [
        *sorted(waiting, key=lambda one: one["deadlines"]["strict_on"]),
        *sorted(published, key=lambda one: str(one["published_on"]), reverse=True),
    ]


def response(response_id: str, record: Record, catalogue: Catalogue, by: str, today: date) -> Shown:
    """Show a response as it stands, and what its reader may do next."""
    return {
        "id": response_id,
        "state": record.state,
        "inspection": inspection(response_id, record, catalogue, today),
        "body": {name: record.body[name] for name in ("id", "name", "short", "marking")},
        "invited": record.invited,
        "chief_officer": record.chief_officer,
        "consultees": record.consultees,
        "comments": record.comments,
        "figures": record.figures,
        "actions": record.actions,
        "measures": {item: list(names) for item, names in record.measures.items()},
        "versions": [version(one) for one in record.versions],
        "corrects": record.corrects,
        "returned": record.returned,
        "steps": [
            {
                "id": one.id,
                "label": one.label,
                "done": record.done.get(one.id),
                "refused": refused(record, "done", by, today, id=one.id, on=today.isoformat()),
            }
            for one in record.steps
        ],
        "refused": {
            kind: refused(record, kind, by, today)
            for kind in ("submit", "sign-off", "return", "correct")
        },
    }


def version(one: Any) -> Shown:  # noqa: ANN401 - a version, without the place of its entries
    """Show a version."""
    return {
        name: getattr(one, name)
        for name in (
            "number", "submitted_by", "submitted_at", "signed_by", "signed_at", "published_on",
        )
    }  # fmt: skip


def refused(record: Record, kind: str, by: str, today: date, **content: str) -> str | None:
    """Say why a step cannot be taken now; None where it can."""
    found = refusal(record, kind, content, by, today)
    return None if found is None else found.sentence


def promised(many: Mapping[str, Sequence[Entry]], today: date) -> list[Promise]:
    """Return every promise of what is published, as it stands on a day."""
    records = [
        (key, fold(kept))
        for key, entries in many.items()
        if (kept := [one for one in entries if one.at.date() <= today or one.seq == 1])
    ]
    return promises(records, today)


def published(many: Mapping[str, Sequence[Entry]]) -> list[tuple[str, Record]]:
    """Return what is published, the latest report first."""
    records = [(key, fold(entries)) for key, entries in many.items()]
    found = [
        (key, one) for key, one in records if one.brought_in or one.published_version is not None
    ]
    return sorted(found, key=lambda pair: day_of(pair[1].inspection["published_on"]), reverse=True)
