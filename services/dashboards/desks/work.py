"""One piece of work: why it is here, how that was worked out, and what somebody says of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import StringConstraints

from services.dashboards import explanation
from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks import claims, review_form
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.forms import chosen, fields, refused, written
from services.dashboards.desks.queue import PATH, require_sight, require_work
from services.dashboards.desks.review_form import ANSWERED, ANSWERS, LONGEST, OUTCOMES, Work
from services.dashboards.desks.words import LESSONS, due, event_name, rule_name, short
from services.dashboards.explanation_api import AsKnown
from services.dashboards.pages import plain
from services.domain import events as e
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.asking import asking
from services.runtime.auth import Caller
from services.runtime.web import Visitor, Wrong, answers, web_of, words

DONE: Final = {
    "review": "Your review is on record. What it closes goes from the queue within moments.",
    "answer": "Your answer is on record. It stands beside what is owed, and does not close it.",
}
_FORM: Final = dict.fromkeys(("outcome", "rationale", "answer", "reason", "role"), "") | {
    "which": "0"
}


class WorkAsked(AsKnown):
    """As it was believed when; and what has just been done."""

    done: Annotated[str, StringConstraints(max_length=20)] = ""


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        f"{PATH}/{{gap_id}}",
        summary="One piece of work, and how it came about",
        operation_id="page-work",
        response_class=HTMLResponse,
        responses=answers(403, 404, 422),
    )(work)
    for verb, does, says in (
        ("review", review, "Say what a review comes to"),
        ("answer", answer, "Answer what is owed"),
    ):
        routes.post(
            f"{PATH}/{{gap_id}}/{verb}",
            summary=says,
            operation_id=f"{verb}-work",
            status_code=303,
            response_class=RedirectResponse,
            responses=answers(403, 404, 422),
        )(does)
    return routes


async def work(
    request: Request,
    desk: AtDesk,
    visitor: By,
    gap_id: UUID,
    asked: Annotated[WorkAsked, Query()],
) -> Response:
    """Show one piece of work, or how it was believed to be."""
    require_sight(desk, visitor.caller)
    return await _shown(
        request, desk, visitor, gap_id, DONE.get(asked.done), known_at=asked.known_at
    )


async def review(
    request: Request,
    desk: AtDesk,
    visitor: By,
    gap_id: UUID,
) -> Response:
    """Take down a review, in the reviewer's own name."""
    row = await require_work(desk, visitor.caller, gap_id)
    if not review_form.may_review(visitor.caller, desk.registry):
        raise HTTPException(403)
    works = await _works(desk, visitor.caller, row)
    said = await fields(request, "outcome", "rationale", "role", "which", "once")
    if not said["which"].isdecimal() or int(said["which"]) >= len(works):
        raise HTTPException(422)
    faults = [
        *chosen(said, "outcome", OUTCOMES, "Choose what your review comes to"),
        *written(said, "rationale", LONGEST, "Say why"),
        *chosen(said, "role", desk.codes["role"], "Choose what you are"),
    ]
    data = review_form.reviewed(row["child_ref"], works[int(said["which"])], said)
    return await _said(request, desk, visitor, row, (e.REVIEWED, data, "review"), said, faults)


async def answer(
    request: Request,
    desk: AtDesk,
    visitor: By,
    gap_id: UUID,
) -> Response:
    """Take down how the agency that owes it answers."""
    row = await require_work(desk, visitor.caller, gap_id)
    if row["agency"] != visitor.caller.agency:
        raise HTTPException(403)
    said = await fields(request, "answer", "reason", "role", "once")
    faults = [
        *chosen(said, "answer", ANSWERS, "Choose how you answer"),
        *written(said, "reason", LONGEST, "Say why"),
        *chosen(said, "role", desk.codes["role"], "Choose what you are"),
    ]
    data = review_form.answered(row["child_ref"], str(gap_id), said)
    return await _said(request, desk, visitor, row, (ANSWERED, data, "answer"), said, faults)


