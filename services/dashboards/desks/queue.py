"""What is to be done next, by whom, and why is it here? And who is at work on it?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse

from services.dashboards.desk import Desk
from services.dashboards.desks import claims, queue_rows
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.claims import Claim
from services.dashboards.desks.queue_rows import MOST, Claimed, Queue, QueueAsked
from services.dashboards.desks.words import LESSONS, due, rule_name, short
from services.dashboards.sight import Sight, sight_of
from services.domain.explain import sentence
from services.domain.registry import Registry
from services.domain.rules.described import RULES
from services.runtime import audit, beliefs, clock
from services.runtime.asking import asking
from services.runtime.audit import Act
from services.runtime.auth import Caller
from services.runtime.cursors import BadCursor
from services.runtime.questions import fault
from services.runtime.web import answers, web_of
from services.runtime.web.links import asking as address
from services.runtime.web.links import chips

PURPOSE: Final = "oversight"
PATH: Final = "/queue"
_CLAIMS: Final = (("mine", "Mine"), ("free", "Nobody's"), ("claimed", "Somebody's"))
_STATES: Final = (("upcoming", "Still to come"), ("open", "Over its time"))
_KINDS: Final = (("gap", "Owed"), ("query", "Somebody should look"))


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH,
        summary="What is next to be breached",
        operation_id="page-queue",
        response_class=HTMLResponse,
        responses=answers(403, 422),
    )(queue)
    for verb, does in (("claim", claim), ("release", release)):
        routes.post(
            f"{PATH}/{{gap_id}}/{verb}",
            summary=f"{verb.capitalize()} a piece of work",
            operation_id=f"{verb}-work",
            status_code=303,
            response_class=RedirectResponse,
            responses=answers(403, 404, 422),
        )(does)
    return routes


async def queue(
    request: Request,
    desk: AtDesk,
    visitor: By,
    asked: Annotated[QueueAsked, Query()],
) -> Response:
    """Show the queue."""
    sight = require_sight(desk, visitor.caller)
    now = clock.now()
    try:
        after = asked.place()
    except BadCursor:
        raise RequestValidationError([fault("after", "cursor")]) from None
    as_of = now if after is None else after.as_of
    held = await claims.every(desk.pool, now)
    narrowed = _narrowed(asked, held, visitor.caller)
    async with asking(desk.readers, visitor.caller) as connection:
        streams = await queue_rows.owing(connection, asked, sight)
        whole = Queue(asked, sight, narrowed, streams, as_of)
        rows, following = await queue_rows.page(connection, whole, after)
        counted = await queue_rows.counts(connection, whole)
        await audit.write(connection, visitor.caller, _act(asked, rows, desk.registry))
    fields = _fields(asked, sight, desk)
    return web_of(request).page(
        request,
        visitor,
        "desks/queue.html",
        title="Queue" if sight.sees_all or visitor.role != "agency" else "What we owe",
        as_of=as_of,
        items=[_item(row, sight, held, visitor.caller, as_of, desk) for row in rows],
        fields=fields,
        chips=chips(PATH, fields, asked.stated),
        counted={part: _most(number) for part, number in counted.items()},
        pages=_pages(asked, following),
        asked=asked.stated,
    )


async def claim(
    desk: AtDesk,
    visitor: By,
    gap_id: UUID,
) -> Response:
    """Say that one is at work on something; where another is, their claim stands."""
    row = await require_work(desk, visitor.caller, gap_id)
    await claims.take(desk.pool, visitor.caller, gap_id, row["child_ref"], clock.now())
    return RedirectResponse(f"{PATH}/{gap_id}", 303)


async def release(
    desk: AtDesk,
    visitor: By,
    gap_id: UUID,
) -> Response:
    """Give back what one has claimed."""
    row = await require_work(desk, visitor.caller, gap_id)
    await claims.release(desk.pool, visitor.caller, gap_id, row["child_ref"])
    return RedirectResponse(PATH, 303)


def require_sight(desk: Desk, caller: Caller) -> Sight:
    """Return what a caller sees of gaps; 403 for who sees none."""
    sight = sight_of(caller, desk.registry)
    if sight is None:
        raise HTTPException(403)
    return sight


async def require_work(desk: Desk, caller: Caller, gap_id: UUID) -> Record:
    """Return a piece of work that the caller may act on; 403, 404."""
    sight = require_sight(desk, caller)
    async with asking(desk.readers, caller) as connection:
        row = await queue_rows.one(connection, gap_id, sight)
    if row is None:
        raise HTTPException(404)
    return row


def _narrowed(asked: QueueAsked, held: Mapping[UUID, Claim], caller: Caller) -> Claimed:
    """Say to which gaps the claim's filter narrows."""
    mine = [gap_id for gap_id, one in held.items() if one.is_of(caller)]
    return {
        "": None, "mine": (mine, True), "free": (list(held), False), "claimed": (list(held), True)
    }[asked.claim]  # fmt: skip


