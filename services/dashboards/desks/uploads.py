"""How does an agency without a system send a whole file, and what became of each row?"""

import csv
import io
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import UploadFile

from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.forms import refused
from services.dashboards.desks.words import event_name, spoken
from services.runtime.web import Visitor, Wrong, answers, web_of

PATH: Final = "/agency/uploads"
ROLES: Final = ("agency",)
LARGEST: Final = 10 * 1024 * 1024
SHOWN: Final = 25
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


async def uploaded(
    request: Request,
    desk: AtDesk,
    visitor: By,
    import_id: ImportId,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Show how far a file is, and what became of each row."""
    visitor.require(*ROLES)
    found = await desk.behalf.read(visitor.caller, f"/v1/imports/{import_id}")
    items = (await desk.behalf.read(visitor.caller, f"/v1/imports/{import_id}/rows"))["items"]
    start = (page - 1) * SHOWN
    address = f"{PATH}/{import_id}"
    links: dict[str, Any] = {}
    if page > 1:
        links["previous"] = {"href": f"{address}?page={page - 1}"}
    if len(items) > start + SHOWN:
        links["next"] = {"href": f"{address}?page={page + 1}"}
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
        rows=[_row(one) for one in items[start : start + SHOWN]],
        address=address,
        pages=links,
    )


async def rows(
    desk: AtDesk,
    visitor: By,
    import_id: ImportId,
) -> Response:
    """Give the result of each row as a file."""
    visitor.require(*ROLES)
    path = f"/v1/imports/{import_id}/rows"
    items = (await desk.behalf.read(visitor.caller, path))["items"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["OFFICIAL-SENSITIVE"])
    writer.writerow(["Row", "What it is", "Outcome", "What is wrong"])
    writer.writerows([[_cell(value) for value in _row(one)] for one in items])
    return _file(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", "rows.csv")


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
    return _file(told.body, MEDIA[file.rpartition(".")[2]], file)


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
        kinds=[(kind, spoken(kind.removesuffix(".v1").replace(".", ": "))) for kind in kinds],
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


def _file(content: bytes, media: str, name: str) -> Response:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, headers=headers, media_type=media)
