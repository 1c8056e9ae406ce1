"""What is served of the Department for Education's tables? A county, its region and England."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from asyncpg import Record
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.dashboards.desk import AtDesk
from services.domain.published import SHORTHAND, TABLES
from services.runtime.callers import Asking
from services.runtime.questions import each_once
from services.runtime.refusals import refusal

Table = Literal["referrals-by-source", "assessments-by-duration"]
_County = Annotated[str, StringConstraints(pattern=r"^E(06|08|09|10)[0-9]{6}$")]
_ROWS: Final = """
WITH asked AS (SELECT DISTINCT region FROM published WHERE area = $2 AND table_name = $1)
SELECT year, level, area, name, column_name, number, shorthand FROM published
WHERE table_name = $1
  AND (area = $2 OR level = 'National' OR area IN (SELECT region FROM asked))
ORDER BY year, column_name, level
"""
_PLACES: Final = {"Local authority": "county", "Regional": "region", "National": "england"}


class Question(BaseModel):
    """Which table, of which county."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: Table = "referrals-by-source"
    county: _County = Field("E10000020", description="ONS code of an upper-tier authority.")


class Published(BaseModel):
    """A number, or the letter that is published in its place, which is no number."""

    number: float | None
    shorthand: Literal["c", "u", "z", "x", ":"] | None


class Line(BaseModel):
    """One column of one year, of all three where they are published."""

    year: int
    column: str
    county: Published | None
    region: Published | None
    england: Published | None


class Context(BaseModel):
    """A published table."""

    table: Table
    source: str
    county: str | None = Field(description="Their names, as published; null: not loaded.")
    region: str | None
    lines: list[Line]
    shorthand: dict[str, str]


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/api/v1/context",
        summary="What the Department for Education publishes: county, region, England",
        operation_id="context",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": Context, "description": "A table; without lines if it is not loaded."},
            401: refusal("Nobody we know."),
            422: refusal("Every fault of the parameters."),
            503: refusal("The database is away; try again."),
        },
    )(context)
    return routes


async def context(
    desk: AtDesk,
    _: Asking,
    __: Annotated[None, Depends(each_once(Question))],
    asked: Annotated[Question, Query()],
) -> Response:
    """Return a table; what is published is for everybody who signs in."""
    rows = await desk.pool.fetch(_ROWS, asked.table, asked.county)
    names = {_PLACES[row["level"]]: row["name"] for row in rows}
    found = {
        "table": asked.table,
        "source": "Department for Education, Characteristics of children in need (OGL v3.0)",
        "county": names.get("county"),
        "region": names.get("region"),
        "lines": _lines(asked.table, rows),
        "shorthand": dict(SHORTHAND),
    }
    return Response(msgspec.json.encode(found), media_type="application/json")


def _lines(table: str, rows: Sequence[Record]) -> list[dict[str, Any]]:
    lines: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["year"], row["column_name"])
        line = lines.setdefault(
            key, {"year": key[0], "column": key[1], **dict.fromkeys(_PLACES.values())}
        )
        value = {"number": row["number"], "shorthand": row["shorthand"]}
        line[_PLACES[row["level"]]] = value
    order = TABLES[table]
    return [lines[key] for key in sorted(lines, key=lambda one: (one[0], order.index(one[1])))]
