"""What is served of onward referrals: figures of all, and each agency's own."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from services.directory import onward, onward_figures
from services.directory.desk import AtDesk
from services.directory.onward import NotReleased
from services.directory.onward_question import Dimension, Months, Own, State
from services.domain.onward_measures import COLUMNS
from services.runtime import clock
from services.runtime.callers import Asking
from services.runtime.cursors import BadCursor
from services.runtime.questions import each_once, fault
from services.runtime.refusals import refusal

CSV = "text/csv"


class Figure(BaseModel):
    """One group, or the total: how many referrals are in each part; "c" is hidden."""

    model_config = ConfigDict(extra="allow")

    dimension: Dimension
    group: str
    label: str
    made: int | Literal["c"]


class Release(BaseModel):
    """What was published together, once and for all."""

    number: int
    made_at: datetime
    known_at: datetime


class Figures(BaseModel):
    """What became of the referrals that were made in some months.

    As it is known now; to who may not see cases, of a whole quarter as it was published.
    """

    first: str = Field(alias="from")
    last: str = Field(alias="to")
    as_of: datetime
    release: Release | None = Field(description="null: these figures are not of a release.")
    referred_again_within_days: int
    fewest_for_a_median: int
    rows: list[Figure] = Field(description=f"Each with: {', '.join(COLUMNS)}.")


class OwnReferral(BaseModel):
    """One referral to a service, and what became of it; nothing says who the child is."""

    service_ref: str
    made_by: str
    made_here: bool = Field(description="false: made to a provider that the caller answers for.")
    provider: str
    kind: str
    sector: str
    area: str | None
    state: State
    reason: str | None = Field(description="Of the last decline, if there was one.")
    declined_by: Literal["provider", "client", "nobody", "unknown"] | None
    outcome: str | None
    helped: Literal["yes", "partly", "no", "not-asked"] | None = Field(
        description="What the child says."
    )
    days_to_accept: int | None
    days_to_start: int | None
    made_at: datetime
    accepted_at: datetime | None
    declined_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    referred_again: bool = Field(description="After a decline, as far as the caller may know.")
    odd: list[str] = Field(description="What cannot have been so as it was sent.")


class OwnPage(BaseModel):
    """One page, the oldest first."""

    items: list[OwnReferral]
    total: int = Field(description="On all pages.")
    next: str | None = Field(description="The cursor of the next page; null on the last.")
    as_of: datetime


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    refused: dict[int | str, dict[str, Any]] = {
        401: refusal("Nobody we know."),
        403: refusal("This role is not shown it."),
        422: refusal("Every fault of the parameters."),
        503: refusal("The database is away; try again."),
    }
    figures = {
        "model": Figures,
        "content": {CSV: {"schema": {"type": "string"}}},
        "description": "By dimension and group, small counts hidden.",
    }
    routes.get(
        "/api/v1/onward/measures",
        operation_id="onwardMeasures",
        response_model=None,
        response_class=Response,
        responses={
            200: figures,
            **refused,
            404: refusal("Of these months nothing was published (yet)."),
        },
    )(measures)
    routes.get(
        "/api/v1/onward/referrals",
        operation_id="onwardReferrals",
        response_model=None,
        response_class=Response,
        responses={200: {"model": OwnPage, "description": "One page."}, **refused},
    )(referrals)
    return routes


async def measures(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(Months))],
    asked: Annotated[Months, Query()],
) -> Response:
    """Say how referrals to services went: answers, waits, declines, and whether it helped."""
    try:
        found = await onward.measures(desk, caller, asked, clock.now())
    except NotReleased:
        raise HTTPException(404) from None
    if asked.format == "csv":
        name = f"onward-referrals-{asked.first}-to-{asked.last}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(onward_figures.written(found.rows, asked), media_type=CSV, headers=headers)
    return _json(onward_figures.told(found, asked, desk))


async def referrals(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(Own))],
    asked: Annotated[Own, Query()],
) -> Response:
    """List the referrals that the caller's agency made, or that were made to its providers."""
    try:
        page = await onward.own(desk, caller, asked, clock.now())
    except BadCursor:
        raise RequestValidationError([fault("cursor", "cursor")]) from None
    return _json(page)


def _json(content: object) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(content), media_type="application/json", headers=headers)
