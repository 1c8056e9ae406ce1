"""How does an agency without a system send a whole file, and what became of each row?"""

import codecs
import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from starlette.datastructures import UploadFile

from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.forms import refused
from services.dashboards.desks.words import event_name, spoken
from services.runtime.web import Visitor, Wrong, answers, web_of
from services.runtime.web.links import asking, pages_of

PATH: Final = "/agency/uploads"
ROLES: Final = ("agency",)
LARGEST: Final = 10 * 1024 * 1024
SHOWN: Final = 25
MOST: Final = 500
"""Rows that are asked for at once, for a file."""
HEADS: Final = ("Row", "What it is", "Outcome", "What is wrong")
OUTCOMES: Final = {"": "All rows", "rejected": "Not taken in"}
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA: Final[Mapping[str, str]] = {"csv": "text/csv", "xlsx": XLSX, "xml": "application/xml"}
"""By the end of the file's name, which is all that browsers agree upon."""
ImportId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for path, summary, name, does, refusals in (
        (PATH, "Upload a file", "page-upload", upload, (403,)),
        (f"{PATH}/{{import_id}}", "What became of a file", "page-uploaded", uploaded,
         (403, 404, 422)),
    ):  # fmt: skip
        routes.get(
            path,
            summary=summary,
            operation_id=name,
            response_class=HTMLResponse,
            responses=answers(*refusals),
        )(does)
    routes.post(
        PATH,
        summary="Send a file",
        operation_id="send-file",
        status_code=303,
        response_class=RedirectResponse,
        responses=answers(403, 422),
    )(send)
    for path, summary, name, file in (
        (f"{PATH}/{{import_id}}/rows.csv", "The result of each row", "upload-rows", rows),
        (f"{PATH}/templates/{{file}}", "A file to fill in", "upload-template", template),
    ):
        routes.get(
            path,
            summary=summary,
            operation_id=name,
            response_class=Response,
            responses={
                200: {"content": {"text/csv": {}}, "description": "The file."},
                **answers(403, 404, 422),
            },
        )(file)
    return routes


async def upload(
    request: Request,
    desk: AtDesk,
    visitor: By,
) -> Response:
    """Ask for a file."""
    visitor.require(*ROLES)
    return await _asking(request, desk, visitor)


async def send(
    request: Request,
    desk: AtDesk,
    visitor: By,
) -> Response:
    """Pass a file on to intake."""
    visitor.require(*ROLES)
    async with request.form() as form:
        file, kind = form.get("file"), str(form.get("type") or "")
        content = await file.read() if isinstance(file, UploadFile) else b""
    if not isinstance(file, UploadFile) or not file.filename:
        return await _asking(request, desk, visitor, [Wrong("file", "Choose a file")], 422)
    media = MEDIA.get(file.filename.rpartition(".")[2].lower())
    if media is None:
        wrong = [Wrong("file", "Choose a file that ends in .csv, .xlsx or .xml")]
        return await _asking(request, desk, visitor, wrong, 422)
    try:
        told = await desk.behalf.ask(
            visitor.caller,
            "POST",
            "/v1/imports",
            params={"type": kind} if kind else {},
            body=content,
            media=media,
        )
    except Refused as error:
        return await _asking(request, desk, visitor, refused(error, "file"), error.status)
    return RedirectResponse(f"{PATH}/{told.content['id']}", 303)


async def uploaded(  # noqa: PLR0913 - what is asked
    request: Request,
    desk: AtDesk,
    visitor: By,
    import_id: ImportId,
    outcome: Annotated[Literal["", "rejected"], Query(description="Rows of it alone.")] = "",
    after: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Show how far a file is, and what became of each row."""
    visitor.require(*ROLES)
    found = await desk.behalf.read(visitor.caller, f"/v1/imports/{import_id}")
    page = await _page(desk, visitor, import_id, SHOWN, outcome, after)
    address = f"{PATH}/{import_id}"
    narrowed = {"outcome": outcome}
    following = page["next"] and asking(address, narrowed, after=page["next"])
    return web_of(request).page(
        request,
        visitor,
        "desks/uploaded.html",
        title="What became of your file",
        breadcrumbs=[("Upload a file", PATH), ("What became of it", None)],
        state=found["state"],
        counts=found["counts"],
        read=found["counts"]["events"] + found["counts"]["rejected"],
        facts=found["facts"],
        reason=spoken(found.get("reason")),
        notes=[spoken(note) for note in found["notes"]],
        rows=[_row(one) for one in page["items"]],
        address=address,
        outcome=outcome,
        outcomes=OUTCOMES,
        pages=pages_of(asking(address, narrowed) if after else None, following),
    )


async def rows(
    desk: AtDesk,
    visitor: By,
    import_id: ImportId,
) -> Response:
    """Give the result of each row as a file."""
    visitor.require(*ROLES)
    first = await _page(desk, visitor, import_id, MOST)
    return StreamingResponse(
        _csv(desk, visitor, import_id, first),
        headers=_as_file("rows.csv"),
        media_type="text/csv; charset=utf-8",
    )


async def _csv(
    desk: Desk, visitor: Visitor, import_id: str, page: Mapping[str, Any]
) -> AsyncIterator[bytes]:
    """Write the rows page after page: no more of a long file is held than one."""
    yield codecs.BOM_UTF8 + _lines([["OFFICIAL-SENSITIVE"], HEADS])
    while True:
        yield _lines([_cell(value) for value in _row(one)] for one in page["items"])
        if page["next"] is None:
            return
        page = await _page(desk, visitor, import_id, MOST, after=page["next"])


async def _page(  # noqa: PLR0913 - what a page is asked for by
    desk: Desk, visitor: Visitor, import_id: str, limit: int, outcome: str = "", after: str = ""
) -> Mapping[str, Any]:
    """Ask for a page of rows."""
    path = f"/v1/imports/{import_id}/rows"
    page: Mapping[str, Any] = await desk.behalf.read(
        visitor.caller, path, limit=str(limit), outcome=outcome or None, cursor=after or None
    )
    return page


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


async def template(
    desk: AtDesk,
    visitor: By,
    file: Annotated[str, Path(pattern=r"^[a-z0-9.-]{1,80}\.(csv|xlsx)$")],
) -> Response:
    """Give a file to fill in."""
    visitor.require(*ROLES)
    try:
        told = await desk.behalf.ask(visitor.caller, "GET", f"/v1/imports/templates/{file}")
    except Refused:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    return Response(told.body, headers=_as_file(file), media_type=MEDIA[file.rpartition(".")[2]])


async def _asking(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    faults: Sequence[Wrong] = (),
    status: int = 200,
) -> Response:
    listed = await desk.behalf.read(visitor.caller, "/v1/imports/templates")
    kinds = sorted({name.rpartition(".")[0] for name in listed["items"]})
    return web_of(request).page(
        request,
        visitor,
        "desks/upload.html",
        title="Upload a file",
        status=status,
        faults=faults,
        kinds=[(kind, event_name(kind)) for kind in kinds],
        address=PATH,
        largest=LARGEST // 1024 // 1024,
    )


def _row(one: Mapping[str, Any]) -> list[str]:
    told = [*(one["errors"] or ()), *(one["warnings"] or ())]
    wrong = "; ".join(f"{f.get('column') or f['pointer']}: {f['message']}" for f in told)
    return [str(one["row"]), event_name(one["fact"]), spoken(one["outcome"]), wrong]


def _cell(text: str) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _as_file(name: str) -> Mapping[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