def _act(asked: QueueAsked, rows: Sequence[Record], registry: Registry) -> Act:
    known: dict[str, Collection[str]] = {
        "rule": RULES, "agency": registry.agencies, "lesson": list(LESSONS),
        "state": queue_rows.PARTS, "kind": ["gap", "query"],
        "claim": [code for code, _ in _CLAIMS],
    }  # fmt: skip
    children = {row["child_ref"] for row in rows}
    told = audit.coded(asked.stated, known)
    return Act("consultation", "queue-read", PURPOSE, len(rows), children=children, asked=told)


def _item(  # noqa: PLR0913 - what a row is told by
    row: Record,
    sight: Sight,
    held: Mapping[UUID, Claim],
    caller: Caller,
    as_of: datetime,
    desk: Desk,
) -> dict[str, Any]:
    gap = beliefs.from_row(row)
    claimed = held.get(row["gap_id"])
    return {
        "gap_id": gap.gap_id,
        "name": rule_name(gap.rule),
        "kind": gap.kind,
        "why": sentence(gap, sight.reader, sight.sees_all, desk.registry),
        "over": gap.opens_at <= as_of,
        "due": due(gap.opens_at, as_of),
        "opens_at": gap.opens_at,
        "agency": desk.owing(gap.agency, gap.unit),
        "child_ref": gap.child_ref,
        "child": short(gap.child_ref),
        "claim": claimed,
        "mine": claimed is not None and claimed.is_of(caller),
    }


def _fields(asked: QueueAsked, sight: Sight, desk: Desk) -> list[dict[str, Any]]:
    rules = sorted((name, rule_name(name)) for name in RULES)
    found: list[dict[str, Any]] = [
        {"name": "state", "label": "When", "choices": _STATES},
        {"name": "lesson", "label": "Lesson", "choices": list(LESSONS.items())},
        {"name": "rule", "label": "What is owed", "choices": rules},
        {"name": "kind", "label": "Kind", "choices": _KINDS},
        {"name": "claim", "label": "At work on it", "choices": _CLAIMS},
    ]
    if sight.sees_all:
        agencies = sorted((name, desk.agency(name)) for name in sight.owing)
        found.append({"name": "agency", "label": "Who owes it", "choices": agencies})
    found.append({"name": "unit", "label": "Unit", "choices": list(desk.codes["unit"].items())})
    return [{**field, "value": asked.stated.get(field["name"], "")} for field in found]


def _pages(asked: QueueAsked, following: str | None) -> dict[str, Any]:
    links: dict[str, Any] = {}
    if asked.after:
        links["previous"] = {"href": address(PATH, asked.stated), "text": "Back to the first page"}
    if following is not None:
        links["next"] = {"href": address(PATH, asked.stated, after=following)}
    return links


def _most(number: int) -> str:
    return f"more than {MOST:,}" if number > MOST else f"{number:,}"
