"""How are receipts asked for?"""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.exceptions import RequestValidationError
from msgspec import json

from services.intake import receipts
from services.intake.answers import Position, Positions
from services.intake.desk import Asking, AtDesk
from services.intake.minted import Minted, is_minted
from services.intake.openapi import responses
from services.runtime import clock

_Receipts = Annotated[
    str,
    Query(
        description="Up to 500 receipts, separated by commas.",
        examples=["0f4c1d2ab1c94f0c9f3d6a1be58a7c10"],
    ),
]


def routes() -> APIRouter:
    """Return the routes under /v1/receipts."""
    router = APIRouter(prefix="/v1/receipts")
    router.get(
        "/{receipt}",
        summary="How far an event has come, and what is open for its child",
        operation_id="receipt",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": Position, "description": "The stage reached."}}, 401, 404, 422, 503
        ),
    )(receipt_of)
    router.get(
        "",
        summary="The same for many",
        operation_id="receipts",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": Positions, "description": "In the order asked for."}}, 401, 422, 503
        ),
    )(receipts_of)
    return router


async def receipt_of(desk: AtDesk, caller: Asking, receipt: Minted) -> Response:
    """Return the position of one event of the caller's agency."""
    found = await receipts.positions(desk.readers, desk.registry, caller, [receipt], clock.now())
    if receipt not in found:
        raise HTTPException(404)
    return _json(found[receipt])


async def receipts_of(
    desk: AtDesk, caller: Asking, asked: Annotated[_Receipts, Query(alias="receipts")]
) -> Response:
    """Return the positions of up to 500 events of the caller's agency."""
    wanted = list(dict.fromkeys(part for part in asked.split(",") if part))
    if len(wanted) > receipts.MOST:
        raise _wrong("too_long")
    if not all(map(is_minted, wanted)):
        raise _wrong("string_pattern_mismatch")
    found = await receipts.positions(desk.readers, desk.registry, caller, wanted, clock.now())
    return _json({"items": [found[receipt] for receipt in wanted if receipt in found]})


def _wrong(kind: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("query", "receipts"), "type": kind}])


def _json(content: object) -> Response:
    return Response(json.encode(content), media_type="application/json")
