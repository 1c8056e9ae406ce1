"""Which promises were made, how do they stand, and what is the panel told of a quarter?"""

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.domain.moments import london_day
from services.domain.responses.promises import Promise, quarter
from services.responses import answers, handlers, making, reporting, store
from services.responses.desk import AtDesk, Reader
from services.responses.documents import html
from services.responses.serving import NO_STORE, json, says
from services.runtime import clock

PATH: Final = "/api/v1/promises"
CSV: Final = "text/csv; charset=utf-8"
MEDIA_TYPES: Final = {
    "csv": CSV,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    **making.MEDIA_TYPES,
}
Format = Literal["csv", "xlsx", "html", "pdf", "docx", "odt"]


class Report(BaseModel):
    """Of which quarter, as what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quarter: Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-Q[1-4]$")]
    format: Format = "html"


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(PATH, **says("promises", answers.PromiseList, "All of them.", 403))(listed)
    report = says("promisesReport", None, "The report.", 403)
    report["responses"][200]["content"] = {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()
    }
    routes.get(f"{PATH}/report", **report)(reported)
    return routes


async def listed(desk: AtDesk, caller: Reader) -> Response:
    """List every promise of what is published, the earliest due first."""
    today = london_day(clock.now())
    found = handlers.promised(await store.everything(desk.pool, caller.agency), today)
    items = [shown(one) for one in found]
    return json({"as_of": today, "items": items, "total": len(items)})


def shown(one: Promise) -> dict[str, object]:
    """Show a promise."""
    return {name: getattr(one, name) for name in one.__slots__}


async def reported(desk: AtDesk, caller: Reader, asked: Annotated[Report, Query()]) -> Response:
    """Write the report to the panel: the promises as they stood at the end of a quarter."""
    day = min(quarter(asked.quarter)[1], london_day(clock.now()))
    content = await report(desk, caller.agency, asked.quarter, day, asked.format)
    name = f"promises-{asked.quarter}.{asked.format}"
    how = "inline" if asked.format == "html" else "attachment"
    headers = {**NO_STORE, "Content-Disposition": f'{how}; filename="{name}"'}
    if asked.format == "html":
        headers["Content-Security-Policy"] = html.POLICY
    return Response(content, media_type=MEDIA_TYPES[asked.format], headers=headers)


async def report(desk: AtDesk, agency: str, name: str, day: date, file_format: Format) -> bytes:
    """Write the report of a quarter as it stood on a day."""
    found = handlers.promised(await store.everything(desk.pool, agency), day)
    body = desk.catalogue.bodies.latest(agency, day)
    document = reporting.composed(found, body.content, name, day)
    return reporting.WRITTEN[file_format](document, found)
