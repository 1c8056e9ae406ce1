"""A referral of the sample is read again: as it was sent, and blind where another has read it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from msgspec import json

from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.child import digest
from services.dashboards.desks.dip import (
    PATH,
    READ,
    Month,
    Seed,
    drawn,
    place,
    readings,
)
from services.dashboards.desks.forms import fields, refused
from services.dashboards.desks.telling import lines_of
from services.dashboards.desks.words import spoken
from services.domain import events as e
from services.domain.events import Event, Key
from services.domain.grades import GRADED, GRADES
from services.runtime import clock
from services.runtime.asking import asking
from services.runtime.web import Visitor, Wrong, answers, web_of, words

PURPOSE: Final = "quality-assurance"
ROLE: Final = "auditor"
OWN: Final = "own-reading"
"""Intake's word for a second reading by who has read first."""
GRADE_WORDS: Final = {grade: (spoken(grade), "") for grade in GRADES}


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    path = f"{PATH}/{{month}}/read/{{reading}}"
    routes.get(
        path,
        summary="Read a referral again",
        operation_id="page-reading",
        response_class=HTMLResponse,
        responses=answers(403, 404, 422),
    )(read)
    routes.post(
        path,
        summary="Keep a reader's grades",
        operation_id="keep-grades",
        status_code=303,
        response_class=RedirectResponse,
        responses=answers(403, 404, 422),
    )(grade)
    return routes


async def read(  # noqa: PLR0913 - what is asked
    request: Request,
    desk: AtDesk,
    visitor: By,
    month: Month,
    reading: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")],
    seed: Seed,
) -> Response:
    """Show a referral as it was sent, and nothing of what another reader thought of it."""
    return await _reading(request, desk, visitor, month, reading, seed)


async def grade(  # noqa: PLR0913 - what is asked
    request: Request,
    desk: AtDesk,
    visitor: By,
    month: Month,
    reading: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")],
    seed: Seed,
) -> Response:
    """Keep the grades that a reader gives; blind where another has read it before."""
    item = await _item(desk, visitor, month, reading, seed)
    dimensions = desk.codes["audit-dimension"]
    said = await fields(request, *dimensions, "once")
    given = {name: said[name] for name in dimensions if said[name] in GRADES}
    if not given:
        first = next(iter(dimensions))
        faults = [Wrong(first, "Give a grade for what you can judge")]
        return await _reading(request, desk, visitor, month, reading, seed, faults, 422)
    before = await readings(desk, visitor, {"items": [item]})
    data = {
        "child": {"child_ref": item["child_ref"]},
        "referral_ref": item["referral_ref"],
        "blind": bool(before.get(place(item))),
        "grades": given,
        "practitioner": {"role": ROLE},
    }
    try:
        await desk.behalf.say(visitor.caller, GRADED, data, said["once"] or clock.new_ref())
    except Refused as error:
        if error.code == OWN:
            return RedirectResponse(f"{PATH}/{month}?seed={seed}&done=own", 303)
        faults = refused(error, next(iter(dimensions)))
        status = error.status
        return await _reading(request, desk, visitor, month, reading, seed, faults, status)
    return RedirectResponse(f"{PATH}/{month}?seed={seed}&done=read", 303)


async def _item(
    desk: Desk, visitor: Visitor, month: str, reading: str, seed: str
) -> dict[str, Any]:
    found = await drawn(desk, visitor, month, seed)
    for one in found["items"]:
        if digest(*place(one)) == reading:
            item: dict[str, Any] = one
            return item
    raise HTTPException(404)


async def _reading(  # noqa: PLR0913 - what the page is made of
    request: Request,
    desk: Desk,
    visitor: Visitor,
    month: str,
    reading: str,
    seed: str,
    faults: Sequence[Wrong] = (),
    status: int = 200,
) -> Response:
    item = await _item(desk, visitor, month, reading, seed)
    said = [
        (event.type, event.time, await _text(desk, visitor, item["child_ref"], event.key))
        for event in await _said(desk, visitor, item)
    ]
    return web_of(request).page(
        request,
        visitor,
        "desks/reading.html",
        title=f"Read referral {item['referral_ref']}",
        status=status,
        faults=faults,
        breadcrumbs=[("Dip samples", PATH), (words.month(month), f"{PATH}/{month}?seed={seed}"),
                     (item["referral_ref"], None)],
        item=item,
        agency=desk.agency(item["agency"]),
        said=[("Made" if kind == e.MADE else "Amended", at, lines) for kind, at, lines in said],
        dimensions=desk.codes["audit-dimension"],
        grades=GRADE_WORDS,
        action=f"{PATH}/{month}/read/{reading}?seed={seed}",
        once=clock.new_ref(),
    )  # fmt: skip


async def _said(desk: Desk, visitor: Visitor, item: Mapping[str, Any]) -> list[Event]:
    """Return the events by which the referral was made and amended, in order."""
    async with asking(desk.readers, visitor.caller) as connection:
        rows = await connection.fetch(READ, [item["child_ref"]], [e.MADE, e.AMENDED])
    events = [Event.from_wire(json.decode(row["body"])) for row in rows]
    return [event for event in events if event.ref("referral_ref") == item["referral_ref"]]


async def _text(desk: Desk, visitor: Visitor, child_ref: str, key: Key) -> list[tuple[str, str]]:
    path = f"/v1/children/{child_ref}/said"
    found = await desk.behalf.read(visitor.caller, path, source=key[0], id=key[1], purpose=PURPOSE)
    return lines_of(desk, found["data"])
