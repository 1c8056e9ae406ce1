"""How are erasures and legal holds asked for? By administrators; an erasure takes two of them."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Response
from msgspec import json
from pydantic import BaseModel, ConfigDict, Field

from services.intake import holds
from services.intake.desk import AtDesk, Desk
from services.intake.erasing import ROLE, Reason, Refused, Unknown
from services.intake.minted import Minted
from services.intake.openapi import responses
from services.runtime import problems
from services.runtime.auth import Caller
from services.runtime.callers import Asking

_Ref = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
_TITLES = {
    "same-person": "Somebody else has to confirm it",
    "legal-hold": "The child is under a legal hold",
}


class ErasureRequest(BaseModel):
    """Who is to be erased, and why."""

    model_config = ConfigDict(extra="forbid")

    child_ref: _Ref
    reason: Reason


class ErasureReach(BaseModel):
    """Whom rows of the child were shown or given: they may still have them, and are to be told."""

    agency: str
    operation: Literal["consultation", "disclosure"]
    action: str
    times: int
    last_at: datetime


class ErasureStatus(BaseModel):
    """How far an erasure is."""

    erasure_id: str
    reason: Reason
    state: Literal["requested", "confirmed", "destroyed", "done", "refused"] = Field(
        description="destroyed: keys and content are gone; done: everyone else has acted, too."
    )
    refused_for: str | None
    requested_by: str
    requested_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    destroyed_at: datetime | None
    done_at: datetime | None
    records: int | None
    events: int | None
    reached: list[ErasureReach]


class HoldRequest(BaseModel):
    """Whose record must be kept, and why."""

    model_config = ConfigDict(extra="forbid")

    child_ref: _Ref
    reason: holds.Why


class HoldLifted(BaseModel):
    """Why a hold ends."""

    model_config = ConfigDict(extra="forbid")

    reason: holds.WhyNot


class Hold(BaseModel):
    """A hold that stands."""

    hold_id: str


def routes() -> APIRouter:
    """Return the routes under /v1/erasures and /v1/holds."""
    router = APIRouter(prefix="/v1", default_response_class=Response)
    asked = {202: {"model": ErasureStatus, "description": "Asked for, or under way."}}
    common = (401, 403, 404, 422, 503)
    with_body = (400, 413, *common)
    router.post(
        "/erasures",
        summary="Ask for a child to be erased",
        operation_id="request_erasure",
        status_code=202,
        response_model=None,
        responses=responses(asked, 409, *with_body),
    )(request_erasure)
    router.post(
        "/erasures/{erasure_id}/confirmation",
        summary="Confirm another person's request",
        operation_id="confirm_erasure",
        status_code=202,
        response_model=None,
        responses=responses(asked, 409, *common),
    )(confirm_erasure)
    router.get(
        "/erasures/{erasure_id}",
        summary="How far an erasure is, and where it does not reach",
        operation_id="erasure_status",
        response_model=None,
        responses=responses(
            {200: {"model": ErasureStatus, "description": "As it stands."}}, *common
        ),
    )(erasure_status)
    router.post(
        "/holds",
        summary="Put a legal hold on a child",
        operation_id="set_hold",
        status_code=201,
        response_model=None,
        responses=responses({201: {"model": Hold, "description": "It stands."}}, *with_body),
    )(set_hold)
    router.post(
        "/holds/{hold_id}/lifted",
        summary="Lift a legal hold",
        operation_id="lift_hold",
        response_model=None,
        responses=responses(
            {200: {"model": Hold, "description": "It stands no more."}}, *with_body
        ),
    )(lift_hold)
    return router


async def request_erasure(desk: AtDesk, caller: Asking, asked: ErasureRequest) -> Response:
    """Ask for it; another administrator has to confirm."""
    _require(caller)
    try:
        erasure_id = await desk.erasures.request(caller, asked.child_ref, asked.reason)
    except Unknown:
        raise HTTPException(404) from None
    except Refused as error:
        return problems.problem(409, _TITLES[error.code], error.code)
    return await _status(desk, erasure_id, 202)


async def confirm_erasure(desk: AtDesk, caller: Asking, erasure_id: Minted) -> Response:
    """Confirm it; it is carried out from now on, whatever stops or restarts."""
    _require(caller)
    try:
        await desk.erasures.confirm(caller, erasure_id)
    except Unknown:
        raise HTTPException(404) from None
    except Refused as error:
        return problems.problem(409, _TITLES[error.code], error.code)
    return await _status(desk, erasure_id, 202)


async def erasure_status(desk: AtDesk, caller: Asking, erasure_id: Minted) -> Response:
    """Tell how far it is."""
    _require(caller)
    return await _status(desk, erasure_id, 200)


async def set_hold(desk: AtDesk, caller: Asking, asked: HoldRequest) -> Response:
    """Put a hold on a child."""
    _require(caller)
    try:
        hold_id = await holds.put(desk.pool, caller, asked.child_ref, asked.reason)
    except Unknown:
        raise HTTPException(404) from None
    return _json({"hold_id": hold_id}, 201)


async def lift_hold(desk: AtDesk, caller: Asking, hold_id: Minted, asked: HoldLifted) -> Response:
    """Lift a hold."""
    _require(caller)
    try:
        await holds.lift(desk.pool, caller, hold_id, asked.reason)
    except Unknown:
        raise HTTPException(404) from None
    return _json({"hold_id": hold_id}, 200)


def _require(caller: Caller) -> None:
    if caller.role != ROLE:
        raise HTTPException(403)


async def _status(desk: Desk, erasure_id: str, status: int) -> Response:
    try:
        return _json(await desk.erasures.status(erasure_id), status)
    except Unknown:
        raise HTTPException(404) from None


def _json(content: object, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(json.encode(content), status, headers, "application/json")
