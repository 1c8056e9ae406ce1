"""What becomes of referrals to services? As the directory counts them, small numbers hidden."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ConfigDict

from services.dashboards.elsewhere import Away, Elsewhere, elsewhere_of
from services.dashboards.handlers import Forbidden
from services.dashboards.pages.form import Form
from services.domain.measures.months import Month
from services.domain.moments import london_day, moment
from services.runtime import clock
from services.runtime.questions import each_once
from services.runtime.web import Visitor, answers, visitor_of, web_of
from services.runtime.web.charts import Bar, Named, bars

PATH: Final = "/onward"
MONTHS: Final = 12
BY: Final = {"provider": "Provider", "kind": "Kind", "area": "Area", "sector": "Sector"}
COLUMNS: Final = {
    "made": "Made",
    "accepted": "Accepted",
    "declined": "Declined",
    "no_answer": "No answer",
    "started": "Started",
    "helped": "Child says it helped",
}


class Asked(Form):
    """By what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["provider", "kind", "area", "sector"] = "kind"


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH,
        summary="What becomes of referrals to services",
        operation_id="page-onward",
        response_class=HTMLResponse,
        responses=answers(403, 422),
    )(onward)
    return routes


async def onward(
    request: Request,
    visitor: Annotated[Visitor, Depends(visitor_of)],
    elsewhere: Annotated[Elsewhere, Depends(elsewhere_of)],
    _: Annotated[None, Depends(each_once(Asked))],
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show the last twelve complete months by one dimension."""
    last = Month.of(london_day(clock.now())).after(-1)
    period = {"from": str(last.after(1 - MONTHS)), "to": str(last)}
    try:
        found = await elsewhere.get(
            visitor.caller, "directory", "/api/v1/onward/measures", by=asked.by, **period
        )
        shown = _shown(found, asked.by)
    except Forbidden:
        raise HTTPException(403) from None
    except Away:
        shown = {"away": True, "as_of": clock.now()}
    fields = [
        {"name": "by", "label": "By", "value": asked.by, "any": "Kind",
         "choices": [(name, text) for name, text in BY.items() if name != "kind"]}
    ]  # fmt: skip
    return web_of(request).page(
        request,
        visitor,
        "onward.html",
        title="Onward services",
        breadcrumbs=[("Overview", "/"), ("Onward services", None)],
        period=period,
        fields=fields,
        **shown,
    )


def _shown(found: Mapping[str, Any], by: str) -> dict[str, Any]:
    rows = [row for row in found["rows"] if row["dimension"] in {by, "total"}]
    made = [
        Bar(row["label"], float(row["made"]) if isinstance(row["made"], int) else None,
            str(row["made"]))
        for row in rows
        if row["dimension"] == by
    ]  # fmt: skip
    named = Named(
        "onward-made", f"Referrals made, by {BY[by].lower()}", "Small numbers are hidden."
    )
    return {
        "as_of": moment(found["as_of"]),
        "chart": bars(named, made, lambda count: f"{count:,.0f}", BY[by]) if made else None,
        "columns": [{"text": BY[by]}, *({"text": t, "numeric": True} for t in COLUMNS.values())],
        "rows": [[row["label"], *(row[name] for name in COLUMNS)] for row in rows],
    }