async def _said(  # noqa: PLR0913 - one form on its way
    request: Request,
    desk: Desk,
    visitor: Visitor,
    row: Record,
    event: tuple[str, dict[str, Any], str],
    said: dict[str, str],
    faults: Sequence[Wrong],
) -> Response:
    """Send what was filled in, unless it is not right or another is at work on it."""
    kind, data, verb = event
    status = 422
    if not faults:
        faults = await _claimed(desk, visitor.caller, row["gap_id"], verb)
        status = 409
    if not faults:
        try:
            await desk.behalf.say(visitor.caller, kind, data, said["once"] or clock.new_ref())
        except Refused as error:
            faults, status = (
                refused(error, "outcome" if verb == "review" else "answer"),
                error.status,
            )
        else:
            await claims.end(desk.pool, visitor.caller, row["gap_id"])
            return RedirectResponse(f"{PATH}/{row['gap_id']}?done={verb}", 303)
    return await _shown(
        request, desk, visitor, row["gap_id"], None, faults=faults, said=said, status=status
    )


async def _claimed(desk: Desk, caller: Caller, gap_id: UUID, verb: str) -> list[Wrong]:
    held = (await claims.held(desk.pool, [gap_id], clock.now())).get(gap_id)
    if held is None or held.is_of(caller):
        return []
    field = "outcome" if verb == "review" else "answer"
    return [Wrong(field, f"{held.subject} is at work on this. Speak to them first.")]


async def _works(desk: Desk, caller: Caller, row: Record) -> list[Work]:
    async with asking(desk.readers, caller) as connection:
        return await review_form.works_of(connection, row)


async def _shown(  # noqa: PLR0913 - what the page is made of
    request: Request,
    desk: Desk,
    visitor: Visitor,
    gap_id: UUID,
    done: str | None,
    *,
    faults: Sequence[Wrong] = (),
    said: dict[str, str] | None = None,
    status: int = 200,
    known_at: datetime | None = None,
) -> Response:
    now = clock.now()
    found = await explanation.of_gap(desk, visitor.caller, gap_id, known_at, now)
    if found is None:
        raise HTTPException(404)
    gap = found["gap"]
    acting = await _acting(desk, visitor.caller, gap_id)
    held = (await claims.held(desk.pool, [gap_id], now)).get(gap_id)
    return web_of(request).page(
        request,
        visitor,
        "desks/work.html",
        title=rule_name(gap["rule"]),
        status=status,
        faults=faults,
        breadcrumbs=[("Queue", PATH), (rule_name(gap["rule"]), None)],
        as_of=now,
        known_at=moment(found["known_at"]),
        found=found,
        plain=plain,
        name_of=desk.registry.name_of,
        who=desk.owing(gap["agency"], gap["unit"]),
        gap=gap,
        child=short(gap["child_ref"]),
        due=_due(gap, now),
        lesson=LESSONS[gap["lesson"]],
        opens_at=moment(gap["opens_at"]),
        closes_at=None if gap["closes_at"] is None else moment(gap["closes_at"]),
        earlier=[(one["why"], moment(one["known_to"])) for one in found["earlier"]],
        evidence=[_evidence(one) for one in found["evidence"]],
        held=held,
        mine=held is not None and held.is_of(visitor.caller),
        outcomes=OUTCOMES,
        answer_choices=ANSWERS,
        roles=desk.codes["role"],
        said={**_FORM, **(said or {})},
        once=clock.new_ref(),
        which_of=[(str(place), one.ref) for place, one in enumerate(acting["works"])],
        done=done,
        overrules=review_form.overrules(gap["rule"]),
        **acting,
    )


async def _acting(desk: Desk, caller: Caller, gap_id: UUID) -> dict[str, Any]:
    """Say what this person may do with a piece of work; of what only concerns them nothing."""
    try:
        row = await require_work(desk, caller, gap_id)
    except HTTPException:
        return {"works": [], "answers_it": False, "acts": False}
    reviews = review_form.may_review(caller, desk.registry)
    works = await _works(desk, caller, row) if reviews else []
    return {"works": works, "answers_it": row["agency"] == caller.agency, "acts": True}


def _due(gap: dict[str, Any], now: datetime) -> str:
    if gap["state"] == "closed":
        return "Closed"
    return due(moment(gap["opens_at"]), now)


def _evidence(one: dict[str, Any]) -> str:
    at = () if one["time"] is None else (words.moment(moment(one["time"])),)
    return ", ".join((event_name(one["type"]), *at))
