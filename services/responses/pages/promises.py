"""How do promises stand, who keeps them, and would inspectors find the same here?"""

from calendar import month_name
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.domain.moments import london_day
from services.domain.responses.deadlines import said
from services.domain.responses.figures import spoken
from services.domain.responses.promises import STANDINGS, Promise, quarter_of
from services.responses import findings, handlers, store
from services.responses.desk import AtDesk, Desk
from services.responses.pages.forms import Editor, Looker, fields_of, helps, sent_by
from services.responses.pages.workbench import attempted
from services.responses.promises_api import MEDIA_TYPES, Report, reported
from services.responses.question import Code
from services.responses.serving import Ref
from services.runtime import clock
from services.runtime.guard import NotNow
from services.runtime.web import Visitor, answers, web_of

PATH: Final = "/promises"
ONE: Final = "/promises/{response_id}/{action}"
_QUARTERS: Final = 8


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    shown: dict[str, Any] = {"response_class": HTMLResponse, "responses": answers(403, 404, 422)}
    both = {**shown, "responses": {**answers(403, 404, 422), 409: shown["responses"][422]}}
    routes.get(PATH, operation_id="page-promises", **shown)(listed)
    routes.get(
        PATH + "/report",
        operation_id="page-promises-report",
        response_class=Response,
        responses={
            200: {
                "description": "The report.",
                "content": {kind: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()},
            },
            **answers(403, 422),
        },
    )(report)
    routes.get(ONE, operation_id="page-promise", **shown)(looked_at)
    routes.post(ONE, operation_id="form-promise", **both)(taken)
    routes.get("/findings", operation_id="page-findings", **shown)(found)
    return routes


async def listed(request: Request, desk: AtDesk, visitor: Looker) -> Response:
    """Show every promise of what is published."""
    today = london_day(clock.now())
    rows = [_row(one) for one in await _all(desk, visitor)]
    names = [quarter_of(today)]
    while len(names) < _QUARTERS:
        year, number = names[-1].split("-Q")
        names.append(f"{year}-Q{int(number) - 1}" if number != "1" else f"{int(year) - 1}-Q4")
    return web_of(request).page(
        request, visitor, "responses/promises.html", title="Promises kept", rows=rows,
        quarters=[(name, _months(name)) for name in names], **helps(desk, visitor),
    )  # fmt: skip


async def _all(desk: Desk, visitor: Visitor) -> list[Promise]:
    many = await store.everything(desk.pool, visitor.caller.agency)
    return handlers.promised(many, london_day(clock.now()))


def _row(one: Promise) -> list[object]:
    return [
        {"text": one.text, "href": f"/promises/{one.response}/{one.action}"},
        STANDINGS[one.standing],
        one.owner or "nobody yet",
        said(one.due_on) if one.due_on else "no date yet",
        one.judged_by or "not said yet",
    ]


async def report(desk: AtDesk, visitor: Looker, asked: Annotated[Report, Query()]) -> Response:
    """Return the report of a quarter."""
    return await reported(desk, visitor.caller, asked)


async def looked_at(
    request: Request, desk: AtDesk, visitor: Looker, response_id: Ref, action: Code
) -> Response:
    """Show a promise and how it has gone."""
    return await _page(request, desk, visitor, response_id, action)


async def taken(
    request: Request, desk: AtDesk, visitor: Editor, response_id: Ref, action: Code
) -> Response:
    """Record progress, or who keeps it by when."""
    await _one(desk, visitor, response_id, action)
    form = await sent_by(request)
    wrong, status = await attempted(desk, visitor, response_id, form)
    if not wrong:
        return RedirectResponse(f"/promises/{response_id}/{action}", 303)
    more = {"faults": wrong, "status": status, "sent": fields_of(form)}
    return await _page(request, desk, visitor, response_id, action, **more)


async def _one(desk: Desk, visitor: Visitor, response_id: str, action: str) -> Promise:
    for one in await _all(desk, visitor):
        if (one.response, one.action) == (response_id, action):
            return one
    raise HTTPException(404)


async def _page(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    response_id: str,
    action: str,
    **more: Any,  # noqa: ANN401 - what a page takes
) -> Response:
    one = await _one(desk, visitor, response_id, action)
    return web_of(request).page(
        request, visitor, "responses/promise.html", title="A promise", promise=one,
        standing=STANDINGS[one.standing], today=london_day(clock.now()).isoformat(),
        breadcrumbs=[("Promises", PATH), ("This promise", None)], **helps(desk, visitor), **more,
    )  # fmt: skip


async def found(request: Request, desk: AtDesk, visitor: Looker) -> Response:
    """Show what people have mapped to measures, and which way it has gone."""
    many = await store.everything(desk.pool, visitor.caller.agency)
    try:
        shown = await findings.found(desk, visitor.caller, many, clock.now())
    except NotNow:
        shown = None
    rows = [
        [
            {"text": one["text"], "href": f"/responses/{one['response']}#{one['item']}"},
            one["inspection"],
            one["title"] or one["measure"],
            spoken(one["now"]) if one["now"] else "not answered",
            spoken(one["before"]) if one["before"] else "not answered",
            one["sentence"] or "Not known.",
        ]
        for one in shown or ()
    ]
    return web_of(request).page(
        request, visitor, "responses/findings.html", title="Would they find this here?", rows=rows,
        breadcrumbs=[("Responses", "/"), ("Would they find this here?", None)],
        away=shown is None, **helps(desk, visitor),
    )  # fmt: skip


def _months(quarter: str) -> str:
    """Write a quarter, 2026-Q4, by its months: October to December 2026."""
    year, number = quarter.split("-Q")
    last = 3 * int(number)
    return f"{month_name[last - 2]} to {month_name[last]} {year}"
