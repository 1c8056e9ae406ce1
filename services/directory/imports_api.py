"""How does an administrator bring services in? All of a file or none of it, every fault named."""

from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.directory import reading, store
from services.directory.answers import Imported
from services.directory.desk import AtDesk
from services.directory.reading import NotReadable, Read
from services.directory.store import Outcome
from services.runtime import problems
from services.runtime.callers import Asking
from services.runtime.questions import each_once
from services.runtime.refusals import refusal

PATH: Final = "/api/v1/imports"
LARGEST: Final = 5_000_000
_OTHER: Final = 65_536
MOST_FAULTS: Final = 1_000
"""More than these are not listed: the file is another kind of file."""


class Importing(BaseModel):
    """Whether the file is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    validate_only: Literal["true", "false"] = Field("false", description="Judge it, keep nothing.")


def install(app: FastAPI) -> None:
    """Add the route, and the limit of what may be sent to it."""
    refused: dict[int | str, dict[str, Any]] = {
        400: refusal("Not what it is said to be; line and column if known."),
        401: refusal("Nobody we know."),
        403: refusal("Only an administrator may."),
        413: refusal("The file is too large."),
        415: refusal("Neither JSON nor CSV."),
        422: refusal("Every fault of the file, by pointer."),
        503: refusal("The database is away; try again."),
    }
    content = {reading.JSON: {"schema": {}}, reading.CSV: {"schema": {"type": "string"}}}
    app.post(
        PATH,
        operation_id="import",
        response_model=None,
        response_class=Response,
        responses={200: {"model": Imported, "description": "All of it is in."}, **refused},
        openapi_extra={"requestBody": {"required": True, "content": content}},
    )(bring)
    app.add_middleware(problems.BodyLimit, limit=lambda path: LARGEST if path == PATH else _OTHER)


async def bring(
    request: Request,
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(Importing))],
    asked: Annotated[Importing, Query()],
) -> Response:
    """Bring in services, as Open Referral UK's JSON or as CSV with one row a service."""
    if caller.role != "administrator":
        raise HTTPException(403)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in {reading.JSON, reading.CSV}:
        raise HTTPException(415)
    try:
        read = reading.read(await request.body(), media_type, desk.catalogue)
    except NotReadable as error:
        return _unreadable(error)
    if read.faults:
        return _refused(read)
    if asked.validate_only == "true":
        return _kept(Outcome(None, 0, 0, 0), read)
    return _kept(await store.keep(desk.pool, read.rows, caller.subject), read)


def _kept(outcome: Outcome, read: Read) -> Response:
    kept = {"import_number": outcome.number, "added": outcome.added, "changed": outcome.changed}
    told = {**kept, "unchanged": outcome.unchanged, "not_kept": read.not_kept}
    return Response(msgspec.json.encode(told), media_type=reading.JSON)


def _unreadable(error: NotReadable) -> Response:
    where = {"line": error.line, "column": error.column} if error.line else {}
    faults = [{"pointer": "", "code": error.code, **where}]
    return problems.problem(400, "The file cannot be read", error.code, faults)


def _refused(read: Read) -> Response:
    faults = [
        {"pointer": one.pointer, "code": one.code, "message": one.message}
        for one in read.faults[:MOST_FAULTS]
    ]
    return problems.problem(422, "The file is not right; none of it is in", "invalid-file", faults)
