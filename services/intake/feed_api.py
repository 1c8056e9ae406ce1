"""How is the feed asked for?"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.exceptions import RequestValidationError
from msgspec import json
from pydantic import BaseModel, Field

from services.intake.desk import AtDesk
from services.intake.feed import Gone
from services.intake.openapi import responses
from services.runtime import problems
from services.runtime.callers import Asking
from services.runtime.cursors import BadCursor

_After = Annotated[
    str | None,
    Query(description="`next` of the page before; without it from the beginning.", max_length=200),
]
_Limit = Annotated[int, Query(ge=1, le=500, description="How many entries at most.")]


class FeedEntry(BaseModel):
    """A CloudEvent: something that happened, without a child's detail.

    Of a referral: `feedback.referral-received.v1`, `-decided`, `-told`, `-amended`, `-withdrawn`,
    and `-undone` where one of these (`data.step`) turns out never to have been. Of a gap:
    `feedback.gap-opened.v1`, `-closed`, `-changed` where what was told of it is no longer so, and
    `-undone` where history was corrected.
    """

    specversion: str = "1.0"
    id: str = Field(description="The same entry always has the same.")
    source: str = Field(examples=["/referral-watch/feedback"])
    type: str = Field(examples=["feedback.referral-decided.v1"])
    time: datetime = Field(description="When it happened in life.")
    datacontenttype: str = "application/json"
    data: dict[str, Any] = Field(
        description="Codes and times; `known_at`, `referral_ref`, `gap_id`, and the `receipt` of"
        " the event behind it where that is your own. Refs of an erased child are null."
    )


class FeedPage(BaseModel):
    """A page of the feed."""

    items: list[FeedEntry]
    next: str = Field(description="Where to go on, whether there was anything or not.")
    more: bool = Field(description="Whether there is more already.")


def routes() -> APIRouter:
    """Return the route of the feed."""
    router = APIRouter(prefix="/v1/feed")
    router.get(
        "",
        summary="What has become of what you sent, since you last asked",
        operation_id="feed",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": FeedPage, "description": "In an order that never changes."}},
            *(401, 403, 410, 422, 503),
        ),
    )(feed_of)
    return router


async def feed_of(
    desk: AtDesk, caller: Asking, after: _After = None, limit: _Limit = 100
) -> Response:
    """Return a page of the caller's agency's feed."""
    try:
        page = await desk.feed.page(caller, after, limit)
    except BadCursor:
        raise RequestValidationError([{"loc": ("query", "after"), "type": "cursor"}]) from None
    except Gone:
        title = "This place of the feed is no more: begin anew, without `after`"
        return problems.problem(410, title, "cursor-gone")
    headers = {"Cache-Control": "no-store"}
    return Response(json.encode(page), headers=headers, media_type="application/json")
