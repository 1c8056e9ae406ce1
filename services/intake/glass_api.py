"""How is the glass before a restricted child broken, and looked at afterwards?"""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body, HTTPException, Response
from msgspec import json
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.intake.desk import AtDesk
from services.intake.glass import Outcome
from services.intake.minted import Minted
from services.intake.openapi import responses
from services.runtime.audit import Purpose
from services.runtime.callers import Asking

_NO_STORE = {"Cache-Control": "no-store"}
_Reason = Annotated[
    str, StringConstraints(min_length=10, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")
]


class Breaking(BaseModel):
    """Why a restricted child has to be seen now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    purpose: Purpose
    reason: _Reason = Field(description="In words; another person reads it.")


class Broken(BaseModel):
    """The child can be seen until then, by who has asked and nobody else."""

    glass_id: str
    ends_at: datetime


class WaitingGlass(Broken):
    """A glass that was broken and that nobody has looked at."""

    child_ref: str
    subject: str = Field(description="Who broke it.")
    agency: str
    role: str
    purpose: Purpose
    reason: str
    broken_at: datetime


class WaitingGlasses(BaseModel):
    """The oldest first, 200 at most."""

    items: list[WaitingGlass]


class Review(BaseModel):
    """What somebody else says of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: Literal["justified", "not-justified"]


def routes() -> APIRouter:
    """Return the routes of broken glass."""
    router = APIRouter(prefix="/v1")
    router.post(
        "/children/{child_ref}/break-glass",
        summary="See a restricted child for a while",
        operation_id="break_glass",
        status_code=201,
        response_model=None,
        response_class=Response,
        responses=responses(
            {201: {"model": Broken, "description": "Open, on record and up for review."}},
            *(400, 401, 403, 404, 413, 422, 503),
        ),
    )(break_glass)
    router.get(
        "/break-glass",
        summary="Where glass was broken and nobody has looked",
        operation_id="broken_glass",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": WaitingGlasses, "description": "Of your agency or area."}},
            *(401, 403, 503),
        ),
    )(broken_glass)
    router.post(
        "/break-glass/{glass_id}/review",
        summary="Say whether it was right to break it",
        operation_id="review_glass",
        status_code=204,
        response_model=None,
        response_class=Response,
        responses=responses(
            {204: {"description": "Kept. Never by who broke it."}},
            *(400, 401, 403, 404, 413, 422, 503),
        ),
    )(review_glass)
    return router


async def break_glass(
    desk: AtDesk, caller: Asking, child_ref: Minted, asked: Annotated[Breaking, Body()]
) -> Response:
    """Open a restricted child to who asks."""
    found = await desk.glass.broken(caller, child_ref, asked.purpose, asked.reason)
    if found is None:
        raise HTTPException(404)
    return Response(json.encode(found), 201, _NO_STORE, "application/json")


async def broken_glass(desk: AtDesk, caller: Asking) -> Response:
    """Return what is to be looked at."""
    found = await desk.glass.waiting(caller)
    return Response(json.encode({"items": found}), 200, _NO_STORE, "application/json")


async def review_glass(
    desk: AtDesk, caller: Asking, glass_id: Minted, said: Annotated[Review, Body()]
) -> Response:
    """Keep what another person says of it."""
    outcome: Outcome = said.outcome
    kept = await desk.glass.reviewed(caller, glass_id, outcome)
    if not kept:
        raise HTTPException(404)
    return Response(status_code=204)
