"""What is served of the Department for Education's tables? A county, its region and England."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.dashboards import context
from services.dashboards.desk import AtDesk
from services.runtime.callers import Asking
from services.runtime.questions import each_once
from services.runtime.refusals import refusal

Table = Literal["referrals-by-source", "assessments-by-duration"]
_County = Annotated[str, StringConstraints(pattern=r"^E(06|08|09|10)[0-9]{6}$")]


class Question(BaseModel):
    """Which table, of which county."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: Table = "referrals-by-source"
    county: _County = Field(context.COUNTY, description="ONS code of an upper-tier authority.")


class Published(BaseModel):
    """A number, or the letter that is published in its place, which is no number."""

    number: float | None
    shorthand: Literal["c", "u", "z", "x", ":"] | None


class Line(BaseModel):
    """One column of one year, of all three where they are published."""

    year: int
    column: str
    county: Published | None
    region: Published | None
    england: Published | None


class Context(BaseModel):
    """A published table."""

    table: Table
    source: str
    county: str | None = Field(description="Their names, as published; null: not loaded.")
    region: str | None
    lines: list[Line]
    shorthand: dict[str, str]


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/api/v1/context",
        summary="What the Department for Education publishes: county, region, England",
        operation_id="context",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": Context, "description": "A table; without lines if it is not loaded."},
            401: refusal("Nobody we know."),
            422: refusal("Every fault of the parameters."),
            503: refusal("The database is away; try again."),
        },
    )(shown)
    return routes


async def shown(
    desk: AtDesk,
    _: Asking,
    __: Annotated[None, Depends(each_once(Question))],
    asked: Annotated[Question, Query()],
) -> Response:
    """Return a table; what is published is for everybody who signs in."""
    found = await context.told(desk, asked.table, asked.county)
    return Response(msgspec.json.encode(found), media_type="application/json")
