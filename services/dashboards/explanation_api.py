"""What is served beside the list: how a gap came about, and the rules themselves."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.dashboards import explanation
from services.dashboards.answers import Explanation, RuleCatalogue
from services.dashboards.desk import AtDesk
from services.domain.rules import described
from services.runtime import clock
from services.runtime.callers import Asking
from services.runtime.questions import Moment, each_once
from services.runtime.refusals import refusal

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
GapId = Annotated[str, Path(pattern=_UUID)]


class AsKnown(BaseModel):
    """As it was believed when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    known_at: Moment | None = Field(
        None, description="RFC 3339; what was believed then. Default: all that is known."
    )


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/api/v1/gaps/{gap_id}/explanation",
        summary="From the events to the sentence, step by step",
        operation_id="explanation",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": Explanation, "description": "How the gap came about."},
            401: refusal("Nobody we know."),
            403: refusal("This role sees no child's gaps."),
            404: refusal("No gap that the caller may see, as was believed then."),
            422: refusal("Every fault of the parameters."),
            503: refusal("The ledger is away; try again."),
        },
    )(explain)
    routes.get(
        "/api/v1/rules",
        summary="Every rule, its numbers, and who says so",
        operation_id="rules",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": RuleCatalogue, "description": "The rules that the judges judge by."},
            401: refusal("Nobody we know."),
        },
    )(rules)
    return routes


async def explain(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(AsKnown))],
    gap_id: GapId,
    asked: Annotated[AsKnown, Query()],
) -> Response:
    """Explain a gap that the caller may see."""
    found = await explanation.of_gap(desk, caller, UUID(gap_id), asked.known_at, clock.now())
    if found is None:
        raise HTTPException(404)
    return Response(msgspec.json.encode(found), media_type="application/json")


async def rules(desk: AtDesk, _: Asking) -> Response:
    """Return the catalogue of the rules, for everybody whom we know: no child is in it."""
    catalogue = described.catalogue(desk.policy)
    return Response(msgspec.json.encode(catalogue), media_type="application/json")
