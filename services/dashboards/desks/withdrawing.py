"""How does an agency take a referral back? It says why, checks what it says, and then sends it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks.agency import LONGEST, ROLES, Receipt
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.followed import LIST
from services.dashboards.desks.forms import chosen, fields, refused, written
from services.dashboards.desks.ours import PURPOSE, Ours, ours
from services.domain.events import RETRACTED, WITHDRAWN
from services.runtime import clock
from services.runtime.web import Visitor, Wrong, answers, web_of

PATH: Final = f"{LIST}/{{receipt}}/withdraw"
WAYS: Final = {
    "withdrawn": (
        "We ask for it no more",
        (
            "What social care owes on it ends. If nothing was decided yet, the child counts as not "
            "referred, and what was owed before it is owed again."
        ),
    ),
    "error": (
        "It was sent in error",
        (
            "About another child, or twice. It is then judged as if it had never been made; that "
            "it was sent, and taken back, stays on record."
        ),
    ),
}
_FORM: Final = {"way": "", "reason": "", "role": ""}


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH,
        summary="Take a referral back",
        operation_id="page-withdraw",
        response_class=HTMLResponse,
        responses=answers(403, 404, 422),
    )(ask)
    routes.post(
        PATH,
        summary="Check what is said of it, and take it back",
        operation_id="withdraw-referral",
        status_code=303,
        response_class=RedirectResponse,
        responses=answers(403, 404, 422),
    )(withdraw)
    return routes


async def ask(request: Request, desk: AtDesk, visitor: By, receipt: Receipt) -> Response:
    """Ask why it is taken back."""
    visitor.require(*ROLES)
    found = await ours(desk, visitor, receipt)
    return _page(request, desk, visitor, receipt, found, {"once": clock.new_ref()})


async def withdraw(request: Request, desk: AtDesk, visitor: By, receipt: Receipt) -> Response:
    """Show what was filled in to be checked; once it was, send it."""
    visitor.require(*ROLES)
    found = await ours(desk, visitor, receipt)
    said = await fields(request, *_FORM, "once", "go")
    if not _is_open(found):
        return RedirectResponse(f"{LIST}/{receipt}", 303)
    faults = [
        *chosen(said, "way", WAYS, "Choose why you take it back"),
        *written(said, "reason", LONGEST, "Say why"),
        *chosen(said, "role", desk.codes["role"], "Choose what you are"),
    ]
    if said["go"] == "change":
        return _page(request, desk, visitor, receipt, found, said)
    if faults or said["go"] != "send":
        return _page(
            request, desk, visitor, receipt, found, said, faults, 422 if faults else 200,
            checking=not faults,
        )  # fmt: skip
    return await _sent(request, desk, visitor, receipt, found, said)


async def _sent(  # noqa: PLR0913 - one form on its way
    request: Request,
    desk: Desk,
    visitor: Visitor,
    receipt: str,
    found: Ours,
    said: Mapping[str, str],
) -> Response:
    kind, data = await _event(desk, visitor, receipt, found, said)
    try:
        await desk.behalf.say(visitor.caller, kind, data, said["once"] or clock.new_ref())
    except Refused as error:
        faults = refused(error, "way")
        return _page(request, desk, visitor, receipt, found, said, faults, error.status)
    if kind == RETRACTED:  # it has no page any more
        return RedirectResponse(f"{LIST}?done=retracted", 303)
    return RedirectResponse(f"{LIST}/{receipt}?done=withdrawn", 303)


async def _event(
    desk: Desk, visitor: Visitor, receipt: str, found: Ours, said: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    """Return the event by which the referral ends, or by which it never was."""
    data = {
        "child": {"local_id": found.local_id},
        "reason": said["reason"],
        "practitioner": {"role": said["role"]},
    }
    if said["way"] == "withdrawn":
        return WITHDRAWN, {**data, "referral_ref": found.referral_ref}
    path = f"/v1/events/{receipt}/text"
    made = await desk.behalf.read(visitor.caller, path, purpose=PURPOSE)
    return RETRACTED, {**data, "retracts": {name: made[name] for name in ("source", "id")}}


def _is_open(found: Ours) -> bool:
    """Whether there is something to take back."""
    return found.state not in {"accepted", "withdrawn"}


def _page(  # noqa: PLR0913 - what the page is made of
    request: Request,
    desk: Desk,
    visitor: Visitor,
    receipt: str,
    found: Ours,
    said: Mapping[str, str],
    faults: Sequence[Wrong] = (),
    status: int = 200,
    *,
    checking: bool = False,
) -> Response:
    return web_of(request).page(
        request,
        visitor,
        "desks/withdraw.html",
        title="Check before you take it back" if checking else "Take a referral back",
        status=status,
        faults=faults,
        breadcrumbs=[
            (f"Referral {found.referral_ref}", f"{LIST}/{receipt}"), ("Take it back", None)
        ],
        receipt=receipt,
        ref=found.referral_ref,
        is_open=_is_open(found),
        ways=WAYS,
        roles=desk.codes["role"],
        said={**_FORM, **said},
        checking=checking,
    )  # fmt: skip
