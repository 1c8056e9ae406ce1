"""Which cases are behind a number, and how does one get from them to gap and chronology?"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards import measures, measures_cases
from services.dashboards.desk import Desk, desk_of
from services.dashboards.desks.queue import PATH as WORK
from services.dashboards.desks.words import rule_name
from services.dashboards.handlers import Forbidden
from services.dashboards.measures_cases import CasesQuestion
from services.dashboards.pages.form import Form
from services.dashboards.pages.measures import PATH, MeasureId, narrowed
from services.domain.measures.months import Period
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.questions import each_once
from services.runtime.web import Visitor, answers, asking, pages_of, visitor_of, web_of, words

STATES: Final = {
    "counted": "All",
    "met": "Done",
    "missed": "Not done",
    "missing": "Missing data: no feed would say",
    "not-judged": "Could not be worked out",
}


class CasesAsked(Form, CasesQuestion):
    """Of which number the cases are looked at; always so many on a page."""

    limit: Literal["25"] = "25"


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH + "/{measure}/cases",
        summary="The cases behind a number, to be looked at",
        operation_id="page-cases",
        response_class=HTMLResponse,
        responses=answers(403, 404, 422),
    )(cases)
    return routes


async def cases(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
    _: Annotated[None, Depends(each_once(CasesAsked))],
    measure: MeasureId,
    asked: Annotated[CasesAsked, Query()],
) -> Response:
    """List the cases behind a number."""
    defined = measures.known(measure)
    if defined is None:
        raise HTTPException(404)
    try:
        found = await measures_cases.cases(desk, visitor.caller, defined, asked, clock.now())
    except Forbidden:
        raise HTTPException(403) from None
    path, chosen = f"{PATH}/{measure}/cases", asked.address("after", "limit")
    following = found["next"] and asking(path, chosen, after=found["next"])
    when = _when(asked.period(moment(found["as_of"])))
    return web_of(request).page(
        request,
        visitor,
        "measures/cases.html",
        title=f"{STATES[asked.state]}: {defined.title}, {when}",
        breadcrumbs=[("Measures", PATH), (defined.title, f"{PATH}/{measure}"), ("Cases", None)],
        as_of=moment(found["as_of"]),
        known_at=moment(found["known_at"]),
        defined=defined,
        only=[text for _, text in narrowed(asked, desk)],
        total=found["total"],
        withheld=found["withheld"],
        rows=[_case(item, defined.rule, desk) for item in found["items"]],
        pages=pages_of(asking(path, chosen) if asked.after else None, following),
    )


def _when(period: Period) -> str:
    first, last = words.month(str(period.first)), words.month(str(period.last))
    return first if first == last else f"{first} to {last}"


def _case(item: Mapping[str, Any], rule: str | None, desk: Desk) -> list[object]:
    """Lay a case out: its child leads to the chronology, what was owed to the gap."""
    unit = None if item["unit"] == "Unknown" else item["unit"]
    gap = item["gap_id"] and {"text": rule_name(rule or ""), "href": f"{WORK}/{item['gap_id']}"}
    return [
        {"text": item["child_ref"], "href": f"/children/{item['child_ref']}"},
        words.day(date.fromisoformat(item["day"])),
        desk.owing(item["agency"], unit),
        item["age"],
        gap,
    ]
