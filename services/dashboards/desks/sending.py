"""How is a referral checked, warned of what is missing, and sent as it is?"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks import filled, steps
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.drafting import PATH, DraftId
from services.dashboards.desks.drafts import draft_of, fallback, said_of, title_of
from services.dashboards.desks.followed import LIST
from services.dashboards.desks.forms import refused
from services.domain.events import AMENDED, MADE
from services.domain.rules.completeness import REQUIRED, WORDS
from services.runtime import clock
from services.runtime.web import Visitor, Wrong, answers, web_of


def router() -> APIRouter:
    """Return the routes of this module; they stand before those of a step."""
    routes = APIRouter()
    routes.get(
        f"{PATH}/{{draft_id}}/check",
        summary="Check before sending",
        operation_id="page-check",
        response_class=HTMLResponse,
        responses=answers(403, 404, 422),
    )(check)
    routes.post(
        f"{PATH}/{{draft_id}}/send",
        summary="Send it",
        operation_id="send-draft",
        status_code=303,
        response_class=RedirectResponse,
        responses=answers(403, 404, 422),
    )(send)
    return routes


async def check(
    request: Request,
    desk: AtDesk,
    visitor: By,
    draft_id: DraftId,
) -> Response:
    """Show all that was written, and warn of what is missing."""
    draft = await draft_of(desk, visitor, draft_id)
    return _checking(request, desk, visitor, draft)


async def send(
    request: Request,
    desk: AtDesk,
    visitor: By,
    draft_id: DraftId,
) -> Response:
    """Send it as it is; the draft goes once it is kept for good."""
    try:
        draft = await draft_of(desk, visitor, draft_id)
    except HTTPException as error:
        if error.status_code != HTTPStatus.NOT_FOUND:
            raise
        return web_of(request).page(
            request, visitor, "desks/gone.html", title="This draft is gone", status=404
        )
    kind, data = _event(draft, desk)
    try:
        receipt = await desk.behalf.say(visitor.caller, kind, data, draft_id)
    except Refused as error:
        faults = refused(error, "send")
        return _checking(request, desk, visitor, draft, faults, error.status)
    with suppress(Refused):  # pressed twice: the draft has gone with the other
        await desk.behalf.ask(visitor.caller, "DELETE", f"/v1/drafts/{draft_id}")
    if draft["kind"] == "amendment":
        return RedirectResponse(f"{LIST}/{draft['content']['receipt']}?done=amended", 303)
    return RedirectResponse(f"{LIST}/{receipt}?done=sent" if receipt else LIST, 303)


def _event(draft: Mapping[str, Any], desk: Desk) -> tuple[str, dict[str, Any]]:
    """Return the event that a draft becomes: what was answered, and nothing made up."""
    content = draft["content"]
    said = filled.said_of(said_of(draft))
    role = said_of(draft).get("role") or "other"
    data = {**said, "child": content["child"], "practitioner": {"role": role}}
    if draft["kind"] == "amendment":
        return AMENDED, {**data, "referral_ref": content["referral_ref"]}
    child = {"local_id": fallback(draft["draft_id"]), **content["child"]}
    needed = {
        "sent_to": next(iter(desk.codes["area"])),
        "urgency": "standard",
        "harms": [],
        "route": "portal",
        "referral_ref": reference(draft["draft_id"]),
    }
    reason = {"why": "", **said.get("reason", {})}
    return MADE, {**needed, **data, "child": child, "reason": reason}


def reference(draft_id: str) -> str:
    """Return the number by which people will speak of a referral."""
    return f"RW-{draft_id[:4]}-{draft_id[4:8]}".upper()


def _checking(  # noqa: PLR0913 - what the page is made of
    request: Request,
    desk: Desk,
    visitor: Visitor,
    draft: Mapping[str, Any],
    faults: Sequence[Wrong] = (),
    status: int = 200,
) -> Response:
    said = said_of(draft)
    kind = draft["kind"]
    return web_of(request).page(
        request,
        visitor,
        "desks/check.html",
        title="Check before you send",
        status=status,
        faults=faults,
        breadcrumbs=[("Your agency", "/agency"), (title_of(draft), f"{PATH}/{draft['draft_id']}"),
                     ("Check", None)],
        draft_id=draft["draft_id"],
        shown=[(step, filled.shown(step, said, desk.codes)) for step in steps.steps_of(kind)],
        missing=_missing(draft, desk) if kind == "referral" else [],
        urgent=said.get("urgency") == "immediate",
        amendment=kind == "amendment",
    )  # fmt: skip


def _missing(draft: Mapping[str, Any], desk: Desk) -> list[tuple[str, str]]:
    """Say what would be found missing, by the policy of today."""
    now = clock.now()
    _, data = _event(draft, desk)
    features = desk.reader.features(data, now)
    words = desk.policy.number(WORDS, now).value
    return filled.missing(features, desk.policy.words(REQUIRED, now), words)
