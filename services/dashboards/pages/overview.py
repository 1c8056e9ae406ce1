"""Where does somebody who looks in begin? A card for each lesson, and what is open."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards import owed
from services.dashboards.desk import Desk, desk_of
from services.dashboards.measures_question import MeasureQuestion
from services.dashboards.pages import figures
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.web import Visitor, answers, visitor_of, web_of, words
from services.runtime.web.charts import spark

CARDS: Final = (
    ("Timeliness", "/timeliness", "referral.in-time-after-custody"),
    ("Completeness", "/completeness", "referral.complete-at-first"),
    ("Clear reason", "/completeness", "referral.reason-clear"),
    ("Cumulative harm", "/cumulative-harm", "harm.cumulative-recognised"),
    ("Quality assurance", "/quality-assurance", "oversight.reviewed-in-time"),
    ("Training", "/quality-assurance", "training.in-date"),
    ("Equity", "/equity", "equity.screened-for-exploitation"),
    ("Onward services", "/onward", "onward.accepted"),
)
_SPARK_MONTHS: Final = 13


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/",
        summary="The overview",
        operation_id="page-overview",
        response_class=HTMLResponse,
        responses=answers(),
    )(overview)
    return routes


def _says(found: Sequence[Mapping[str, Any] | None]) -> list[str]:
    """Say by rule what the cards show: how many, what has clearly changed, what is out of reach."""
    if not any(found):
        return ["Your role is shown what is counted, and no figures."]
    shown = [one for one in found if one is not None and figures.last(one) is not None]
    if not shown:
        return ["No figure can be shown yet: nothing was counted or published, or all is hidden."]
    have = "has" if len(shown) == 1 else "have"
    said = [f"{len(shown)} of these {len(found)} measures {have} a figure that can be shown."]
    moved = [
        f"Clear change, {judged}: {', '.join(titles)}."
        for variation, judged in (("improvement", "better"), ("concern", "worse"))
        if (titles := [_title(one) for one in shown if _last(one) == variation])
    ]
    said += moved or ["No clear change in the last month of any: what moves may be chance."]
    if short := [_title(one) for one in shown if one["spc"]["assurance"] == "fails"]:
        said.append(f"Targets that will not be met unless something changes: {', '.join(short)}.")
    return said


def _title(found: Mapping[str, Any]) -> str:
    title: str = found["measure"]["title"]
    return title


def _last(found: Mapping[str, Any]) -> str:
    """What the last month that is shown is: chance, or a change for better or worse."""
    variation: str = found["spc"]["points"][-1]["variation"]
    return variation


async def overview(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
) -> Response:
    """Show a card for each lesson."""
    now = clock.now()
    asked = MeasureQuestion()
    measures = [measure for *_, measure in CARDS]
    found = await figures.all_of(desk, visitor.caller, measures, asked, now)
    open_now = await owed.now(desk, visitor.caller, now, None)
    shown = [one for one in found if one is not None]
    known_at = moment(shown[0]["known_at"]) if shown else None
    return web_of(request).page(
        request,
        visitor,
        "overview.html",
        title="Overview",
        as_of=now,
        known_at=known_at if open_now is None else open_now.known_at,
        cards=[_card(*card, one) for card, one in zip(CARDS, found, strict=True)],
        says=_says(found),
        release=shown[0]["release"] if shown else None,
        open=None if open_now is None else sum(open_now.open.values()),
    )


def _card(title: str, path: str, id_: str, found: dict[str, Any] | None) -> dict[str, object]:
    """Say the last month's share, and draw the last thirteen."""
    if found is None:
        return {"title": title, "href": path, "figure": words.NONE, "says": "Not shown to you."}
    months = found["months"][-_SPARK_MONTHS:]
    month = figures.last(found)
    measure = found["measure"]["title"]
    return {
        "title": title,
        "href": path,
        "figure": words.NONE if month is None else figures.shown(month),
        "says": f"{measure}. {figures.says(found)}"
        + ("" if month is None else figures.aside(month)),
        "measure": f"/measures/{id_}",
        "spark": spark(
            f"spark-{id_.replace('.', '-')}",
            f"{measure}: the last {len(months)} months",
            [figures.value(each) for each in months],
        ),
    }
