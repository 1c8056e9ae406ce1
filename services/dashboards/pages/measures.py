"""What is measured, what did it come to, and which cases are behind a number?"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.dashboards import measures, measures_cases
from services.dashboards.desk import Desk, desk_of
from services.dashboards.handlers import Forbidden
from services.dashboards.measures_cases import CasesQuestion
from services.dashboards.measures_question import MeasureQuestion
from services.dashboards.pages import figures
from services.dashboards.pages.form import Form
from services.dashboards.pages.gaps import LESSONS, named
from services.domain.measures.catalogue import CATALOGUE
from services.domain.moments import moment, stamp
from services.runtime import clock
from services.runtime.questions import MonthText, each_once
from services.runtime.web import Visitor, answers, asking, pages_of, visitor_of, web_of, words

PATH: Final = "/measures"
ROWS: Final = "25"
DIMENSIONS: Final = ("agency", "area", "unit", "sex", "ethnicity", "age")
FORMATS: Final = {
    "ods": "OpenDocument spreadsheet",
    "xlsx": "Excel spreadsheet",
    "csv": "CSV",
    "json": "JSON",
}
STATES: Final = {
    "met": "Done",
    "missed": "Not done",
    "missing": "Missing data: no feed would say",
    "not-judged": "Could not be worked out",
}
MeasureId = Annotated[str, Path(pattern=r"^[a-z-]+\.[a-z-]+$", max_length=64)]
_AFTER: Final = r"^20\d\d-\d\d-\d\d\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class Asked(Form, MeasureQuestion):
    """What is asked of a measure."""

    def address(self) -> dict[str, str]:
        """What was asked, as it stands in an address; of the format nothing."""
        asked = self.model_dump(by_alias=True, exclude_none=True, exclude={"format"})
        return {
            name: stamp(value) if isinstance(value, datetime) else value
            for name, value in asked.items()
        }


class CasesAsked(BaseModel):
    """Which cases of a measure: of a month, in a state."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    month: MonthText = Field(description="YYYY-MM")
    state: Literal["met", "missed", "missing", "not-judged"] = "missed"
    after: Annotated[str, StringConstraints(pattern=_AFTER)] | None = Field(
        None, description="`next` of the page before."
    )


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for path, name, summary, route, told in (
        (PATH, "measures", "Every measure", catalogue, ()),
        (PATH + "/{measure}", "measure", "One measure", one, (404, 422)),
        (PATH + "/{measure}/cases", "cases", "The cases behind a number", cases, (403, 404, 422)),
    ):
        routes.get(
            path,
            summary=f"{summary}, to be looked at",
            operation_id=f"page-{name}",
            response_class=HTMLResponse,
            responses=answers(*told),
        )(route)
    return routes


async def catalogue(request: Request, visitor: Annotated[Visitor, Depends(visitor_of)]) -> Response:
    """Show every measure by lesson."""
    rows = [
        [
            {"text": measure.title, "href": f"{PATH}/{measure.id}"},
            LESSONS[measure.lesson],
            measure.denominator,
        ]
        for measure in CATALOGUE
    ]
    return web_of(request).page(
        request, visitor, "measures/list.html", title="Measures", as_of=clock.now(), rows=rows
    )


async def one(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
    _: Annotated[None, Depends(each_once(Asked))],
    measure: MeasureId,
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show a measure: its definition, its months, and its groups where they are asked for."""
    defined = measures.known(measure)
    if defined is None:
        raise HTTPException(404)
    now = clock.now()
    found = await figures.of(desk, visitor.caller, measure, asked, now)
    shown: dict[str, Any] = {"as_of": now} if found is None else _shown(desk, visitor, found, asked)
    return web_of(request).page(
        request,
        visitor,
        "measures/one.html",
        title=defined.title,
        breadcrumbs=[("Measures", PATH), (defined.title, None)],
        defined=measures.described(defined, desk.reading),
        lesson=LESSONS[defined.lesson],
        fields=_fields(asked),
        found=found,
        **shown,
    )


def _shown(desk: Desk, visitor: Visitor, found: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """Lay out the figures of a measure."""
    id_ = found["measure"]["id"]
    listed = f"{PATH}/{id_}/cases" if visitor.role in figures.SEES_CASES else None
    names = {agency.id: agency.name for agency in desk.registry.agencies.values()}
    by = asked.dimensions
    files = asked.address()
    return {
        "as_of": moment(found["as_of"]),
        "known_at": moment(found["known_at"]),
        "sentences": found["sentences"],
        "chart": figures.drawn(found),
        "months": list(figures.month_rows(found, listed)),
        "groups": list(figures.group_rows(found, names)),
        "grouped": figures.grouped(found, by[0], names) if len(by) == 1 else None,
        "rows_period": found["rows_period"],
        "release": found["release"],
        "why": found["suppression"]["why"],
        "files": [
            {"text": text, "href": asking(f"/api/v1/measures/{id_}", files, format=name)}
            for name, text in FORMATS.items()
        ],
        "by": asked.by,
    }


def _fields(asked: Asked) -> list[Mapping[str, object]]:
    by = [(name, name.capitalize()) for name in DIMENSIONS]
    hint = "YYYY-MM, for example 2026-03"
    return [
        {"name": "from", "label": "From month", "value": asked.first, "hint": hint},
        {"name": "to", "label": "To month", "value": asked.last, "hint": hint},
        {"name": "by", "label": "By", "value": asked.by, "choices": by, "any": "No group"},
    ]


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
    said = {"from": asked.month, "to": asked.month, "state": asked.state, "limit": ROWS}
    question = CasesQuestion.model_validate(said | ({"after": asked.after} if asked.after else {}))
    try:
        found = await measures_cases.cases(desk, visitor.caller, defined, question, clock.now())
    except Forbidden:
        raise HTTPException(403) from None
    path = f"{PATH}/{measure}/cases"
    chosen = asked.model_dump(exclude={"after"})
    following = found["next"] and asking(path, chosen, after=found["next"])
    return web_of(request).page(
        request,
        visitor,
        "measures/cases.html",
        title=f"{STATES[asked.state]}: {defined.title}, {words.month(asked.month)}",
        breadcrumbs=[("Measures", PATH), (defined.title, f"{PATH}/{measure}"), ("Cases", None)],
        as_of=moment(found["as_of"]),
        known_at=moment(found["known_at"]),
        defined=defined,
        total=found["total"],
        withheld=found["withheld"],
        rows=[_case(item, desk) for item in found["items"]],
        pages=pages_of(asking(path, chosen) if asked.after else None, following),
    )


def _case(item: Mapping[str, Any], desk: Desk) -> list[object]:
    unit = "" if item["unit"] == "Unknown" else f", {item['unit']}"
    return [
        item["child_ref"],
        words.day(date.fromisoformat(item["day"])),
        named(desk, item["agency"]) + unit,
        item["age"],
    ]
