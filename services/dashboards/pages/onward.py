"""What becomes of referrals to services? The answer that files are made of, to be looked at."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards import onward
from services.dashboards.desk import Desk, desk_of
from services.dashboards.elsewhere import Away, Elsewhere, elsewhere_of
from services.dashboards.pages.form import Form
from services.dashboards.pages.measures import FORMATS
from services.domain.measures.months import Period
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.questions import each_once
from services.runtime.web import Visitor, answers, visitor_of, web_of, words

PATH: Final = "/onward"
COLUMNS: Final = ("made", "accepted", "declined", "no_answer", "started", "helped")
"""What the page shows; files hold the rest as well."""


class Asked(Form, onward.Asked):
    """What is asked of referrals to services."""


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH,
        summary="What becomes of referrals to services",
        operation_id="page-onward",
        response_class=HTMLResponse,
        responses=answers(403, 422),
    )(shown)
    return routes


async def shown(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
    elsewhere: Annotated[Elsewhere, Depends(elsewhere_of)],
    _: Annotated[None, Depends(each_once(Asked))],
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show twelve months, or a quarter that was published, by one dimension."""
    quarters = await onward.quarters(desk, visitor.caller)
    period = onward.chosen(quarters, asked.quarter)
    told: dict[str, Any] = {"as_of": clock.now(), "unpublished": True}
    if period is not None:
        months = {"from": str(period.first), "to": str(period.last)}
        try:
            told = _told(await onward.answer(elsewhere, visitor.caller, period, asked))
        except Away:
            told = {"away": True, "as_of": clock.now()}
        told["period"] = months
    return web_of(request).page(
        request,
        visitor,
        "onward.html",
        title="Onward services",
        breadcrumbs=[("Overview", "/"), ("Onward services", None)],
        fields=list(_fields(asked, quarters or ())),
        **told,
    )


def _fields(asked: Asked, quarters: Sequence[Period]) -> Iterator[dict[str, Any]]:
    yield {
        "name": "by", "label": "By", "value": asked.by, "any": "Kind",
        "choices": [(name, text) for name, text in onward.BY.items() if name != "kind"],
    }  # fmt: skip
    if quarters:
        yield {
            "name": "quarter", "label": "Quarter", "value": asked.quarter,
            "any": _named(quarters[0]),
            "choices": [(str(each.first), _named(each)) for each in quarters[1:]],
        }  # fmt: skip


def _named(period: Period) -> str:
    return f"{words.month(str(period.first))} to {words.month(str(period.last))}"


def _told(said: Mapping[str, Any]) -> dict[str, Any]:
    heads = [{"text": onward.HEADS[name], "numeric": True} for name in COLUMNS]
    rows = [[row["label"], *(row[name] for name in COLUMNS)] for row in said["rows"]]
    if rows and (total := said["total"]) is not None:
        rows.append(["All together", *(total[name] for name in COLUMNS)])
    return {
        "as_of": moment(said["as_of"]),
        "release": said["release"],
        "chart": onward.picture(said),
        "columns": [{"text": onward.BY[said["by"]]}, *heads],
        "rows": rows,
        "files": [
            {"text": text, "href": onward.file_of(said, name)} for name, text in FORMATS.items()
        ],
    }
