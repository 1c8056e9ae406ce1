"""What is served of measures: their definitions, and their figures."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from pydantic import BaseModel

from services.dashboards import measures, measures_released
from services.dashboards.cases_answers import Cases
from services.dashboards.desk import AtDesk
from services.dashboards.measure_files import FILES as BOOKS
from services.dashboards.measure_files import attached, sent
from services.dashboards.measure_picture import SVG, as_svg
from services.dashboards.measure_tables import book
from services.dashboards.measures_answers import Catalogue, Measured
from services.dashboards.measures_cases import CasesQuestion, cases
from services.dashboards.measures_question import MeasureQuestion
from services.runtime import clock
from services.runtime.callers import Asking
from services.runtime.questions import each_once
from services.runtime.refusals import refusal

FILES: Final = {**BOOKS, SVG: {"schema": {"type": "string"}}}
_Id = Annotated[str, Path(pattern=r"^[a-z-]+\.[a-z-]+$", max_length=64)]


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/api/v1/measures",
        summary="Every measure: what is counted, of what, and its limits",
        operation_id="measures",
        **_answered(Catalogue, "The catalogue."),
    )(catalogue)
    routes.get(
        "/api/v1/measures/{measure}",
        summary="A measure's figures, by month and by group",
        operation_id="measure",
        **_answered(Measured, "Figures, with definition and intervals; or a file of them.", FILES),
    )(measured)
    routes.get(
        "/api/v1/measures/{measure}/cases",
        summary="The cases behind a number, for who may see them",
        operation_id="measureCases",
        **_answered(Cases, "One page, in order of the day."),
    )(listed)
    return routes


async def listed(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(CasesQuestion))],
    measure: _Id,
    asked: Annotated[CasesQuestion, Query()],
) -> Response:
    """Return the cases behind a number of a measure."""
    found = measures.known(measure)
    if found is None:
        raise HTTPException(404)
    return _json(await cases(desk, caller, found, asked, clock.now()))


async def catalogue(desk: AtDesk, _: Asking) -> Response:
    """Return the definitions; they are for everybody who signs in."""
    return _json(measures.catalogue(desk.reading))


async def measured(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(MeasureQuestion))],
    measure: _Id,
    asked: Annotated[MeasureQuestion, Query()],
) -> Response:
    """Return the figures of a measure."""
    found = measures.known(measure)
    if found is None:
        raise HTTPException(404)
    showing = measures_released.released if measures_released.may(caller) else measures.live
    shown = await showing(desk, caller, found, asked, clock.now())
    answer = measures.answer(found, shown, asked, desk.reading, desk.names)
    return _json(answer) if asked.format == "json" else _file(answer, asked.format)


def _file(answer: Mapping[str, Any], kind: str) -> Response:
    """Write an answer as a file that says of itself what it is."""
    name = f"{answer['measure']['id']}-{answer['from']}-to-{answer['to']}"
    if kind == "svg":
        return sent(as_svg(answer), SVG, f"{name}-{answer['marking']}.svg")
    return attached(book(answer), name, kind)


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")


def _answered(
    model: type[BaseModel], description: str, content: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "response_model": None,
        "response_class": Response,
        "responses": {
            200: {"model": model, "description": description, "content": dict(content or {})},
            401: refusal("Nobody we know."),
            403: refusal("This role is not shown these figures."),
            404: refusal("There is no such measure."),
            422: refusal("Every fault of the parameters."),
            503: refusal("The ledger is away; try again."),
        },
    }
