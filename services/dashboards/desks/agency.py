"""What has an agency sent and received, what became of each, and what is still owed of it?"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.followed import LIST, clock_told, gap, row, steps
from services.dashboards.desks.forms import chosen, fields, refused, written
from services.dashboards.desks.words import RECEIVED_STATES, STATES, short, spoken
from services.domain.disagreements import RAISED
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.web import Visitor, Wrong, answers, web_of

ROLES: Final = ("agency", "police-supervisor")
LONGEST: Final = 5_000
Party = Annotated[Literal["sender", "recipient"], Query(alias="as")]
Receipt = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
WANTED: Final[Mapping[str, str]] = {
    code: spoken(code)
    for code in (
        "immediate-protection", "strategy-discussion", "section-47", "section-17", "early-help",
    )
}  # fmt: skip
DONE: Final = {
    "sent": "The referral is sent.",
    "amended": "The amendment is sent. It is shown here within moments.",
    "withdrawn": "The withdrawal is sent. It is shown here within moments.",
    "retracted": "That it was sent in error is on record. It goes from this list within moments.",
    "raised": "Your disagreement is on record. It is shown here within moments.",
}


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for path, summary, name, does, refusals in (
        ("/agency", "Where an agency begins", "page-agency", agency, (403,)),
        (LIST, "An agency's referrals", "page-referrals", referrals, (403, 422)),
        (f"{LIST}/{{receipt}}", "What became of a referral", "page-referral", referral,
         (403, 404, 422)),
        (f"{LIST}/{{receipt}}/disagree", "Disagree with a decision", "page-disagree", disagree,
         (403, 404, 422)),
    ):  # fmt: skip
        routes.get(
            path,
            summary=summary,
            operation_id=name,
            response_class=HTMLResponse,
            responses=answers(*refusals),
        )(does)
    routes.post(
        f"{LIST}/{{receipt}}/disagree",
        summary="Raise a disagreement",
        operation_id="raise-disagreement",
        status_code=303,
        response_class=RedirectResponse,
        responses=answers(403, 404, 422),
    )(raise_disagreement)
    return routes


async def agency(
    request: Request,
    desk: AtDesk,
    visitor: By,
) -> Response:
    """Show where to go, and what was begun and not sent."""
    visitor.require(*ROLES)
    found = await desk.behalf.read(visitor.caller, "/v1/drafts")
    return web_of(request).page(
        request,
        visitor,
        "desks/agency.html",
        title=desk.registry.name_of(visitor.caller.agency) or "Your agency",
        drafts=[
            {**one, "saved_at": moment(one["saved_at"]), "ends_at": moment(one["ends_at"])}
            for one in found["items"]
        ],
    )


async def referrals(  # noqa: PLR0913 - what is asked
    request: Request,
    desk: AtDesk,
    visitor: By,
    as_what: Party = "sender",
    after: Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$")] = "",
    done: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show an agency's referrals, the last first."""
    visitor.require(*ROLES)
    asked = {"as": as_what, "limit": "25", **({"after": after} if after else {})}
    found = await desk.behalf.read(visitor.caller, "/v1/referrals", **asked)
    links: dict[str, Any] = {}
    if after:
        links["previous"] = {"href": f"{LIST}?as={as_what}", "text": "Back to the first page"}
    if found["next"]:
        links["next"] = {"href": f"{LIST}?as={as_what}&after={found['next']}"}
    return web_of(request).page(
        request,
        visitor,
        "desks/referrals.html",
        title="Referrals that we sent" if as_what == "sender" else "Referrals that we received",
        as_of=moment(found["as_of"]),
        rows=[row(one) for one in found["items"]],
        as_what=as_what,
        pages=links,
        done=DONE.get(done),
    )


