"""What can be taken away, and what has changed? Files, and the log of what is counted how."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards import equity_pack, measures_released
from services.dashboards.desk import Desk, desk_of
from services.dashboards.desks.words import rule_name
from services.dashboards.pages import plain
from services.dashboards.pages.lines import SEES_CASES
from services.dashboards.pages.measures import FORMATS
from services.domain.measures.catalogue import CATALOGUE
from services.domain.measures.months import Month, Period
from services.domain.moments import london_day
from services.domain.rules import described
from services.runtime import clock
from services.runtime.auth import Caller
from services.runtime.web import Visitor, answers, asking, visitor_of, web_of, words

MOST_PACKS: Final = 12


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


async def downloads(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
) -> Response:
    """List the files that this person may have."""
    now = clock.now()
    packs = [
        {
            "text": f"Equity pack, {words.month(str(each.first))} to {words.month(str(each.last))}",
            "href": asking("/api/v1/equity-pack", {"from": each.first, "to": each.last}),
            "note": "ZIP of CSV and JSON; limits first; small numbers hidden",
        }
        for each in await _periods(desk, visitor.caller, Month.of(london_day(now)).after(-1))
    ]
    return web_of(request).page(
        request,
        visitor,
        "downloads.html",
        title="Downloads",
        as_of=now,
        packs=packs if visitor.role in equity_pack.ROLES else [],
        unpublished=not packs,
        heads=[{"text": "Measure"}, *({"text": text} for text in FORMATS.values())],
        measures=list(_files()) if visitor.role in measures_released.ROLES | SEES_CASES else [],
        definitions=[
            {"text": "Every measure", "href": "/api/v1/measures", "note": "JSON"},
            {"text": "Every rule and its numbers", "href": "/api/v1/rules", "note": "JSON"},
        ],
    )


def _files() -> Iterator[list[object]]:
    """Yield a row for every measure: its last 24 months, in every format."""
    for measure in CATALOGUE:
        address = f"/api/v1/measures/{measure.id}"
        yield [
            {"text": measure.title, "href": f"/measures/{measure.id}"},
            *(
                {"text": kind.upper(), "href": asking(address, {"format": kind})}
                for kind in FORMATS
            ),
        ]


async def _periods(desk: Desk, caller: Caller, last: Month) -> list[Period]:
    """Return what equity packs are offered of: what was published, or a year and a quarter."""
    if measures_released.may(caller):
        return (await measures_released.published(desk, caller, equity_pack.NAME))[:MOST_PACKS]
    return [Period(last.after(-11), last), Period(last.after(-2), last)]


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
        rebases=list(_rebases(desk)),
        numbers=list(_numbers(desk)),
        policy=desk.policy.version,
    )


def _measures() -> Iterator[list[object]]:
    for measure in CATALOGUE:
        for change in reversed(measure.changes):
            link = {"text": measure.title, "href": f"/measures/{measure.id}"}
            yield [link, change.version, words.day(change.since), change.what]


def _rebases(desk: Desk) -> Iterator[list[object]]:
    """Yield a row for each recorded step, by measure, oldest first."""
    for measure in CATALOGUE:
        for step in desk.reading.rebases.get(measure.id, ()):
            link = {"text": measure.title, "href": f"/measures/{measure.id}"}
            yield [link, words.day(step.since), step.reason, step.standing, step.source]


def _numbers(desk: Desk) -> Iterator[list[object]]:
    catalogue = described.catalogue(desk.policy)
    for rule in catalogue["rules"]:
        for line in rule["policy"]:
            value = plain.text(f"{line['value']} {line['unit']}") if "value" in line else "a list"
            name = line["name"].removeprefix(f"{rule['rule']}.").replace("_", " ")
            since = words.day(date.fromisoformat(line["since"])) if line["since"] else "always"
            yield [f"{rule_name(rule['rule'])}: {name}", value, since, line["standing"],
                   line["source"]]  # fmt: skip
