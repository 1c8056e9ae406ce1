"""Where is a response written: what was found, what our figures say, what the body answers?"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from services.domain.moments import london_day
from services.domain.responses.document import KINDS, action_said
from services.domain.responses.figures import caption, spoken
from services.domain.responses.folding import fold
from services.domain.responses.record import Record
from services.responses import findings, handlers, making, stepping
from services.responses.desk import AtDesk, Desk
from services.responses.entering import Refused
from services.responses.measures import NoMeasure
from services.responses.pages.forms import (
    Editor,
    Looker,
    fields_of,
    helps,
    sent_by,
    step_of,
    wrong_of,
)
from services.responses.question import Code
from services.responses.responses_api import Format, Which, content_of, numbered, sent
from services.responses.serving import Ref, entries_for
from services.runtime import clock
from services.runtime.guard import NotNow
from services.runtime.web import Visitor, Wrong, answers, months, web_of

PATH: Final = "/responses/{response_id}"
_FIRST: Final = "main-content"
"""Where the summary of a refusal leads that is of no field."""


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    shown: dict[str, Any] = {"response_class": HTMLResponse, "responses": answers(403, 404, 422)}
    both = {**shown, "responses": {**answers(403, 404, 422), 409: shown["responses"][422]}}
    files: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The document.",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in making.MEDIA_TYPES.values()
            },
        },
        **answers(403, 404, 422),
    }
    routes.get(
        PATH + "/document.{file_format}",
        operation_id="page-document",
        response_class=Response,
        responses=files,
    )(document)
    routes.get(PATH, operation_id="page-response", **shown)(looked_at)
    routes.post(PATH, operation_id="form-response", **both)(taken)
    routes.get(PATH + "/figure", operation_id="page-figure", **shown)(figure)
    routes.post(PATH + "/figure", operation_id="form-figure", **both)(inserted)
    return routes


async def looked_at(request: Request, desk: AtDesk, visitor: Looker, response_id: Ref) -> Response:
    """Show the workbench."""
    record = fold(await entries_for(desk, visitor.caller, response_id))
    return await _page(request, desk, visitor, response_id, record)


async def taken(request: Request, desk: AtDesk, visitor: Editor, response_id: Ref) -> Response:
    """Take a step by its form; what comes too soon is said at the top of the page."""
    record = fold(await entries_for(desk, visitor.caller, response_id))
    form = await sent_by(request)
    fields = fields_of(form)
    wrong, status = await attempted(desk, visitor, response_id, form)
    if not wrong:
        return RedirectResponse(f"/responses/{response_id}", 303)
    return await _page(
        request, desk, visitor, response_id, record, faults=wrong, status=status, sent=fields
    )


async def attempted(
    desk: Desk,
    visitor: Visitor,
    response_id: str,
    form: Any,  # noqa: ANN401 - a form
) -> tuple[list[Wrong], int]:
    """Take a step by its form; return what is wrong with it, and the status that says so."""
    key = str(form.get("form", "main"))
    try:
        await stepping.take(desk, visitor.caller, response_id, step_of(form))
    except ValidationError as error:
        return wrong_of(error, key), 422
    except Refused as refused:
        return [Wrong(key, refused.sentence)], 409
    except NoMeasure:
        said = "The measure does not answer this: check its filters and months"
        return [Wrong(f"{key}-measure", said)], 422
    return [], 303


async def _page(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    response_id: str,
    record: Record,
    **more: Any,  # noqa: ANN401 - what a page takes
) -> Response:
    today = london_day(clock.now())
    shown = handlers.response(response_id, record, desk.catalogue, visitor.caller.subject, today)
    for one in shown["consultees"]:
        one["pair"] = (one["name"], one["name"])
        one.setdefault("answered_on", None)
    return web_of(request).page(
        request, visitor, "responses/workbench.html",
        title=record.inspection["title"], shown=shown, body=record.body,
        items=[_item(record, one) for one in record.items], today=today.isoformat(),
        measures=await measures_of(desk, visitor),
        breadcrumbs=[("Responses", "/"), ("This response", None)], **helps(desk, visitor), **more,
    )  # fmt: skip


def _item(record: Record, item: dict[str, Any]) -> dict[str, Any]:
    """Return an item with all that is beside it."""
    place = [one["id"] for one in record.of_kind(item["kind"])].index(item["id"]) + 1
    comment = record.comments.get(item["id"])
    return {
        **item,
        "name": f"{KINDS[item['kind']]} {place}",
        "figures": [
            {**figure, "ref": ref, "says": spoken(figure["rows"][0]),
             "span": caption(figure).removeprefix(f"{figure['title']}, ")}
            for ref, figure in record.figures_of(item["id"])
        ],
        "comment": None if comment is None else comment["text"],
        "actions": [
            {"ref": ref, "says": action_said(one)} for ref, one in record.actions_of(item["id"])
        ],
        "measures": record.measures.get(item["id"], ()),
    }  # fmt: skip


async def measures_of(desk: Desk, visitor: Visitor) -> list[tuple[str, str]]:
    """Return what measures there are; none while the dashboards are away."""
    try:
        found = await desk.measures.listed(visitor.caller)
    except (NotNow, NoMeasure):
        return []
    return [(one["id"], one["title"]) for one in found]


async def figure(
    request: Request,
    desk: AtDesk,
    visitor: Editor,
    response_id: Ref,
    item: Annotated[Code | None, Query()] = None,
) -> Response:
    """Show the form by which a figure is inserted."""
    await entries_for(desk, visitor.caller, response_id)
    return await _figure(request, desk, visitor, response_id, item)


async def inserted(request: Request, desk: AtDesk, visitor: Editor, response_id: Ref) -> Response:
    """Freeze a figure."""
    await entries_for(desk, visitor.caller, response_id)
    form = await sent_by(request)
    fields = fields_of(form)
    wrong, status = await attempted(desk, visitor, response_id, form)
    item = fields.get("item")
    if not wrong:
        return RedirectResponse(f"/responses/{response_id}#{item or _FIRST}", 303)
    more = {"faults": wrong, "status": status, "sent": fields}
    return await _figure(request, desk, visitor, response_id, item, **more)


async def _figure(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    response_id: str,
    item: str | None,
    **more: Any,  # noqa: ANN401 - what a page takes
) -> Response:
    measures = await measures_of(desk, visitor)
    now = clock.now()
    compared = desk.catalogue.numbers.at("trend.compared", london_day(now)).value
    first, last = findings.months_before(london_day(now), compared)
    return web_of(request).page(
        request, visitor, "responses/figure.html", title="Insert a figure", id=response_id,
        item=item, measures=measures, away=not measures,
        first=first, last=last, months=months.choices(now),
        agencies=[("", "Any"), *((one.id, one.name) for one in desk.registry.agencies.values())],
        breadcrumbs=[
            ("Responses", "/"), ("This response", f"/responses/{response_id}"), ("Figure", None),
        ],
        **helps(desk, visitor), **more,
    )  # fmt: skip


async def document(
    desk: AtDesk,
    visitor: Looker,
    response_id: Ref,
    file_format: Format,
    asked: Annotated[Which, Query()],
) -> Response:
    """Return the document, of a version or as it stands now."""
    entries = await entries_for(desk, visitor.caller, response_id)
    version = numbered(entries, asked.version or "0")
    content = await content_of(desk.pool, response_id, entries, version, file_format)
    return sent(content, file_format, making.file_name(fold(entries), version, file_format))
