"""What is measured, what did it come to, and which cases are behind a number?"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards import measures
from services.dashboards.desk import Desk, desk_of
from services.dashboards.desks.words import LESSONS
from services.dashboards.measure_files import WORDS
from services.dashboards.measures_question import MeasureQuestion, Narrowed
from services.dashboards.pages import figures, lines, pictures
from services.dashboards.pages.form import Form
from services.domain.measures.catalogue import CATALOGUE
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.questions import each_once
from services.runtime.web import Visitor, answers, asking, months, visitor_of, web_of, words

PATH: Final = "/measures"
DIMENSIONS: Final = ("agency", "area", "unit", "sex", "ethnicity", "age")
FORMATS: Final = {**WORDS, "json": "JSON"}
MeasureId = Annotated[str, Path(pattern=r"^[a-z-]+\.[a-z-]+$", max_length=64)]


class Asked(Form, MeasureQuestion):
    """What is asked of a measure."""


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for path, name, summary, route, told in (
        (PATH, "measures", "Every measure", catalogue, ()),
        (PATH + "/{measure}", "measure", "One measure", one, (404, 422)),
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
    shown: dict[str, Any] = {"as_of": now} if found is None else _shown(visitor, found, asked)
    return web_of(request).page(
        request,
        visitor,
        "measures/one.html",
        title=defined.title,
        breadcrumbs=[("Measures", PATH), (defined.title, None)],
        defined=measures.described(defined, desk.reading),
        lesson=LESSONS[defined.lesson],
        fields=_fields(asked, now),
        chips=list(_chips(f"{PATH}/{measure}", asked, desk)),
        hidden=asked.address("first", "last", "by", "format").items(),
        found=found,
        **shown,
    )


def _shown(visitor: Visitor, found: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """Lay out the figures of a measure."""
    return {
        "as_of": moment(found["as_of"]),
        "known_at": moment(found["known_at"]),
        "sentences": found["sentences"],
        "chart": pictures.drawn(found),
        "limits": list(lines.limit_rows(found)),
        "years": list(lines.year_rows(found, visitor.role)),
        "months": list(lines.month_rows(found, visitor.role)),
        "groups": list(lines.group_rows(found, visitor.role)),
        "grouped": pictures.grouped(found),
        "rows_period": found["rows_period"],
        "release": found["release"],
        "why": found["suppression"]["why"],
        "files": [
            {"text": text, "href": figures.file_of(found, name)} for name, text in FORMATS.items()
        ],
        "by": asked.by,
    }


def narrowed(asked: Narrowed, desk: Desk) -> Iterator[tuple[str, str]]:
    """Yield each dimension to a group of which figures are narrowed, and says so in words."""
    for dimension, group in asked.only.items():
        yield dimension, f"{dimension}: {desk.names.get(dimension, {}).get(group, group)}"


def _chips(path: str, asked: Asked, desk: Desk) -> Iterator[tuple[str, str]]:
    """Say what is chosen beside the form's fields, each with the address without it."""
    found = dict(narrowed(asked, desk))
    for name, text in (("as_of", "As at"), ("known_at", "As known at")):
        if (at := getattr(asked, name)) is not None:
            found[name] = f"{text} {words.moment(at)}"
    for name, text in found.items():
        yield text, asking(path, asked.address("format"), **{name: None})


def _fields(asked: Asked, now: datetime) -> list[Mapping[str, object]]:
    by = [(name, name.capitalize()) for name in DIMENSIONS]
    return [
        *months.fields(asked.first, asked.last, now),
        {"name": "by", "label": "By", "value": asked.by, "choices": by, "any": "No group"},
    ]
