"""What does a response say, heading by heading, in the order in which the office publishes them?"""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

from services.domain.responses.blocks import (
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
)
from services.domain.responses.deadlines import said
from services.domain.responses.figures import shown
from services.domain.responses.record import Record, day_of
from services.domain.responses.writing import written

LESSONS = ("lesson", "finding")
"""Kinds of items that stand within the comments; the others have headings of their own."""


def composed(record: Record, dated: date, *, marked: bool) -> Document:
    """Compose the document of a record, which is a version's where it is folded up to it."""
    words = record.body["document"]
    return Document(
        title=words["title"],
        author=record.body["name"],
        dated=dated,
        marking=record.body["marking"] if marked else None,
        blocks=tuple(_Composer(record).blocks()),
    )


class _Composer:
    """Yields the blocks of one document; figures are numbered through it."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._words = record.body["document"]
        self._figure = count(1)

    def blocks(self) -> Iterator[Block]:
        """Yield everything, from the title to what is for office use only."""
        yield Heading(1, self._words["title"])
        yield Paragraph(self._words["introduction"])
        yield from self._form()
        yield from self._findings()
        yield from self._made("recommendation", "recommendations")
        yield from self._made("area-for-improvement", "areas_for_improvement")
        yield from self._response()
        yield from self._chief_officer()
        yield Heading(2, self._words["office_use"])
        yield Bullets(tuple(step.label for step in self._record.steps))

    def _form(self) -> Iterator[Block]:
        about = self._record.inspection
        stated = about.get("stated_deadline_on")
        types = about.get("publication_types") or about["inspectorates"]
        for label, text, href in (
            ("inspection_title", about["title"], None),
            ("published_on", said(day_of(about["published_on"])), None),
            ("publication_types", ", ".join(types), None),
            ("forces", ", ".join(about["forces"]), None),
            ("link", about.get("link_text") or about["title"], about.get("link")),
            ("deadline", said(day_of(stated or about["strict_on"])), None),
        ):
            yield Heading(2, self._words[label])
            yield Paragraph(text, href)

    def _findings(self) -> Iterator[Block]:
        yield Heading(2, self._words["key_findings"])
        yield from written(self._record.inspection.get("key_findings") or "")

    def _made(self, kind: str, words: str) -> Iterator[Block]:
        yield Heading(2, self._words[words])
        items = self._record.of_kind(kind)
        if not items:
            yield Paragraph(self._words[f"no_{words}"])
        for place, item in enumerate(items, 1):
            yield Heading(3, f"{KINDS[kind]} {place}")
            yield from written(item["text"])
            yield from self._beside(item["id"])

    def _response(self) -> Iterator[Block]:
        yield Heading(2, self._words["response"])
        yield from self._comment("opening")
        lessons = [one for one in self._record.items if one["kind"] in LESSONS]
        if any(self._has_more(one["id"]) for one in lessons):
            for place, item in enumerate(lessons, 1):
                yield Heading(3, f"{KINDS[item['kind']]} {place}")
                yield from written(item["text"])
                yield from self._beside(item["id"])
        elif lessons:
            yield Bullets(tuple(" ".join(one["text"].split()) for one in lessons), numbered=True)
        yield from self._figures(None)
        yield from self._comment("closing")
        yield from self._actions(None)

    def _chief_officer(self) -> Iterator[Block]:
        told = self._record.chief_officer
        if told is not None and told["text"].strip():
            yield Heading(2, self._words["chief_officer_comments"])
            yield from written(told["text"])
            if "reply" in self._record.comments:
                yield Heading(2, self._words["reply"])
                yield from self._comment("reply")

    def _has_more(self, item: str) -> bool:
        record = self._record
        return bool(item in record.comments or record.figures_of(item) or record.actions_of(item))

    def _beside(self, item: str) -> Iterator[Block]:
        yield from self._figures(item)
        yield from self._comment(item)
        yield from self._actions(item)

    def _figures(self, item: str | None) -> Iterator[Block]:
        for _, figure in self._record.figures_of(item):
            yield from shown(figure, next(self._figure), 4 if item else 3)

    def _comment(self, place: str) -> Iterator[Block]:
        comment = self._record.comments.get(place)
        if comment is not None:
            yield from written(comment["text"])

    def _actions(self, item: str | None) -> Iterator[Block]:
        actions = [one for _, one in self._record.actions_of(item)]
        if actions:
            yield Heading(4 if item else 3, "Action" if len(actions) == 1 else "Actions")
            yield Bullets(tuple(action_said(one) for one in actions))


KINDS = {
    "recommendation": "Recommendation",
    "area-for-improvement": "Area for improvement",
    "lesson": "Lesson",
    "finding": "Finding",
}
"""What an item of a kind is called in a heading."""


def action_said(action: dict[str, Any]) -> str:
    """Say an action with whoever owns it, by when, and what it is judged by, as far as is known."""
    due = action.get("due_on")
    parts = [
        f"Owner: {action['owner']}." if action.get("owner") else "",
        f"By {said(day_of(due))}." if due else "",
        f"Judged by: {action['judged_by']}." if action.get("judged_by") else "",
    ]
    return " ".join([action["text"], *(part for part in parts if part)])
