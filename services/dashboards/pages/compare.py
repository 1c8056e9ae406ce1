"""How do agencies, areas or units compare, and is a difference more than chance?"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ConfigDict, Field

from services.dashboards.desk import Desk, desk_of
from services.dashboards.measures_question import MeasureQuestion
from services.dashboards.pages import figures, lines, pictures
from services.dashboards.pages.form import Form
from services.domain.measures.catalogue import CATALOGUE, MEASURES
from services.domain.measures.months import Month, Period
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.questions import MonthText, each_once
from services.runtime.web import Visitor, answers, months, visitor_of, web_of, words

PATH: Final = "/compare"
FIRST: Final = "decision.in-time"


class Asked(Form):
    """What is compared by what, over which months."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    measure: Literal[tuple(MEASURES)] = FIRST  # type: ignore[valid-type]
    by: Literal["agency", "area"] = "agency"
    first: MonthText | None = Field(None, alias="from", description="YYYY-MM")
    last: MonthText | None = Field(None, alias="to", description="YYYY-MM")


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH,
        summary="Agencies, areas and units beside one another",
        operation_id="page-compare",
        response_class=HTMLResponse,
        responses=answers(422),
    )(compare)
    return routes


async def compare(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
    _: Annotated[None, Depends(each_once(Asked))],
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show one measure by agency, area or unit, and beside the periods before."""
    now = clock.now()
    said = {"from": asked.first, "to": asked.last, "by": asked.by}
    question = MeasureQuestion(**{name: value for name, value in said.items() if value})
    found = await figures.of(desk, visitor.caller, asked.measure, question, now)
    shown: dict[str, Any] = {"as_of": now} if found is None else _shown(found, visitor.role)
    return web_of(request).page(
        request,
        visitor,
        "compare.html",
        title="Compare",
        measure=MEASURES[asked.measure],
        fields=_fields(asked, now),
        found=found,
        **shown,
    )


def _shown(found: dict[str, Any], role: str) -> dict[str, Any]:
    return {
        "as_of": moment(found["as_of"]),
        "known_at": moment(found["known_at"]),
        "release": found["release"],
        "why": found["suppression"]["why"],
        "chart": pictures.grouped(found),
        "periods": list(_periods(found, role)),
        "rows": list(_side_by_side(found, role)),
        "rows_period": found["rows_period"],
    }


def _periods(found: Mapping[str, Any], role: str) -> Iterator[list[object]]:
    """Yield the period and those before it, with what has changed since."""
    now = Period(Month.read(found["from"]), Month.read(found["to"]))
    change = found["change"]
    said = f"{words.month(found['from'])} to {words.month(found['to'])}"
    for title, name, period in (
        (said, "total", now),
        ("As many months before", "period_before", now.before),
        ("The same months a year before", "year_before", now.year_before),
    ):
        at = {"from": period.first, "to": period.last}
        share, done, units, _, _, *neither = lines.counted(found[name], found, role, at)
        yield [title, share, done, units, *neither, change.get(name, {}).get("sentence", "")]


def _side_by_side(found: Mapping[str, Any], role: str) -> Iterator[list[object]]:
    """Yield all together, and below them each group with what sets it apart from all others."""
    together = found["rows_total"]
    if together is not None:
        yield ["All together", *lines.counted(together, found, role, {}), ""]
    for line, row in zip(lines.group_rows(found, role), found["rows"], strict=True):
        yield [*line, row["others"] and row["others"]["sentence"]]


def _fields(asked: Asked, now: datetime) -> list[Mapping[str, object]]:
    measures = [(one.id, one.title) for one in CATALOGUE if one.id != FIRST]
    by = [(name, name.capitalize()) for name in ("area",)]
    return [
        {"name": "measure", "label": "Measure", "value": asked.measure, "choices": measures,
         "any": MEASURES[FIRST].title},
        {"name": "by", "label": "By", "value": asked.by, "choices": by, "any": "Agency"},
        *months.fields(asked.first, asked.last, now),
    ]  # fmt: skip
