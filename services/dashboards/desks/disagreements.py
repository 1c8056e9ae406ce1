"""Which decisions does somebody disagree with, how far has that come, and how long has it stood?"""

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.child import ROLES
from services.dashboards.desks.forms import chosen, fields, refused, shorter
from services.dashboards.desks.words import short, spoken
from services.domain.disagreements import ADVANCED, SETTLED
from services.domain.moments import moment
from services.runtime import clock
from services.runtime.web import Visitor, Wrong, answers, web_of, words

PATH: Final = "/disagreements"
LONGEST: Final = 5_000
MOST: Final = "10"
"""Disagreements on a page: each takes a child's whole history, and has two forms."""
OUTCOMES: Final[Mapping[str, tuple[str, str]]] = {
    "decision-changed": ("The decision was changed", ""),
    "decision-stands": ("The decision stands", ""),
    "agreed-otherwise": ("Something else was agreed", "Say what in the note."),
    "taken-back": ("The referrer takes it back", ""),
}
STATES: Final = {"open": "Open", "settled": "Settled", "any": "All"}


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH,
        summary="Disagreements about decisions on referrals",
        operation_id="page-disagreements",
        response_class=HTMLResponse,
        responses=answers(403, 422),
    )(disagreements)
    for verb, does in (("advance", advance), ("settle", settle)):
        routes.post(
            f"{PATH}/{verb}",
            summary=f"{verb.capitalize()} a disagreement",
            operation_id=f"{verb}-disagreement",
            status_code=303,
            response_class=RedirectResponse,
            responses=answers(403, 422),
        )(does)
    return routes


async def disagreements(  # noqa: PLR0913 - what is asked
    request: Request,
    desk: AtDesk,
    visitor: By,
    state: Annotated[Literal["open", "settled", "any"], Query()] = "open",
    after: Annotated[str, Query(pattern=r"^([01][0-9a-f]{32})?$")] = "",
    done: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show the disagreements that somebody is a party to, or reviews."""
    visitor.require(*ROLES)
    return await _shown(request, desk, visitor, state, after=after, done=done)


async def advance(
    request: Request,
    desk: AtDesk,
    visitor: By,
) -> Response:
    """Take a disagreement to its next stage."""
    visitor.require(*ROLES)
    said = await fields(request, "child_ref", "referral_ref", "stage", "note", "role", "once")
    if said["stage"] not in {"2", "3", "4"}:
        raise HTTPException(422)
    data = _about(said) | {"stage": int(said["stage"])}
    return await _said(request, desk, visitor, ADVANCED, data, said, [])


async def settle(
    request: Request,
    desk: AtDesk,
    visitor: By,
) -> Response:
    """Say how a disagreement was settled."""
    visitor.require(*ROLES)
    said = await fields(request, "child_ref", "referral_ref", "outcome", "note", "role", "once")
    faults = chosen(said, "outcome", OUTCOMES, "Choose how it was settled")
    data = _about(said) | {"outcome": said["outcome"]}
    return await _said(request, desk, visitor, SETTLED, data, said, faults)


async def _said(  # noqa: PLR0913 - one form on its way
    request: Request,
    desk: Desk,
    visitor: Visitor,
    kind: str,
    data: dict[str, Any],
    said: Mapping[str, str],
    faults: Sequence[Wrong],
) -> Response:
    faults = [
        *faults,
        *chosen(said, "role", desk.codes["role"], "Choose what you are"),
        *shorter(said, "note", LONGEST),
    ]
    status = 422
    if not faults:
        try:
            await desk.behalf.say(visitor.caller, kind, data, said["once"] or clock.new_ref())
        except Refused as error:
            if error.status == HTTPStatus.FORBIDDEN:  # no form of ours leads there
                raise HTTPException(403) from None
            faults, status = refused(error, "disagreements"), error.status
        else:
            return RedirectResponse(f"{PATH}?done={kind.split('.')[1]}", 303)
    return await _shown(request, desk, visitor, "open", faults=faults, status=status)


def _about(said: Mapping[str, str]) -> dict[str, Any]:
    note = {"note": said["note"]} if said["note"] else {}
    return {
        "child": {"child_ref": said["child_ref"]},
        "referral_ref": said["referral_ref"],
        "practitioner": {"role": said["role"]},
        **note,
    }


async def _shown(  # noqa: PLR0913 - what the page is made of
    request: Request,
    desk: Desk,
    visitor: Visitor,
    state: str,
    *,
    after: str = "",
    done: str = "",
    faults: Sequence[Wrong] = (),
    status: int = 200,
) -> Response:
    found = await desk.behalf.read(
        visitor.caller, "/v1/disagreements", state=state, limit=MOST, after=after or None
    )
    links: dict[str, Any] = {}
    if after:
        links["previous"] = {"href": f"{PATH}?state={state}", "text": "Back to the first page"}
    if found["next"]:
        links["next"] = {"href": f"{PATH}?state={state}&after={found['next']}"}
    return web_of(request).page(
        request,
        visitor,
        "desks/disagreements.html",
        title="Disagreements about decisions",
        status=status,
        faults=faults,
        as_of=moment(found["as_of"]),
        items=[_item(one, desk) for one in found["items"]],
        states=STATES,
        state=state,
        pages=links,
        outcomes=OUTCOMES,
        roles=desk.codes["role"],
        once=clock.new_ref(),
        done=done,
    )


def _item(one: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    def named(agency: str | None) -> str:
        return "Not known" if agency is None else desk.agency(agency)

    return {
        **one,
        "since": words.day(date.fromisoformat(one["policy"]["since"])),
        "child": short(one["child_ref"]),
        "sender": named(one["sender"]),
        "recipient": named(one["recipient"]),
        "wanted": spoken(one["wanted"]) if one["wanted"] else "Not said",
        "raised_at": moment(one["raised_at"]),
        "stage_at": moment(one["stage_at"]),
        "due_at": None if one["due_at"] is None else moment(one["due_at"]),
        "settled_at": None if one["settled_at"] is None else moment(one["settled_at"]),
        "outcome": None if one["outcome"] is None else OUTCOMES[one["outcome"]][0],
        "further": one["state"] == "open" and one["stage"] < one["stages"],
    }
