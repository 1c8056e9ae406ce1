"""What is served of referrals to services? The page's figures, and files of them."""

from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.dashboards import onward
from services.dashboards.desk import AtDesk
from services.dashboards.elsewhere import Away, Elsewhere, elsewhere_of
from services.dashboards.measure_files import FILES as BOOKS
from services.dashboards.measure_files import attached, sent
from services.dashboards.measure_picture import SVG
from services.dashboards.measures_answers import Release
from services.dashboards.measures_question import Format
from services.domain.onward_measures import COLUMNS
from services.runtime.callers import Asking
from services.runtime.guard import NotNow
from services.runtime.questions import each_once
from services.runtime.refusals import refusal
from services.runtime.web.charts import alone

FILES: Final = {**BOOKS, SVG: {"schema": {"type": "string"}}}
_ABOVE: Final = frozenset({"Title", "Marking"})


class Asked(onward.Asked):
    """The same, and in which format."""

    format: Format = Field("json", description="svg: the picture of the page.")


class Group(BaseModel):
    """One group, or all together: how many referrals are in each part; "c" is hidden."""

    model_config = ConfigDict(extra="allow")

    dimension: Literal["provider", "kind", "area", "sector"]
    group: str
    label: str
    made: int | Literal["c"]


class Onward(BaseModel):
    """What became of the referrals to services that were made in some months."""

    marking: str
    note: str
    first: str = Field(alias="from")
    to: str
    by: Literal["provider", "kind", "area", "sector"]
    as_of: str
    release: Release | None
    referred_again_within_days: int
    fewest_for_a_median: int
    suppression: dict[str, Any]
    total: Group | None
    rows: list[Group] = Field(description=f"Each with: {', '.join(COLUMNS)}.")


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        onward.API,
        summary="What became of referrals to services, and files of it",
        operation_id="onward",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": Onward, "description": "Figures, or a file of them.", "content": FILES},
            401: refusal("Nobody we know."),
            403: refusal("This role is not shown these figures."),
            404: refusal("No quarter was published yet."),
            422: refusal("Every fault of the parameters."),
            503: refusal("The directory is away; try again."),
        },
    )(told)
    return routes


async def told(
    desk: AtDesk,
    caller: Asking,
    elsewhere: Annotated[Elsewhere, Depends(elsewhere_of)],
    _: Annotated[None, Depends(each_once(Asked))],
    asked: Annotated[Asked, Query()],
) -> Response:
    """Return what the page shows, as JSON or as a file that says of itself what it is."""
    period = onward.chosen(await onward.quarters(desk, caller), asked.quarter)
    if period is None:
        raise HTTPException(404)
    try:
        said = await onward.answer(elsewhere, caller, period, asked)
    except Away:
        raise NotNow from None
    if asked.format == "json":
        return Response(msgspec.json.encode(said), media_type="application/json")
    name = f"onward-by-{said['by']}-{said['from']}-to-{said['to']}"
    made = onward.book(said)
    if asked.format != "svg":
        return attached(made, name, asked.format)
    cover = [line for line in made.cover if line[0] not in _ABOVE]
    drawn = alone(onward.picture(said), said["marking"], cover)
    return sent(drawn, SVG, f"{name}-{said['marking']}.svg")
