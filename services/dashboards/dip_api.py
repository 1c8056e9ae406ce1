"""What is served to reviewers: the month's dip sample, and how its readers agree."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.dashboards import dip_samples
from services.dashboards.desk import AtDesk
from services.dashboards.dip_answers import Agreement, DipSample
from services.domain.dip_strata import Month, month_of
from services.runtime.callers import Asking
from services.runtime.questions import each_once
from services.runtime.refusals import refusal

_Month = Annotated[
    str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="YYYY-MM, of London.")
]
_Seed = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
_Count = Annotated[str, StringConstraints(pattern=r"^([1-9]|1[0-9]|2[0-4])$")]


class Drawing(BaseModel):
    """By what a sample is drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: _Seed = Field(description="Agreed before; the same seed gives the same sample.")


class Months(BaseModel):
    """Of how many months agreement is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    months: _Count = Field("1", description="1 to 24, of which the one named is the last.")


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/api/v1/dip-samples/{month}",
        summary="The referrals of a month that reviewers read again",
        operation_id="dipSample",
        **_answered(DipSample, "A sample, by strata."),
    )(sample)
    routes.get(
        "/api/v1/dip-samples/{month}/agreement",
        summary="How two readers of the same referrals agree",
        operation_id="dipSampleAgreement",
        **_answered(Agreement, "Agreement by dimension."),
    )(agreement)
    return routes


async def sample(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(Drawing))],
    month: _Month,
    asked: Annotated[Drawing, Query()],
) -> Response:
    """Draw the sample of a month, for reviewers of its area."""
    found = await dip_samples.sample(desk, caller, month, _months(month), asked.seed)
    return Response(msgspec.json.encode(found), media_type="application/json")


async def agreement(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(Months))],
    month: _Month,
    asked: Annotated[Months, Query()],
) -> Response:
    """Say how readers agree on the referrals of some months."""
    within = _months(month, int(asked.months))
    found = await dip_samples.compared(desk, caller, month, within)
    return Response(msgspec.json.encode(found), media_type="application/json")


def _months(named: str, months: int = 1) -> Month:
    year, number = named.split("-")
    return month_of(int(year), int(number), months)


def _answered(model: type[BaseModel], description: str) -> dict[str, Any]:
    return {
        "response_model": None,
        "response_class": Response,
        "responses": {
            200: {"model": model, "description": description},
            401: refusal("Nobody we know."),
            403: refusal("For quality reviewers alone."),
            422: refusal("Every fault of the parameters."),
            503: refusal("The histories are away; try again."),
        },
    }
