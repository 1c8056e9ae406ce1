"""Which inspections are there, and how do they come in by hand?"""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from services.domain.moments import london_day
from services.domain.responses.deadlines import said
from services.domain.responses.record import day_of
from services.responses import entering, handlers, store
from services.responses.desk import AtDesk
from services.responses.inspections_api import counted, read_sheet
from services.responses.pages.forms import (
    STATES,
    Editor,
    Looker,
    fields_of,
    helps,
    item_of,
    sent_by,
    wrong_of,
)
from services.responses.question import InspectionStated
from services.runtime import clock
from services.runtime.web import Visitor, Wrong, answers, web_of

NEW: Final = "/inspections/new"
IMPORT: Final = "/inspections/import"
_LISTS: Final = ("inspectorates", "forces", "publication_types")
_OUTCOMES: Final = {"entered": "Entered", "already": "There already", "not-read": "Not read"}


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    shown: dict[str, Any] = {"response_class": HTMLResponse, "responses": answers(403)}
    routes.get("/", operation_id="page-inspections", **shown)(listed)
    routes.get(NEW, operation_id="page-inspection-new", **shown)(new)
    routes.get(IMPORT, operation_id="page-import", **shown)(bring)
    sent: dict[str, Any] = {"response_class": HTMLResponse, "responses": answers(403, 422)}
    routes.post(NEW, operation_id="form-inspection-new", **sent)(enter)
    routes.post(IMPORT, operation_id="form-import", **sent)(brought)
    return routes


async def listed(request: Request, desk: AtDesk, visitor: Looker) -> Response:
    """Show every inspection, those that are due first in front."""
    many = await store.everything(desk.pool, visitor.caller.agency)
    found = handlers.inspections(many, desk.catalogue, london_day(clock.now()))
    rows = [_row(one) for one in found]
    return web_of(request).page(
        request, visitor, "responses/list.html", title="Responses to inspections", rows=rows,
        **helps(desk, visitor),
    )  # fmt: skip


def _row(one: dict[str, Any]) -> list[object]:
    due = one["deadlines"]
    stated = said(due["stated_on"]) if due["stated_on"] else "none stated"
    flag = ": differs" if due["differs"] else ""
    stands = STATES[one["state"]] + (f". {one['reminder']}" if one["reminder"] else "")
    return [
        {"text": one["title"], "href": f"/responses/{one['id']}"},
        said(day_of(one["published_on"])),
        said(due["strict_on"]),
        f"{stated}{flag}",
        stands,
    ]


async def new(request: Request, desk: AtDesk, visitor: Editor) -> Response:
    """Show the form for an inspection."""
    return _form(request, desk, visitor, [], {})


def _form(
    request: Request, desk: AtDesk, visitor: Visitor, faults: list[Wrong], sent: dict[str, str]
) -> Response:
    return web_of(request).page(
        request, visitor, "responses/new.html", title="Enter an inspection", faults=faults,
        status=422 if faults else 200, sent=sent, breadcrumbs=[("Responses", "/"), ("New", None)],
        **helps(desk, visitor),
    )  # fmt: skip


async def enter(request: Request, desk: AtDesk, visitor: Editor) -> Response:
    """Take in an inspection by its form."""
    fields = fields_of(await sent_by(request))
    try:
        stated = InspectionStated.model_validate(_stated(fields)).model_dump(mode="json")
        caller = visitor.caller
        entered = await entering.enter(
            desk.pool, desk.catalogue, caller.agency, caller.subject, stated
        )
    except ValidationError as error:
        return _form(request, desk, visitor, wrong_of(error, "new"), fields)
    except entering.NoBody:
        wrong = Wrong("new-published_on", "No local policing body is entered for that day")
        return _form(request, desk, visitor, [wrong], fields)
    except entering.Known:
        wrong = Wrong("new-title", "This inspection has been entered already")
        return _form(request, desk, visitor, [wrong], fields)
    return RedirectResponse(f"/responses/{entered.id}", 303)


def _stated(fields: dict[str, str]) -> dict[str, Any]:
    """Read the form as an inspection; what is left empty is not stated."""
    own = {"form", "kind", "item_kind", "item_text", "item_lesson", *_LISTS}
    told: dict[str, Any] = {
        name: value.strip() for name, value in fields.items() if name not in own and value.strip()
    }
    for name in _LISTS:
        lines = [line.strip() for line in fields.get(name, "").splitlines()]
        told[name] = [line for line in lines if line]
    if fields.get("item_text", "").strip():
        told["items"] = [item_of(fields)]
    return told


async def bring(request: Request, desk: AtDesk, visitor: Editor) -> Response:
    """Show the form for an overview sheet."""
    return _sheet(request, desk, visitor)


async def brought(request: Request, desk: AtDesk, visitor: Editor) -> Response:
    """Take in an overview sheet, and show what became of every row."""
    form = await sent_by(request)
    sheet = form.get("sheet")
    content = await sheet.read() if isinstance(sheet, UploadFile) else b""
    table = read_sheet(content)
    if table is None:
        wrong = Wrong("sheet", "Choose an Excel workbook (.xlsx) that can be opened")
        return _sheet(request, desk, visitor, [wrong])
    caller = visitor.caller
    rows = await entering.bring_sheet(
        desk.pool, desk.catalogue, caller.agency, caller.subject, table
    )
    return _sheet(request, desk, visitor, told=counted(rows))


def _sheet(
    request: Request,
    desk: AtDesk,
    visitor: Visitor,
    faults: list[Wrong] | None = None,
    told: dict[str, Any] | None = None,
) -> Response:
    rows = [] if told is None else [_read_row(row) for row in told["rows"]]
    return web_of(request).page(
        request, visitor, "responses/import.html", title="Bring in an overview sheet",
        faults=faults or (), status=422 if faults else 200, told=told, rows=rows,
        breadcrumbs=[("Responses", "/"), ("Overview sheet", None)], **helps(desk, visitor),
    )  # fmt: skip


def _read_row(row: dict[str, Any]) -> list[object]:
    title = row.get("title") or "no inspection"
    link = {"text": title, "href": f"/responses/{row['id']}"} if row["id"] else title
    return [str(row["row"]), link, _OUTCOMES[row["outcome"]], " ".join(row["said"]) or "nothing"]
