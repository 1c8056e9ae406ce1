"""How are receipts asked for?"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.exceptions import RequestValidationError
from msgspec import json

from services.intake import receipts, rehearsal
from services.intake.answers import Position, Positions
from services.intake.desk import AtDesk, Desk
from services.intake.minted import Minted, is_minted
from services.intake.openapi import responses
from services.runtime import clock
from services.runtime.auth import Caller
from services.runtime.callers import Asking

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
    found = await _positions(desk, caller, [receipt])
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
    found = await _positions(desk, caller, wanted)
    return _json({"items": [found[receipt] for receipt in wanted if receipt in found]})


async def _positions(
    desk: Desk, caller: Caller, wanted: Sequence[str]
) -> Mapping[str, Mapping[str, Any]]:
    """Return positions by receipt: of a test agency's events those of the rehearsal."""
    if rehearsal.is_for(caller, desk.registry):
        return await rehearsal.positions(desk.pool, desk.policy, caller, wanted, clock.now())
    return await receipts.positions(desk.readers, desk.registry, caller, wanted, clock.now())


def _wrong(kind: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("query", "receipts"), "type": kind}])


def _json(content: object) -> Response:
    return Response(json.encode(content), media_type="application/json")
