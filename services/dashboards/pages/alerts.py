"""Who has to act, and whether anybody answers for it: as the service of alerts says it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from services.dashboards.desk import Desk, desk_of
from services.dashboards.desks.queue import PATH as WORK
from services.dashboards.desks.words import LESSONS, rule_name
from services.dashboards.elsewhere import Away, Elsewhere, elsewhere_of
from services.dashboards.handlers import Forbidden
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.auth import Caller
from services.runtime.questions import each_once
from services.runtime.web import Visitor, answers, asking, pages_of, visitor_of, web_of, words

PATH: Final = "/alerts"
ROWS: Final = "25"
STATES: Final = {
    "warning": "Soon due",
    "new": "Nobody answers for it",
    "acknowledged": "Acknowledged",
    "in-hand": "In hand",
    "resolved": "Resolved",
}


class Asked(BaseModel):
    """Which page of the queue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: str | None = Field(None, max_length=2000, description="`next` of the page before.")


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH,
        summary="Who has to act on what",
        operation_id="page-alerts",
        response_class=HTMLResponse,
        responses=answers(403, 422),
    )(alerts)
    return routes


async def alerts(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
    elsewhere: Annotated[Elsewhere, Depends(elsewhere_of)],
    _: Annotated[None, Depends(each_once(Asked))],
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show the queue to who may see it, and to others how many nobody answers for."""
    try:
        shown = await _queue(elsewhere, visitor.caller, asked.cursor, desk)
    except Forbidden:
        raise HTTPException(403) from None
    except Away:
        shown = {"away": True, "as_of": clock.now()}
    return web_of(request).page(request, visitor, "alerts/list.html", title="Alerts", **shown)


async def _queue(
    elsewhere: Elsewhere, caller: Caller, cursor: str | None, desk: Desk
) -> dict[str, Any]:
    """Return the page of who may see cases; of others the counts by unit and rule."""
    more = {} if cursor is None else {"cursor": cursor}
    try:
        found = await elsewhere.get(caller, "alerts", "/api/v1/alerts", limit=ROWS, **more)
    except Forbidden:
        return await _counts(elsewhere, caller, desk)
    following = found["next"] and asking(PATH, {"cursor": found["next"]})
    return {
        "as_of": moment(found["as_of"]),
        "rows": [_row(item, desk) for item in found["items"]],
        "total": found["total"],
        "totals": [(STATES[state], count) for state, count in found["totals"].items()],
        "pages": pages_of(PATH if cursor else None, following),
    }


async def _counts(elsewhere: Elsewhere, caller: Caller, desk: Desk) -> dict[str, Any]:
    found = await elsewhere.get(caller, "alerts", "/api/v1/alerts/weekly")
    agencies = [[desk.agency(agency), count] for agency, count in found["by_agency"].items()]
    rules = [[rule_name(rule), count] for rule, count in found["by_rule"].items()]
    return {
        "as_of": moment(found["as_of"]),
        "week": _sunday(found["week"]),
        "all_of_them": found["total"],
        "agencies": agencies,
        "rules": rules,
    }


def _sunday(week: str) -> str:
    """Name the day on which a week, 2026-W47, ends."""
    return words.day(date.fromisoformat(f"{week}-7"))


def _row(item: Mapping[str, Any], desk: Desk) -> list[object]:
    first = next(iter(item["gap_ids"]), None)
    title = rule_name(item["rule"])
    return [
        title if first is None else {"text": title, "href": f"{WORK}/{first}"},
        desk.owing(item["agency"], item["unit"]),
        words.timed(moment(item["due_at"])),
        STATES[item["state"]],
        LESSONS[item["lesson"]],
        words.NONE if item["climbs_at"] is None else words.timed(moment(item["climbs_at"])),
    ]
