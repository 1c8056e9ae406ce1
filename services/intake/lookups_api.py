"""How are identity and text asked for?"""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response
from msgspec import json

from services.intake.answers import EventText, Identity
from services.intake.desk import AtDesk
from services.intake.minted import Minted
from services.intake.openapi import responses
from services.runtime.audit import Purpose
from services.runtime.callers import Asking

_Purpose = Annotated[Purpose, Query(description="Why it is asked; kept on record with who asked.")]

_Source = Annotated[str, Query(pattern=r"^/[!-~]{1,200}$", description="Of the event.")]
_Id = Annotated[str, Query(pattern=r"^[!-~]{1,200}$", description="Of the event.")]


def routes() -> APIRouter:
    """Return the routes that open the vault."""
    router = APIRouter(prefix="/v1")
    router.get(
        "/children/{child_ref}/identity",
        summary="Who a child is",
        operation_id="child_identity",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": Identity, "description": "From the records you may see."}},
            401,
            403,
            404,
            422,
            503,
        ),
    )(child_identity)
    router.get(
        "/children/{child_ref}/said",
        summary="What one of a child's events said",
        operation_id="child_said",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": EventText, "description": "Free text included."}},
            *(401, 403, 404, 422, 503),
        ),
    )(child_said)
    router.get(
        "/events/{receipt}/text",
        summary="What an event said",
        operation_id="event_text",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": EventText, "description": "Free text included."}},
            401,
            403,
            404,
            422,
            503,
        ),
    )(event_text)
    router.get(
        "/events/{receipt}/original",
        summary="What an event was made from, as it was sent",
        operation_id="event_original",
        response_model=None,
        response_class=Response,
        responses=responses(
            {
                200: {
                    "content": {"application/fhir+json": {"schema": {"type": "object"}}},
                    "description": "Byte for byte; of events that came in as such there is none.",
                }
            },
            *(401, 403, 404, 422, 503),
        ),
    )(event_original)
    return router


async def child_identity(
    desk: AtDesk, caller: Asking, child_ref: Minted, purpose: _Purpose
) -> Response:
    """Return who a child is, from the records that the caller may see."""
    return _answer(await desk.lookups.identity(caller, child_ref, purpose))


async def child_said(  # noqa: PLR0913 - what is asked
    desk: AtDesk,
    caller: Asking,
    child_ref: Minted,
    source: _Source,
    id: _Id,  # noqa: A002 - the parameter's name
    purpose: _Purpose,
) -> Response:
    """Return what an event said that a chronology shows."""
    return _answer(await desk.lookups.said(caller, child_ref, (source, id), purpose))


async def event_text(desk: AtDesk, caller: Asking, receipt: Minted, purpose: _Purpose) -> Response:
    """Return what an event said."""
    return _answer(await desk.lookups.text(caller, receipt, purpose))


async def event_original(
    desk: AtDesk, caller: Asking, receipt: Minted, purpose: _Purpose
) -> Response:
    """Return what an event was made from."""
    found = await desk.lookups.original(caller, receipt, purpose)
    if found is None:
        raise HTTPException(404)
    media, content = found
    return Response(content, headers={"Cache-Control": "no-store"}, media_type=media)


def _answer(found: dict[str, Any] | None) -> Response:
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "no-store"}
    return Response(json.encode(found), headers=headers, media_type="application/json")
