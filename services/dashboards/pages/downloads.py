"""What can be taken away, and what has changed? Files, and the log of what is counted how."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards import equity_pack
from services.dashboards.desk import Desk, desk_of
from services.dashboards.pages.gaps import title_of
from services.domain.measures.catalogue import CATALOGUE
from services.domain.measures.months import Month
from services.domain.moments import london_day
from services.domain.rules import described
from services.runtime import clock
from services.runtime.web import Visitor, answers, asking, visitor_of, web_of, words


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for path, summary, route in (
        ("/downloads", "What can be taken away", downloads),
        ("/changes", "What has changed in measures and rules", changes),
    ):
        routes.get(
            path,
            summary=summary,
            operation_id=f"page-{path[1:]}",
            response_class=HTMLResponse,
            responses=answers(),
        )(route)
    return routes


async def downloads(request: Request, visitor: Annotated[Visitor, Depends(visitor_of)]) -> Response:
    """List the files that this person may have."""
    now = clock.now()
    last = Month.of(london_day(now)).after(-1)
    packs = [
        {
            "text": f"Equity pack, {words.month(str(first))} to {words.month(str(last))}",
            "href": asking("/api/v1/equity-pack", {"from": first, "to": last}),
            "note": "ZIP of CSV and JSON; limits first; small numbers hidden",
        }
        for first in (last.after(-11), last.after(-2))
    ]
    return web_of(request).page(
        request,
        visitor,
        "downloads.html",
        title="Downloads",
        as_of=now,
        packs=packs if visitor.role in equity_pack.ROLES else [],
        definitions=[
            {"text": "Every measure", "href": "/api/v1/measures", "note": "JSON"},
            {"text": "Every rule and its numbers", "href": "/api/v1/rules", "note": "JSON"},
        ],
    )


async def changes(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
) -> Response:
    """Show every version of a measure, and every dated number that rules judge by."""
    return web_of(request).page(
        request,
        visitor,
        "changes.html",
        title="What has changed",
        breadcrumbs=[("Measures", "/measures"), ("What has changed", None)],
        as_of=clock.now(),
        measures=list(_measures()),
        numbers=list(_numbers(desk)),
        policy=desk.policy.version,
    )


def _measures() -> Iterator[list[object]]:
    for measure in CATALOGUE:
        for change in reversed(measure.changes):
            link = {"text": measure.title, "href": f"/measures/{measure.id}"}
            yield [link, change.version, words.day(change.since), change.what]


def _numbers(desk: Desk) -> Iterator[list[object]]:
    catalogue = described.catalogue(desk.policy)
    for rule in catalogue["rules"]:
        for line in rule["policy"]:
            value = f"{line['value']} {line['unit']}" if "value" in line else "a list"
            name = line["name"].removeprefix(f"{rule['rule']}.").replace("_", " ")
            since = line["since"] or "the first"
            yield [f"{title_of(rule['rule'])}: {name}", value, since, line["standing"],
                   line["source"]]  # fmt: skip
