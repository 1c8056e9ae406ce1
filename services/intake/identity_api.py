"""How are reviews of identity read and decided, and links taken apart?"""

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from msgspec import json
from pydantic import BaseModel, ValidationError

from services.intake import strict_json
from services.intake.desk import AtDesk
from services.intake.identity_answers import (
    Choosing,
    Decided,
    ReviewList,
    ReviewShown,
    Undone,
    Unlinking,
)
from services.intake.identity_decisions import Asked, NotDecidable
from services.intake.identity_reviews import State, require_reviewer
from services.intake.minted import Minted
from services.intake.openapi import responses
from services.runtime import problems
from services.runtime.audit import Purpose
from services.runtime.auth import Caller
from services.runtime.callers import Asking

_Purpose = Annotated[Purpose, Query(description="Why it is asked; kept on record with who asked.")]
_Model = TypeVar("_Model", bound=BaseModel)

MAX_BODY: Final = 16 * 1024


def routes() -> APIRouter:
    """Return the routes under /v1/identity."""
    router = APIRouter(prefix="/v1/identity")
    for method, path, summary, handler, model, status, body in (
        ("GET", "/reviews", "Records that may be one child", reviews, ReviewList, 200, None),
        ("GET", "/reviews/{review_id}", "Both sides of a review, and what speaks for one child",
         review, ReviewShown, 200, None),
        ("POST", "/reviews/{review_id}/decision", "Decide whether they are one child",
         decide, Decided, 202, Choosing),
        ("POST", "/children/{child_ref}/unlink", "Take a record off its child",
         unlink, Decided, 202, Unlinking),
        ("POST", "/decisions/{decision_id}/undo", "Take a decision back", undo, Undone, 202, None),
    ):  # fmt: skip
        _add(router, method, path, summary, handler, model, status, body)
    return router


def _add(  # noqa: PLR0913 - what a route is made of
    router: APIRouter,
    method: str,
    path: str,
    summary: str,
    handler: Callable[..., Any],
    model: type[BaseModel],
    status: int,
    body: type[BaseModel] | None,
) -> None:
    refusals = (401, 403, 404, 422, 503, *((400, 409, 413) if body else ()))
    schema = body.model_json_schema() if body else None
    router.add_api_route(
        path,
        handler,
        methods=[method],
        summary=summary,
        operation_id=f"identity_{handler.__name__}",
        status_code=status,
        response_model=None,
        response_class=Response,
        responses=responses({status: {"model": model, "description": summary + "."}}, *refusals),
        openapi_extra=(
            {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
            if schema
            else None
        ),
    )


async def reviews(
    desk: AtDesk,
    caller: Asking,
    purpose: _Purpose,
    state: Annotated[State, Query(description="Open ones, or those that are closed.")] = "open",
) -> Response:
    """List the reviews that the caller may see."""
    _only_reviewers(caller, purpose)
    return _answer(await desk.reviews.all(caller, state, purpose))


async def review(desk: AtDesk, caller: Asking, review_id: Minted, purpose: _Purpose) -> Response:
    """Show one review."""
    _only_reviewers(caller, purpose)
    return _answer(await desk.reviews.one(caller, review_id, purpose))


async def decide(
    request: Request, desk: AtDesk, caller: Asking, review_id: Minted, purpose: _Purpose
) -> Response:
    """Decide a review."""
    _only_reviewers(caller, purpose)
    said = await _read(request, Choosing)
    asked = Asked(said.decision, said.reason, purpose)
    try:
        return _answer(await desk.decider.decide(caller, review_id, asked), 202)
    except NotDecidable as error:
        return _not_decidable(error)


async def unlink(
    request: Request, desk: AtDesk, caller: Asking, child_ref: Minted, purpose: _Purpose
) -> Response:
    """Take a record off its child."""
    _only_reviewers(caller, purpose)
    said = await _read(request, Unlinking)
    asked = Asked("unlink", said.reason, purpose)
    try:
        return _answer(await desk.decider.unlink(caller, child_ref, said.record_ref, asked), 202)
    except NotDecidable as error:
        return _not_decidable(error)


async def undo(desk: AtDesk, caller: Asking, decision_id: Minted, purpose: _Purpose) -> Response:
    """Take a decision back."""
    _only_reviewers(caller, purpose)
    return _answer(await desk.decider.undo(caller, decision_id, purpose), 202)


def _only_reviewers(caller: Caller, purpose: Purpose) -> None:
    require_reviewer(caller, purpose)


async def _read(request: Request, model: type[_Model]) -> _Model:
    """Read a body strictly; every fault by pointer, no value repeated."""
    body = await request.body()
    if len(body) > MAX_BODY or strict_json.crowded(body):
        raise HTTPException(413)
    value, flaws = strict_json.parse(body)
    if flaws:
        raise RequestValidationError(
            [{"loc": ("body", *flaw.path), "type": flaw.code} for flaw in flaws]
        )
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_input=False, include_context=False, include_url=False)
        raise RequestValidationError(
            [{"loc": ("body", *one["loc"]), "type": one["type"]} for one in found]
        ) from None


def _not_decidable(error: NotDecidable) -> Response:
    return problems.problem(409, "There is nothing to be decided here", error.code)


def _answer(found: dict[str, Any] | None, status: int = 200) -> Response:
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "no-store"}
    return Response(json.encode(found), status, headers, media_type="application/json")
