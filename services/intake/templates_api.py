"""Which templates are there for this agency to fill in?"""

import asyncio
from typing import Final

from fastapi import APIRouter, HTTPException, Response
from msgspec import json

from services.intake.answers import Templates
from services.intake.desk import AtDesk
from services.intake.file_door import XLSX_MEDIA
from services.intake.openapi import responses
from services.intake.rows import NAMES, type_named
from services.intake.templates import FORMS
from services.runtime.callers import Asking

_MEDIA: Final = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX_MEDIA}
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}


def routes() -> APIRouter:
    """Return the routes under /v1/imports/templates; they stand before those of an import's id."""
    router = APIRouter(prefix="/v1/imports/templates")
    router.get(
        "",
        summary="Which files can be filled in",
        operation_id="list_templates",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": Templates, "description": "Of what your agency may send."}}, 401, 503
        ),
    )(list_templates)
    router.get(
        "/{file}",
        summary="A file to fill in",
        operation_id="template",
        response_model=None,
        response_class=Response,
        responses=responses(
            {
                200: {
                    "content": {"text/csv": _FILE, XLSX_MEDIA: _FILE},
                    "description": "<event type or `referral`>.csv or .xlsx",
                }
            },
            *(401, 404, 422, 503),
        ),
    )(template)
    return router


async def list_templates(desk: AtDesk, caller: Asking) -> Response:
    """List the files for the types of event that the caller's agency may send."""
    types = [
        each for each in sorted(desk.contracts.types)
        if desk.registry.may_send(caller.agency, each) and desk.imports.formats.sheet(each)
    ]  # fmt: skip
    short = [name for name, each in NAMES.items() if each in types]
    items = [f"{name}.{form}" for name in (*short, *types) for form in FORMS]
    return Response(json.encode({"items": items}), media_type="application/json")


async def template(desk: AtDesk, caller: Asking, file: str) -> Response:
    """Make the file of a type of event that the caller's agency may send."""
    name, _, form = file.rpartition(".")
    event_type = type_named(name)
    sheet = desk.imports.formats.sheet(event_type)
    if sheet is None or form not in FORMS or not desk.registry.may_send(caller.agency, event_type):
        raise HTTPException(404)
    content = await asyncio.to_thread(FORMS[form], sheet)
    headers = {"Content-Disposition": f'attachment; filename="{event_type}.{form}"'}
    return Response(content, media_type=_MEDIA[form], headers=headers)
