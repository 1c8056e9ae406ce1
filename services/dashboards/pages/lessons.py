"""What does each lesson of the inspections look like here? Its measures, and what is owed now."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from services.dashboards import owed
from services.dashboards.desk import Desk, desk_of
from services.dashboards.desks.words import rule_name
from services.dashboards.measures_question import MeasureQuestion
from services.dashboards.pages import figures, national, pictures
from services.domain.moments import moment, stamp
from services.domain.rules.described import RULES
from services.runtime import clock
from services.runtime.questions import Moment, each_once
from services.runtime.web import Visitor, answers, asking, visitor_of, web_of, words

Route = Callable[..., Coroutine[Any, Any, Response]]


class Lesson(NamedTuple):
    """A page: its measures, and the families or names of the rules that belong to it."""

    path: str
    title: str
    about: str
    measures: tuple[str, ...]
    rules: tuple[str, ...]


LESSONS: Final = (
    Lesson(
        "/timeliness",
        "Timeliness",
        "Was a child referred in time after custody, an interview or harm, and was each step after"
        " it taken in time?",
        (
            "referral.in-time-after-custody",
            "referral.in-time-after-interview",
            "referral.in-time-after-exposure",
            "decision.in-time",
            "feedback.in-time",
            "assessment.in-time",
            "conference.in-time",
            "lateness.recorded-in-time",
            "lateness.sent-in-time",
        ),
        ("timeliness.",),
    ),
    Lesson(
        "/completeness",
        "Completeness",
        "Does a referral say what social care needs, why it is made, and what the child says?",
        ("referral.complete-at-first", "referral.reason-clear", "referral.child-heard"),
        ("completeness.",),
    ),
    Lesson(
        "/cumulative-harm",
        "Cumulative harm",
        "Is it seen that a child has been harmed again and again, by whichever agency knows?",
        ("harm.cumulative-recognised",),
        ("cumulative_harm.",),
    ),
    Lesson(
        "/quality-assurance",
        "Quality assurance",
        "Did a supervisor look at each piece of work, was what was returned put right, and were"
        " those who did it trained?",
        (
            "oversight.reviewed-in-time",
            "audit.graded-good",
            "audit.graded-inadequate",
            "training.in-date",
        ),
        ("oversight.", "training."),
    ),
    Lesson(
        "/equity",
        "Equity",
        "Are children seen as children, and does what is done differ between groups of them?",
        (
            "equity.screened-for-exploitation",
            "equity.appropriate-adult-in-time",
            "equity.violence-safeguarding",
            "stage.referred",
            "stage.accepted",
            "stage.no-further-action",
            "stage.assessed",
            "stage.enquiry",
        ),
        ("equity.",),
    ),
)


NATIONAL: Final = "/timeliness"
"""The lesson that national figures are published of."""


class Asked(BaseModel):
    """As at when, and as it was believed when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Moment | None = Field(None, description="RFC 3339. Default: now.")
    known_at: Moment | None = Field(None, description="RFC 3339. Default: all that is known.")


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for lesson in LESSONS:
        routes.get(
            lesson.path,
            summary=f"{lesson.title}: its measures and what is owed",
            operation_id=f"page-{lesson.path[1:]}",
            response_class=HTMLResponse,
            responses=answers(422),
        )(_shown(lesson))
    return routes


def _shown(lesson: Lesson) -> Route:
    async def show(
        request: Request,
        desk: Annotated[Desk, Depends(desk_of)],
        visitor: Annotated[Visitor, Depends(visitor_of)],
        _: Annotated[None, Depends(each_once(Asked))],
        asked: Annotated[Asked, Query()],
    ) -> Response:
        now = clock.now()
        question = MeasureQuestion(as_of=asked.as_of, known_at=asked.known_at)
        found = await figures.all_of(desk, visitor.caller, lesson.measures, question, now)
        shown = [one for one in found if one is not None]
        open_now = await owed.now(desk, visitor.caller, asked.as_of or now, asked.known_at)
        return web_of(request).page(
            request,
            visitor,
            "lessons/one.html",
            title=lesson.title,
            breadcrumbs=[("Overview", "/"), (lesson.title, None)],
            lesson=lesson,
            others=[(one.title, one.path) for one in LESSONS if one is not lesson],
            as_of=asked.as_of or now,
            known_at=_known_at(shown, open_now),
            release=shown[0]["release"] if shown else None,
            why=shown[0]["suppression"]["why"] if shown else None,
            rows=[_row(one) for one in shown],
            charts=[
                pictures.drawn(one) for one in shown if any(m["denominator"] for m in one["months"])
            ],
            national=await national.beside(desk) if lesson.path == NATIONAL else None,
            owed=None if open_now is None else _owed(lesson, open_now, asked.as_of or now),
        )

    return show


def _known_at(shown: Sequence[Mapping[str, Any]], open_now: owed.Owed | None) -> datetime | None:
    if open_now is not None:
        return open_now.known_at
    return moment(shown[0]["known_at"]) if shown else None


def _row(found: Mapping[str, Any]) -> list[object]:
    """Say of a measure its last month, two years, and whether it changed since a year before."""
    measure, month = found["measure"], figures.last(found)
    target = found["spc"]["target"]
    said = figures.says(found)
    return [
        {"text": measure["title"], "href": f"/measures/{measure['id']}"},
        words.NONE if month is None else f"{words.month(month['month'])}: {figures.share(month)}",
        said.rsplit(". ", 1)[-1],
        figures.share(found["total"]),
        figures.count(found["total"]["missing"]),
        figures.count(found["total"]["not_judged"]),
        found["change"]["year_before"]["sentence"],
        "None" if target is None else words.percent(target, 0),
    ]


def _owed(lesson: Lesson, found: owed.Owed, as_of: datetime) -> list[list[object]]:
    """Return a row for each rule of a lesson: how many are open, each a link to their list."""
    rows: list[list[object]] = []
    for rule in RULES.values():
        if rule.name.startswith(lesson.rules):
            count = found.open.get(rule.name, 0)
            at = {"as_of": stamp(as_of), "known_at": stamp(found.known_at)}
            asked = {"rule": rule.name, "state": "open", "observed": "true", **at}
            list_ = asking("/gaps", asked)
            linked = {"text": count, "href": list_} if count else 0
            kind = "Query" if rule.kind == "query" else "Gap"
            rows.append([rule_name(rule.name), kind, linked])
    return rows
