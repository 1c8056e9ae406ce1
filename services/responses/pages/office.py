"""How is a response signed off, compared, sent and published?"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.domain.moments import london_day
from services.domain.responses.comparing import changes
from services.domain.responses.deadlines import said
from services.domain.responses.folding import fold
from services.domain.responses.record import Entry, Version, day_of
from services.responses import handlers, making
from services.responses.desk import AtDesk, Desk
from services.responses.pages.forms import Editor, Looker, fields_of, helps, sent_by
from services.responses.pages.workbench import attempted
from services.responses.responses_api import Between, numbered
from services.responses.serving import Ref, entries_for
from services.runtime import clock
from services.runtime.web import Visitor, answers, web_of

PATH: Final = "/responses/{response_id}/office"
_AMENDED: Final = {
    "title": "Title",
    "published_on": "Day of publication",
    "stated_deadline_on": "Deadline that the document states",
}


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    shown: dict[str, Any] = {"response_class": HTMLResponse, "responses": answers(403, 404, 422)}
    both = {**shown, "responses": {**answers(403, 404, 422), 409: shown["responses"][422]}}
    routes.get(PATH, operation_id="page-office", **shown)(looked_at)
    routes.post(PATH, operation_id="form-office", **both)(taken)
    routes.get("/responses/{response_id}/compare", operation_id="page-compare", **shown)(compared)
    return routes


async def looked_at(request: Request, desk: AtDesk, visitor: Looker, response_id: Ref) -> Response:
    """Show versions, sign-off and the steps for office use only."""
    entries = await entries_for(desk, visitor.caller, response_id)
    return _page(request, desk, visitor, response_id, entries)


async def taken(request: Request, desk: AtDesk, visitor: Editor, response_id: Ref) -> Response:
    """Sign off, give back, amend, record a step or begin a correction."""
    entries = await entries_for(desk, visitor.caller, response_id)
    form = await sent_by(request)
    wrong, status = await attempted(desk, visitor, response_id, form)
    if not wrong:
        return RedirectResponse(f"/responses/{response_id}/office", 303)
    more = {"faults": wrong, "status": status, "sent": fields_of(form)}
    return _page(request, desk, visitor, response_id, entries, **more)


def _page(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    response_id: str,
    entries: Sequence[Entry],
    **more: Any,  # noqa: ANN401 - what a page takes
) -> Response:
    record, today = fold(entries), london_day(clock.now())
    shown = handlers.response(response_id, record, desk.catalogue, visitor.caller.subject, today)
    return web_of(request).page(
        request, visitor, "responses/office.html", title="Sign-off and office use", shown=shown,
        versions=[_row(one) for one in record.versions], today=today.isoformat(),
        amended=list(_amended(entries)),
        numbers=[(str(one.number), f"version {one.number}") for one in record.versions],
        breadcrumbs=[
            ("Responses", "/"), ("This response", f"/responses/{response_id}"), ("Office", None),
        ],
        **helps(desk, visitor), **more,
    )  # fmt: skip


def _amended(entries: Sequence[Entry]) -> Iterator[list[str]]:
    """Yield what was changed of what was entered: when, by whom, what it was and what it is."""
    held = dict(entries[0].content["inspection"])
    for one in [entry for entry in entries if entry.kind == "amend"]:
        for name in [name for name in _AMENDED if name in one.content]:
            before, after = (_written(name, about.get(name)) for about in (held, one.content))
            yield [said(one.at.date()), one.by, _AMENDED[name], before, after]
        held |= one.content


def _written(name: str, value: str | None) -> str:
    if value is None:
        return "none"
    return value if name == "title" else said(day_of(value))


def _row(one: Version) -> list[str]:
    signed = (
        "not yet" if one.signed_at is None else f"{said(one.signed_at.date())}, {one.signed_by}"
    )
    return [
        f"Version {one.number}",
        f"{said(one.submitted_at.date())}, {one.submitted_by}",
        signed,
        "not yet" if one.published_on is None else said(one.published_on),
    ]


async def compared(
    request: Request,
    desk: AtDesk,
    visitor: Looker,
    response_id: Ref,
    asked: Annotated[Between, Query()],
) -> Response:
    """Show what differs between two versions."""
    entries = await entries_for(desk, visitor.caller, response_id)
    first, second = (
        making.document(entries, numbered(entries, number), marked=False)
        for number in (asked.before, asked.after)
    )
    words = {"added": "Added", "removed": "Taken out"}
    rows = [[str(one.place), words[one.kind], one.text] for one in changes(first, second)]
    now = "what is there now"
    after = now if asked.after == "0" else f"version {asked.after}"
    title = (
        f"Version {asked.before} against {after}" if asked.before != "0" else f"{now} and {after}"
    )
    return web_of(request).page(
        request, visitor, "responses/compare.html", title=title, rows=rows, id=response_id,
        **helps(desk, visitor),
    )  # fmt: skip
