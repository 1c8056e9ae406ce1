"""What is served in figures, without a child: silent feeds, and the equity pack."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from services.dashboards import equity_pack, silence
from services.dashboards.desk import AtDesk
from services.dashboards.equity_pack import NotReleased
from services.domain.moments import LONDON
from services.runtime import clock
from services.runtime.callers import Asking
from services.runtime.questions import MonthText, each_once, fault
from services.runtime.refusals import refusal

MOST_MONTHS: Final = 60
ZIP: Final = "application/zip"


class FeedItem(BaseModel):
    """How an agency, or one unit of it, sends."""

    agency: str
    unit: str | None = Field(description="null: the agency as a whole.")
    state: Literal["usual", "silent", "jump", "unknown"] = Field(
        description="unknown: it has sent for too short a time, or too little, to say anything."
    )
    last_hour: datetime | None = Field(description="The hour of the last event received.")
    usual_per_week: float
    expected_since: float = Field(description="Events that usually come in the hours since.")
    probability: float = Field(description="Of none since, if all were as usual (Poisson).")
    last_24_hours: int
    usual_24_hours: float


class Feeds(BaseModel):
    """How every feed stands that the caller may know of."""

    as_of: datetime
    feeds: list[FeedItem]


class Months(BaseModel):
    """Whole months, both included, all of them past; of what is published one whole quarter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: MonthText = Field(alias="from", description="YYYY-MM")
    last: MonthText = Field(alias="to", description="YYYY-MM; past, and not before `from`.")

    def period(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the period [since, before). RequestValidationError if it is none or not over."""
        since, before = _begin(self.first, 0), _begin(self.last, 1)
        if since >= before:
            raise RequestValidationError([fault("to", "before-from")])
        if before > now:
            raise RequestValidationError([fault("to", "month-not-complete")])
        if _begin(self.first, MOST_MONTHS) < before:
            raise RequestValidationError([fault("from", "too-many-months")])
        return since, before


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    refused: dict[int | str, dict[str, Any]] = {
        401: refusal("Nobody we know."),
        403: refusal("This role is not shown these figures."),
        503: refusal("The database is away; try again."),
    }
    routes.get(
        "/api/v1/silence",
        summary="Who usually sends and has gone quiet, or sends far more than usual",
        operation_id="silence",
        response_model=None,
        response_class=Response,
        responses={200: {"model": Feeds, "description": "Every feed, by agency."}, **refused},
    )(silent)
    routes.get(
        "/api/v1/equity-pack",
        summary="The equity rules' findings by group, limits first",
        operation_id="equity-pack",
        response_model=None,
        response_class=Response,
        responses={
            200: {
                "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
                "description": "A zip file: README.txt, tables as CSV, all of it as JSON.",
            },
            **refused,
            404: refusal("Of these months nothing was published (yet)."),
            422: refusal("Every fault of the parameters."),
        },
    )(pack)
    return routes


async def silent(desk: AtDesk, caller: Asking) -> Response:
    """Return how the feeds stand."""
    found = await silence.answer(desk, caller, clock.now())
    return Response(msgspec.json.encode(found), media_type="application/json")


async def pack(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(Months))],
    asked: Annotated[Months, Query()],
) -> Response:
    """Return the equity pack of some months; to the Commissioner's office a published one."""
    now = clock.now()
    months = (asked.first, asked.last)
    try:
        found = await equity_pack.download(desk, caller, months, asked.period(now), now)
    except NotReleased:
        raise HTTPException(404) from None
    name = f"equity-pack-{asked.first}-to-{asked.last}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(found, media_type=ZIP, headers=headers)


def _begin(month: str, after: int) -> datetime:
    """Return when a month begins in London, or one so many months after it."""
    months = int(month[:4]) * 12 + int(month[5:]) - 1 + after
    day = date(months // 12, months % 12 + 1, 1)
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)
