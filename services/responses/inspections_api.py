"""How do inspections come in and how are they read? By form, as JSON, or from an overview sheet."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final
from zipfile import BadZipFile

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from services.domain.moments import london_day
from services.domain.responses.folding import fold
from services.responses import answers, entering, handlers, store
from services.responses.desk import AtDesk, Reader, Writer
from services.responses.question import InspectionStated
from services.responses.serving import Ref, entries_for, json, says
from services.runtime import clock, problems

PATH: Final = "/api/v1/inspections"
SHEET: Final = f"{PATH}/sheet"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST: Final = 5_000_000
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 100


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    entered = says("enterInspection", answers.InspectionEntered, "It is in.", 403, 409, status=201)
    routes.post(PATH, **entered)(enter)
    routes.get(PATH, **says("inspections", answers.InspectionList, "All of them.", 403))(listed)
    sheet = says("bringSheet", answers.SheetRead, "What became of every row.", 400, 403, 413, 415)
    body = {"required": True, "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
    routes.post(SHEET, **sheet, openapi_extra={"requestBody": body})(bring)
    one = says("inspection", answers.InspectionShown, "One inspection.", 403, 404)
    routes.get(f"{PATH}/{{response_id}}", **one)(shown)
    return routes


def bound(app: FastAPI) -> None:
    """Let a sheet be larger than other bodies."""
    app.add_middleware(
        problems.BodyLimit,
        limit=lambda path: LARGEST if path in LARGE else problems.ORDINARY_BODY,
    )


LARGE: Final = frozenset({SHEET, "/inspections/import"})
"""Where a sheet may be sent to: by machines, and by people."""


async def enter(desk: AtDesk, caller: Writer, asked: InspectionStated) -> Response:
    """Take in an inspection; answers by when its response must be published."""
    stated = asked.model_dump(mode="json")
    try:
        found = await entering.enter(
            desk.pool, desk.catalogue, caller.agency, caller.subject, stated
        )
    except entering.NoBody:
        return no_body()
    except entering.Known:
        return problems.problem(409, "This inspection has been entered already", "already-there")
    shown = {"id": found.id, "deadlines": handlers.dates(found.deadlines)}
    return json(shown, 201)


async def listed(desk: AtDesk, caller: Reader) -> Response:
    """List every inspection, those that are due first in front."""
    many = await store.everything(desk.pool, caller.agency)
    found = handlers.inspections(many, desk.catalogue, london_day(clock.now()))
    return json({"items": found, "total": len(found)})


async def shown(desk: AtDesk, caller: Reader, response_id: Ref) -> Response:
    """Return one inspection, and by when its response must be published."""
    record = fold(await entries_for(desk, caller, response_id))
    today = london_day(clock.now())
    return json(handlers.inspection(response_id, record, desk.catalogue, today))


async def bring(request: Request, desk: AtDesk, caller: Writer) -> Response:
    """Take in an overview of joint targeted area inspections, row by row."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != XLSX:
        raise HTTPException(415)
    table = read_sheet(await request.body())
    if table is None:
        return problems.problem(400, "The file cannot be read as a sheet", "not-a-sheet")
    rows = await entering.bring_sheet(
        desk.pool, desk.catalogue, caller.agency, caller.subject, table
    )
    return json(counted(rows))


def counted(rows: list[dict[str, object]]) -> dict[str, object]:
    """Say what became of every row, and of how many what."""
    outcomes = [row["outcome"] for row in rows]
    return {
        "rows": rows,
        "entered": outcomes.count("entered"),
        "already": outcomes.count("already"),
        "not_read": outcomes.count("not-read"),
    }


def read_sheet(content: bytes) -> Sequence[Sequence[object]] | None:
    """Return the cells of a workbook's first sheet; None for what is no workbook."""
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
        found = list(rows)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError, TypeError):
        return None
    book.close()
    return found


def no_body() -> Response:
    """Answer for a day on which no local policing body of the caller's is entered."""
    fault = {"pointer": "/body/published_on", "code": "no-body-that-day"}
    return problems.problem(422, "The request is not right", "invalid-request", [fault])
