"""Responses to look at: one being written, one that waits to be signed off, one published."""

from datetime import timedelta
from typing import Any, Final

from services.domain.moments import london_day
from services.responses import entering, store
from services.responses.catalogue import Catalogue
from services.responses.store import New
from services.runtime import clock
from services.runtime.contracts import Contracts
from tests.documents.conftest import FIGURE
from tests.services.conftest import Pool

WRITTEN: Final = "a" * 31 + "1"
SUBMITTED: Final = "a" * 31 + "2"
PUBLISHED: Final = "a" * 31 + "3"


async def fill(pool: Pool, contracts: Contracts) -> None:
    """Make them."""
    catalogue = Catalogue.load(contracts)
    body = catalogue.bodies.of("norfolk-opcc", london_day(clock.now()))
    assert body is not None
    today = london_day(clock.now())
    for key, title in (
        (WRITTEN, "Children in custody: an invented report"),
        (SUBMITTED, "Girls and county lines: an invented report"),
        (PUBLISHED, "Serious violence: an invented report"),
    ):
        about = _about(title, (today - timedelta(days=40)).isoformat())
        news = [
            New("pcc-editor", "enter", {
                "inspection": entering.with_deadlines(about, catalogue), "body": body.content,
            }),
            *(New("pcc-editor", kind, content) for kind, content in _told(today.isoformat())),
        ]  # fmt: skip
        if key == WRITTEN:
            amended = {"title": f"{title}, as amended", "stated_deadline_on": today.isoformat()}
            news.append(New("pcc-editor", "amend", amended))
        else:
            news.append(New("pcc-editor", "submit", {}))
        if key == PUBLISHED:
            news.append(New("pcc-approver", "sign-off", {}))
        assert await store.begin(pool, key, "norfolk-opcc", title, news)
    for step in ("chief-officer", "panel", "inspectorate", "secretary-of-state", "published"):
        done = {"id": step, "on": today.isoformat(), "reference": "Letter 7", "evidence": None,
                "because": None}  # fmt: skip
        doing = entering.Doing("pcc-editor", "done", done, today)
        await entering.step(pool, PUBLISHED, doing)


def _about(title: str, published_on: str) -> dict[str, Any]:
    return {
        "title": title, "inspectorates": ["Ofsted"], "published_on": published_on,
        "stated_deadline_on": None, "forces": ["Norfolk Constabulary"],
        "link": "https://www.example.org/report", "publication_types": [],
        "key_findings": "They found:\n\n- one thing\n- another\n\nAnd more.",
        "items": [
            {"kind": "recommendation", "text": "Train everybody who meets a child.", "lesson": 4},
            {"kind": "lesson", "text": "Referrals come late.", "lesson": 1},
        ],
    }  # fmt: skip


def _told(today: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("invite-chief-officer", {"on": today, "comments_by": today, "means": "letter 7"}),
        ("chief-officer-comments", {"on": today, "text": "We agree.\n\n- and act"}),
        ("consult", {"name": "Youth offending service", "on": today}),
        ("comment", {"on": "opening", "text": "The report is useful."}),
        ("comment", {"on": "item-1", "text": "All will be trained."}),
        ("insert-figure", {**FIGURE, "item": "item-2"}),
        ("set-action", {"item": "item-2", "text": "Refer at once.", "owner": "Chief officer",
                        "due_on": "2026-01-31", "judged_by": None}),
        ("map-measures", {"item": "item-2", "measures": [FIGURE["measure"]]}),
    ]  # fmt: skip


ACTION: Final = "action-8"
"""Of each of them: the entry that is an action."""