async def referral(  # noqa: PLR0913 - what is asked
    request: Request,
    desk: AtDesk,
    visitor: By,
    receipt: Receipt,
    as_what: Party = "sender",
    done: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show what became of one referral."""
    listed, found = await _followed(desk, visitor, receipt, as_what)
    states = STATES if as_what == "sender" else RECEIVED_STATES
    return web_of(request).page(
        request,
        visitor,
        "desks/referral.html",
        title=f"Referral {listed['referral_ref']}",
        breadcrumbs=[("Referrals", f"{LIST}?as={as_what}"), (listed["referral_ref"], None)],
        as_of=clock.now(),
        ref=listed["referral_ref"],
        receipt=receipt,
        as_what=as_what,
        child_ref=found.get("child_ref"),
        child=short(found.get("child_ref") or ""),
        state=states[found["state"]],
        steps=steps(found, desk),
        clocks=[clock_told(one, desk) for one in found.get("clocks", ())],
        gaps=[gap(one, desk) for one in found.get("gaps", ())],
        disagreement=found.get("disagreement"),
        disputable=as_what == "sender" and _disputable(found),
        changeable=as_what == "sender" and found["state"] not in {"accepted", "withdrawn"},
        done=DONE.get(done),
        sent=done == "sent",
    )


async def disagree(
    request: Request,
    desk: AtDesk,
    visitor: By,
    receipt: Receipt,
) -> Response:
    """Ask why somebody disagrees with a decision."""
    listed, found = await _followed(desk, visitor, receipt, "sender")
    return _disagreeing(request, desk, visitor, receipt, listed, found)


async def raise_disagreement(
    request: Request,
    desk: AtDesk,
    visitor: By,
    receipt: Receipt,
) -> Response:
    """Take down that somebody disagrees with a decision."""
    listed, found = await _followed(desk, visitor, receipt, "sender")
    said = await fields(request, "wanted", "reason", "role", "once")
    faults = [
        *chosen(said, "wanted", ["", *WANTED], "Choose from the list"),
        *written(said, "reason", LONGEST, "Say why you disagree"),
        *chosen(said, "role", desk.codes["role"], "Choose what you are"),
    ]
    status = 422
    if not _disputable(found):
        return RedirectResponse(f"{LIST}/{receipt}/disagree", 303)
    if not faults:
        data = {
            "child": {"child_ref": found["child_ref"]},
            "referral_ref": listed["referral_ref"],
            "reason": said["reason"],
            "practitioner": {"role": said["role"]},
            **({"wanted": said["wanted"]} if said["wanted"] else {}),
        }
        try:
            await desk.behalf.say(visitor.caller, RAISED, data, said["once"] or clock.new_ref())
        except Refused as error:
            faults, status = refused(error, "reason"), error.status
        else:
            return RedirectResponse(f"{LIST}/{receipt}?done=raised", 303)
    return _disagreeing(request, desk, visitor, receipt, listed, found, faults, said, status)


def _disagreeing(  # noqa: PLR0913 - what the page is made of
    request: Request,
    desk: Desk,
    visitor: Visitor,
    receipt: str,
    listed: Mapping[str, Any],
    found: Mapping[str, Any],
    faults: Sequence[Wrong] = (),
    said: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    decision = found.get("decision")
    return web_of(request).page(
        request,
        visitor,
        "desks/disagree.html",
        title="Disagree with a decision",
        status=status,
        faults=faults,
        breadcrumbs=[
            (f"Referral {listed['referral_ref']}", f"{LIST}/{receipt}"), ("Disagree", None)
        ],
        receipt=receipt,
        decision=None if decision is None else spoken(decision["decision"]),
        disputable=_disputable(found),
        wanted=WANTED,
        roles=desk.codes["role"],
        said={"wanted": "", "reason": "", "role": "", **(said or {})},
        once=clock.new_ref(),
    )  # fmt: skip


async def _followed(
    desk: Desk, visitor: Visitor, receipt: str, as_what: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a referral as it is listed, and all that became of it; 403, 404."""
    visitor.require(*ROLES)
    asked = {"as": as_what, "receipt": receipt}
    items = (await desk.behalf.read(visitor.caller, "/v1/referrals", **asked))["items"]
    if not items:
        raise HTTPException(404)
    path = f"/v1/referrals/{quote(items[0]['referral_ref'], safe='')}"
    return items[0], await desk.behalf.read(visitor.caller, path, receipt=receipt)


def _disputable(found: Mapping[str, Any]) -> bool:
    """Whether something was decided that nobody disputes yet."""
    standing = found.get("disagreement")
    return found.get("decision") is not None and (
        standing is None or standing["state"] == "settled"
    )
