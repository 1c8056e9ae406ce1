"""How are files sent in, and how is it asked what became of them?"""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from msgspec import json

from services.intake import census
from services.intake.answers import ImportBegun, ImportRows, ImportStatus
from services.intake.census import RECEIVED
from services.intake.desk import Asking, AtDesk
from services.intake.minted import Minted
from services.intake.openapi import CENSUS_BODY, responses
from services.intake.safe_xml import UnsafeXml
from services.runtime import problems

MAX_FILE: Final = 50 * 1024 * 1024
_XML: Final = frozenset({"application/xml", "text/xml"})
_ONLY_XML: Final = (
    "Files of this kind cannot be read yet. Send a children in need census as application/xml."
)
_WORDS: Final = {
    "not-xml": "This is not well-formed XML.",
    "forbidden-xml": "A document type or an entity is not allowed.",
    "tag-too-long": "A tag or comment is longer than 64 kB.",
    "too-deep": "Elements are nested too deeply.",
    "too-many-elements": "There are more elements than a census can need. Send it in parts.",
    "not-a-census": "This is no children in need census: its outermost element is not Message.",
}
_COLUMNS: Final = ("row", "pointer", "fact", "outcome", "receipt", "errors", "warnings")


def routes() -> APIRouter:
    """Return the routes under /v1/imports."""
    router = APIRouter(prefix="/v1/imports")
    router.post(
        "",
        summary="Send a children in need census",
        operation_id="begin_import",
        status_code=202,
        response_model=None,
        response_class=Response,
        responses=responses(
            {202: {"model": ImportBegun, "description": "Kept; it is worked off now."}},
            400,
            401,
            403,
            413,
            415,
            422,
            429,
            503,
        ),
        openapi_extra=CENSUS_BODY,
    )(begin_import)
    router.get(
        "/{import_id}",
        summary="How far an import is",
        operation_id="import_status",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": ImportStatus, "description": "State and counts."}}, 401, 404, 422, 503
        ),
    )(import_status)
    router.get(
        "/{import_id}/rows",
        summary="What became of every fact of a file",
        operation_id="import_rows",
        response_model=None,
        response_class=Response,
        responses=responses(
            {
                200: {
                    "model": ImportRows,
                    "content": {"text/csv": {"schema": {"type": "string"}}},
                    "description": "In the file's order.",
                }
            },
            401,
            404,
            422,
            503,
        ),
    )(import_rows)
    return router


async def begin_import(request: Request, desk: AtDesk, caller: Asking) -> Response:
    """Keep a census file, sealed, and begin to work it off."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in _XML:
        return problems.problem(415, _ONLY_XML, "unsupported-media-type")
    if not desk.registry.may_send(caller.agency, RECEIVED):
        return problems.problem(
            403, "Only children's social care sends a census", "type-not-allowed"
        )
    desk.backlog.check()
    async with desk.uploads.turn(caller.agency):
        content = await request.body()
        try:
            await asyncio.to_thread(census.check, content)
        except UnsafeXml as error:
            return _unsafe(error)
        import_id = await desk.imports.begin(caller.agency, content)
    return _json({"id": import_id}, 202)


async def import_status(desk: AtDesk, caller: Asking, import_id: Minted) -> Response:
    """Return state and counts of an import of the caller's agency."""
    found = await desk.imports.status(caller, import_id)
    if found is None:
        raise HTTPException(404)
    return _json(found)


async def import_rows(
    desk: AtDesk,
    caller: Asking,
    import_id: Minted,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    format: Annotated[Literal["json", "csv"] | None, Query()] = None,  # noqa: A002 - the parameter's name
) -> Response:
    """Return the result of every fact, as JSON, or as CSV by Accept or `format`."""
    rows = await desk.imports.rows(caller, import_id)
    if rows is None:
        raise HTTPException(404)
    if format == "csv" or (format is None and "text/csv" in accept):
        return Response(_csv(rows), media_type="text/csv; charset=utf-8")
    return _json({"items": rows})


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for row in rows:
        told = {**row, "errors": _told(row["errors"]), "warnings": _told(row["warnings"])}
        writer.writerow([_cell(told[column]) for column in _COLUMNS])
    return out.getvalue()


def _told(faults: Sequence[Mapping[str, str]]) -> str:
    return "; ".join(f"{fault['pointer']}: {fault['message']}" for fault in faults)


def _cell(value: object) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _unsafe(error: UnsafeXml) -> Response:
    """Say why a file is not even begun: 400 where it is no XML, else 422."""
    place = {"line": error.line, "column": error.column} if error.line else {}
    fault = {"pointer": "", "code": error.code, "message": _WORDS[error.code], **place}
    status = 400 if error.code == "not-xml" else 422
    return problems.problem(status, "The file cannot be read", error.code, [fault])


def _json(content: object, status: int = 200) -> Response:
    return Response(json.encode(content), status, media_type="application/json")
