"""How far can what is shown here be trusted today? Which feeds are quiet, and what is settled."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards import silence, store
from services.dashboards.desk import Desk, desk_of
from services.dashboards.handlers import Forbidden
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.asking import asking
from services.runtime.web import Visitor, answers, visitor_of, web_of, words

STATES: Final = {
    "usual": "As usual",
    "silent": "Silent",
    "jump": "Far more than usual",
    "unknown": "Too little to say",
}


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/status",
        summary="Data quality and freshness",
        operation_id="page-status",
        response_class=HTMLResponse,
        responses=answers(403),
    )(status)
    return routes


async def status(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
) -> Response:
    """Show how fresh belief is, and how the feeds stand that this person may know of."""
    now = clock.now()
    async with asking(desk.readers, visitor.caller) as connection:
        watermark = await store.watermark(connection)
    try:
        feeds = (await silence.answer(desk, visitor.caller, now))["feeds"]
    except Forbidden:
        feeds = None
    return web_of(request).page(
        request,
        visitor,
        "quality/status.html",
        title="Data quality",
        as_of=now,
        known_at=watermark,
        feeds=None if feeds is None else [_row(desk, feed) for feed in feeds],
        odd=[] if feeds is None else list(_odd(desk, feeds)),
    )


def _odd(desk: Desk, feeds: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Say of every agency as a whole that something is unusual."""
    for feed in feeds:
        if feed["unit"] is None and feed["state"] in {"silent", "jump"}:
            yield f"{desk.agency(feed['agency'])}: {STATES[feed['state']].lower()}"


def _row(desk: Desk, feed: Mapping[str, Any]) -> list[object]:
    last = feed["last_hour"]
    return [
        desk.owing(feed["agency"], feed["unit"]),
        STATES[feed["state"]],
        words.timed(None if last is None else moment(last)),
        words.number(feed["usual_per_week"], 1),
        words.number(feed["expected_since"], 1),
    ]
