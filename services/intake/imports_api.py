"""How are files sent in, and how is it asked what became of them?"""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from msgspec import json

from services.intake.answers import ImportBegun, ImportRows, ImportStatus
from services.intake.candidates import TITLES
from services.intake.census import RECEIVED
from services.intake.desk import AtDesk, Desk
from services.intake.file_door import LARGEST, MEDIA, refusal
from services.intake.formats import CENSUS
from services.intake.import_rows import RowsAsked
from services.intake.minted import Minted
from services.intake.openapi import FILE_BODY, responses
from services.intake.rows import type_named
from services.runtime import problems
from services.runtime.auth import Caller
from services.runtime.callers import Asking
from services.runtime.cursors import BadCursor
from services.runtime.questions import each_once, fault

MAX_FILE: Final = max(LARGEST.values())
_MEDIA: Final = "Send one of: " + ", ".join(MEDIA) + "."
_COLUMNS: Final = ("row", "pointer", "fact", "outcome", "receipt", "errors", "warnings")


def routes() -> APIRouter:
    """Return the routes under /v1/imports, but for the templates."""
    router = APIRouter(prefix="/v1/imports")
    router.post(
        "",
        summary="Send a file: a table of events or a children in need census",
        operation_id="begin_import",
        status_code=202,
        response_model=None,
        response_class=Response,
        responses=responses(
            {202: {"model": ImportBegun, "description": "Kept; it is worked off now."}},
            *(400, 401, 403, 413, 415, 422, 429, 503),
        ),
        openapi_extra=FILE_BODY,
    )(begin_import)
    router.get(
        "/{import_id}",
        summary="How far an import is",
        operation_id="import_status",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": ImportStatus, "description": "State and counts."}},
            *(401, 404, 422, 503),
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
                    "description": "In the file's order: JSON a page at a time, CSV all of them.",
                }
            },
            *(401, 404, 422, 503),
        ),
    )(import_rows)
    return router


async def begin_import(
    request: Request,
    desk: AtDesk,
    caller: Asking,
    type: Annotated[  # noqa: A002 - the parameter's name
        str | None, Query(max_length=100, description="Of rows of a table that name no type.")
    ] = None,
) -> Response:
    """Keep a file, sealed, and begin to work it off."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if (form := MEDIA.get(media)) is None:
        return problems.problem(415, _MEDIA, "unsupported-media-type")
    asked = type_named(type) if type else None
    if refused := _not_theirs(desk, caller, form, asked):
        return refused
    desk.backlog.check()
    async with desk.uploads.turn(caller.agency):
        content = await _body(request, LARGEST[form])
        if found := await asyncio.to_thread(refusal, content, form, asked):
            title = "The file cannot be read"
            return problems.problem(found.status, title, found.code, [found.fault])
        import_id = await desk.imports.begin(caller, content, form, asked)
    return _json({"id": import_id}, 202)


async def _body(request: Request, most: int) -> bytes:
    """Read a body of at most so many bytes; of a larger one keep nothing, and answer 413."""
    content, length = bytearray(), 0
    async for piece in request.stream():
        length += len(piece)
        if length <= most:
            content += piece
        else:
            content.clear()  # read on, so that the answer reaches who is still sending
    if length > most:
        raise HTTPException(413)
    return bytes(content)


def _not_theirs(desk: Desk, caller: Caller, form: str, asked: str | None) -> Response | None:
    """Refuse what this agency may not send at all."""
    if form == CENSUS and not desk.registry.may_send(caller.agency, RECEIVED):
        return problems.problem(
            403, "Only children's social care sends a census", "type-not-allowed"
        )
    if asked and desk.imports.formats.sheet(asked) is None:
        fault = {"pointer": "/query/type", "code": "unknown-type"}
        return problems.problem(422, "The request is not right", "invalid-request", [fault])
    if asked and not desk.registry.may_send(caller.agency, asked):
        return problems.problem(403, TITLES["type-not-allowed"], "type-not-allowed")
    return None


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
    _: Annotated[None, Depends(each_once(RowsAsked))],
    asked: Annotated[RowsAsked, Query()],
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Return the result of every fact, as JSON, or as CSV by Accept or `format`."""
    if asked.format == "csv" or (asked.format is None and "text/csv" in accept):
        parts = await desk.import_rows.whole(caller, import_id, asked.outcome)
        if parts is None:
            raise HTTPException(404)
        return StreamingResponse(_csv(parts), media_type="text/csv; charset=utf-8")
    try:
        found = await desk.import_rows.page(caller, import_id, asked)
    except BadCursor:
        raise RequestValidationError([fault("cursor", "cursor")]) from None
    if found is None:
        raise HTTPException(404)
    return _json(found)


async def _csv(parts: AsyncIterator[Sequence[Mapping[str, Any]]]) -> AsyncIterator[str]:
    """Write rows as they are read; the heads stand there also where no row does."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    async for rows in parts:
        for row in rows:
            told = {**row, "errors": _told(row["errors"]), "warnings": _told(row["warnings"])}
            writer.writerow([_cell(told[column]) for column in _COLUMNS])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _told(faults: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{f.get('column') or f['pointer']}: {f['message']}" for f in faults)


def _cell(value: object) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _json(content: object, status: int = 200) -> Response:
    return Response(json.encode(content), status, media_type="application/json")
