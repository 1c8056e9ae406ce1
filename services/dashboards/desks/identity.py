"""Who is this child, and what was said? For who may know, once they have said why."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards.desk import Desk
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.child import ROLES, ChildRef, digest
from services.dashboards.desks.telling import lines_of, term, told
from services.dashboards.desks.words import PURPOSES, event_name, short
from services.runtime.asking import asking
from services.runtime.web import Visitor, answers, web_of

_Purpose = Annotated[str, Query(max_length=40)]


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for path, summary, name, does in (
        ("/children/{child_ref}/identity", "Who a child is", "page-identity", identity),
        ("/children/{child_ref}/events/{event}", "What was said", "page-said", said),
    ):
        routes.get(
            path,
            summary=summary,
            operation_id=name,
            response_class=HTMLResponse,
            responses=answers(403, 404, 422),
        )(does)
    return routes


async def identity(
    request: Request,
    desk: AtDesk,
    visitor: By,
    child_ref: ChildRef,
    purpose: _Purpose = "",
) -> Response:
    """Ask why, and then show who a child is; intake decides, and keeps who asked."""
    visitor.require(*ROLES)
    found = None
    if purpose in PURPOSES:
        path = f"/v1/children/{child_ref}/identity"
        found = await desk.behalf.read(visitor.caller, path, purpose=purpose)
    return web_of(request).page(
        request,
        visitor,
        "desks/identity.html",
        title=f"Who child {short(child_ref)} is",
        breadcrumbs=[(f"Child {short(child_ref)}", f"/children/{child_ref}"), ("Who it is", None)],
        child_ref=child_ref,
        purposes=PURPOSES,
        purpose=purpose,
        records=[] if found is None else [_record(one, desk) for one in found["records"]],
        asked=found is not None,
    )


async def said(  # noqa: PLR0913 - what is asked
    request: Request,
    desk: AtDesk,
    visitor: By,
    child_ref: ChildRef,
    event: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")],
    purpose: _Purpose = "",
) -> Response:
    """Ask why, and then show what was said of one thing that happened."""
    visitor.require(*ROLES)
    found = None
    if purpose in PURPOSES:
        key = await key_of(desk, visitor, child_ref, event)
        path = f"/v1/children/{child_ref}/said"
        found = await desk.behalf.read(
            visitor.caller, path, source=key[0], id=key[1], purpose=purpose
        )
    name = "What was said" if found is None else event_name(found["type"])
    return web_of(request).page(
        request,
        visitor,
        "desks/said.html",
        title=name,
        breadcrumbs=[(f"Child {short(child_ref)}", f"/children/{child_ref}"), (name, None)],
        child_ref=child_ref,
        event=event,
        purposes=PURPOSES,
        purpose=purpose,
        lines=[] if found is None else lines_of(desk, found["data"]),
        asked=found is not None,
    )


async def key_of(desk: Desk, visitor: Visitor, child_ref: str, event: str) -> tuple[str, str]:
    """Return source and id of the event that an address names; 404 where it is not seen."""
    async with asking(desk.readers, visitor.caller) as connection:
        rows = await connection.fetch(
            "SELECT source, id FROM chronology.seen_history WHERE child_ref = $1", child_ref
        )
    for source, event_id in rows:
        if digest(source, event_id) == event:
            return source, event_id
    raise HTTPException(404)


def _record(one: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    stated: dict[str, list[str]] = {}
    for statement in one["statements"]:
        for name, value in statement.items():
            if (said := told(desk, name, value)) not in stated.setdefault(name, []):
                stated[name].append(said)
    rows = [(term(name), "; ".join(values)) for name, values in stated.items()]
    return {"agency": desk.agency(one["agency"]), "rows": rows}
