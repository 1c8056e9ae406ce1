"""What becomes of referrals to services? As the directory counts them, small numbers hidden.

Who may see cases sees the last twelve months; who may not, a quarter that was published.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import ConfigDict, Field

from services.dashboards import measures_released
from services.dashboards.desk import Desk, desk_of
from services.dashboards.elsewhere import Away, Elsewhere, elsewhere_of
from services.dashboards.handlers import Forbidden
from services.dashboards.pages.form import Form
from services.domain.measures.months import Month, Period
from services.domain.moments import london_day, moment
from services.runtime import clock
from services.runtime.auth import Caller
from services.runtime.questions import MonthText, each_once, fault
from services.runtime.web import Visitor, answers, visitor_of, web_of, words
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
    """By what, and of which quarter that was published."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["provider", "kind", "area", "sector"] = "kind"
    quarter: MonthText | None = Field(
        None, description="Its first month; for who is shown what was published. Default: the last."
    )


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
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
    elsewhere: Annotated[Elsewhere, Depends(elsewhere_of)],
    _: Annotated[None, Depends(each_once(Asked))],
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show twelve months, or a quarter that was published, by one dimension."""
    quarters = await _quarters(desk, visitor.caller)
    period = _period(quarters, asked.quarter)
    shown: dict[str, Any] = {"as_of": clock.now(), "unpublished": True}
    if period is not None:
        months = {"from": str(period.first), "to": str(period.last)}
        try:
            found = await elsewhere.get(
                visitor.caller, "directory", "/api/v1/onward/measures", by=asked.by, **months
            )
            shown = {"period": months, **_shown(found, asked.by)}
        except Forbidden:
            raise HTTPException(403) from None
        except Away:
            shown = {"period": months, "away": True, "as_of": clock.now()}
    return web_of(request).page(
        request,
        visitor,
        "onward.html",
        title="Onward services",
        breadcrumbs=[("Overview", "/"), ("Onward services", None)],
        fields=list(_fields(asked, quarters or ())),
        **shown,
    )


async def _quarters(desk: Desk, caller: Caller) -> list[Period] | None:
    """Return what was published, the last first; None for who may ask for any months."""
    if not measures_released.may(caller):
        return None
    return await measures_released.published(desk, caller, "onward")


def _period(quarters: Sequence[Period] | None, first: str | None) -> Period | None:
    """Return the months to show, None where none was published.

    RequestValidationError for a quarter that is not among what was published.
    """
    found = [each for each in quarters or () if first in {None, str(each.first)}]
    if first is not None and not found:
        raise RequestValidationError([fault("quarter", "not-released")])
    if quarters is None:
        last = Month.of(london_day(clock.now())).after(-1)
        return Period(last.after(1 - MONTHS), last)
    return next(iter(found), None)


def _fields(asked: Asked, quarters: Sequence[Period]) -> Iterator[dict[str, Any]]:
    yield {
        "name": "by", "label": "By", "value": asked.by, "any": "Kind",
        "choices": [(name, text) for name, text in BY.items() if name != "kind"],
    }  # fmt: skip
    if quarters:
        yield {
            "name": "quarter", "label": "Quarter", "value": asked.quarter,
            "any": _named(quarters[0]),
            "choices": [(str(each.first), _named(each)) for each in quarters[1:]],
        }  # fmt: skip


def _named(period: Period) -> str:
    return f"{words.month(str(period.first))} to {words.month(str(period.last))}"


def _shown(found: Mapping[str, Any], by: str) -> dict[str, Any]:
    rows = [row for row in found["rows"] if row["dimension"] in {by, "total"}]
    made = [
        Bar(_label(row), float(row["made"]) if isinstance(row["made"], int) else None,
            str(row["made"]))
        for row in rows
        if row["dimension"] == by
    ]  # fmt: skip
    named = Named(
        "onward-made", f"Referrals made, by {BY[by].lower()}", "Small numbers are hidden."
    )
    return {
        "as_of": moment(found["as_of"]),
        "release": found["release"],
        "chart": bars(named, made, lambda count: f"{count:,.0f}", BY[by]) if made else None,
        "columns": [{"text": BY[by]}, *({"text": t, "numeric": True} for t in COLUMNS.values())],
        "rows": [[_label(row), *(row[name] for name in COLUMNS)] for row in rows],
    }


def _label(row: Mapping[str, Any]) -> str:
    """Write what a row is of: where the directory has only a code for it, as words."""
    label: str = row["label"]
    return label if label != row["group"] else label.replace("-", " ").capitalize()
