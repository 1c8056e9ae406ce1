"""Responses to write: the one of the past that schemas/ holds, and one with everything in it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from deploy.embedded.places import PROJECT
from services.domain.responses.blocks import Document
from services.domain.responses.document import composed
from services.domain.responses.folding import fold
from services.domain.responses.record import Entry, Record
from services.runtime.contracts import read_toml

DATED = date(2026, 3, 4)
FIGURE: Mapping[str, Any] = {
    "measure": "referral.in-time-after-custody", "version": 1, "title": "Referrals made in time",
    "direction": "good", "release": None, "by": ["unit"],
    "definition": "children detained; of these, those referred within the limit.",
    "filters": {"agency": "norfolk-police"}, "from": "2025-03", "to": "2026-02",
    "asked": {"agency": "norfolk-police", "by": "unit", "from": "2025-03", "to": "2026-02"},
    "as_of": "2026-03-01T09:00:00Z", "known_at": "2026-03-02T09:00:00Z",
    "rows": [
        {"label": "All", "numerator": 1123, "denominator": 1980, "value": 1123 / 1980, "low": 0.545,
         "high": 0.589},
        {"label": "Custody & cells", "numerator": 0, "denominator": 12, "value": 0.0, "low": 0.0,
         "high": 0.243},
        {"label": "Too few", "numerator": "c", "denominator": "c", "value": "c", "low": "c",
         "high": "c"},
        {"label": "Nobody", "numerator": 0, "denominator": 0, "value": None, "low": None,
         "high": None},
    ],
    "before": {"label": "The period before", "numerator": 1200, "denominator": 1900,
               "value": 1200 / 1900, "low": 0.61, "high": 0.653},
    "notes": ["Management information, not official statistics.", "Counts of 1 to 5 are hidden."],
}  # fmt: skip


def record_of(*told: tuple[str, Mapping[str, Any]]) -> Record:
    """Fold what a person entered, one after another."""
    at = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
    return fold(
        Entry(seq, at, "pcc-editor", kind, content) for seq, (kind, content) in enumerate(told, 1)
    )


@pytest.fixture(scope="session")
def body() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_toml(PROJECT / "schemas" / "policy" / "bodies.toml")["bodies"][
        0
    ]
    return found


@pytest.fixture(scope="session")
def earlier() -> Mapping[str, Any]:
    return read_toml(PROJECT / "schemas" / "responses" / "norfolk-2024-serious-youth-violence.toml")


@pytest.fixture(scope="session")
def past(body: Mapping[str, Any], earlier: Mapping[str, Any]) -> Document:
    """The response of the past, without a marking: it is published."""
    words = {**body, "steps": earlier["steps"]}
    record = record_of(
        ("enter", {"inspection": earlier["inspection"], "body": words}),
        *(("comment", {"on": on, "text": text}) for on, text in earlier["comments"].items()),
    )
    return composed(record, DATED, marked=False)


@pytest.fixture(scope="session")
def full(body: Mapping[str, Any]) -> Document:
    """A response with something of everything, still marked."""
    about = {
        "title": "Custody & care: <an invented report>", "inspectorates": ["Ofsted"],
        "published_on": "2026-01-05", "strict_on": "2026-03-01", "stated_deadline_on": None,
        "forces": ["Norfolk Constabulary"], "link": "https://www.example.org/report?a=1&b=2",
        "key_findings": "They found:\n\n- one\n- two\n\nAnd more.",
        "items": [
            {"kind": "recommendation", "text": "Train everybody.", "lesson": 4},
            {"kind": "lesson", "text": "Referrals come late.", "lesson": 1},
            {"kind": "lesson", "text": "Nobody looks twice.", "lesson": 3},
        ],
    }  # fmt: skip
    said = {"text": "We will train all of them, because “should” is not enough — 90% is.",
            "on": "item-1"}  # fmt: skip
    record = record_of(
        ("enter", {"inspection": about, "body": body}),
        ("invite-chief-officer", {"on": "2026-01-06", "comments_by": "2026-01-30"}),
        ("chief-officer-comments", {"on": "2026-01-29", "text": "We agree.\n\n1. First\n2. Then"}),
        ("comment", said),
        ("comment", {"on": "opening", "text": "1. Once\n2. Twice\n\nA report that helps."}),
        ("comment", {"on": "item-2", "text": "They come late here, too."}),
        ("comment", {"on": "reply", "text": "Noted."}),
        ("insert-figure", {"item": "item-2", **FIGURE}),
        ("set-action", {"item": "item-2", "text": "Refer from custody at once.",
                        "owner": "Chief Constable", "due_on": "2026-09-30",
                        "judged_by": "Referrals made in time"}),
    )  # fmt: skip
    return composed(record, DATED, marked=True)
