"""What has happened to this child, what is owed, and, for who may and says why, who it is?"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final

from asyncpg import Record
from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards.desk import Desk
from services.dashboards.desks import telling
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.queue import require_sight
from services.dashboards.desks.words import due, event_name, rule_name, short, spoken
from services.dashboards.handlers import state_of
from services.dashboards.sight import Sight
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.explain import sentence
from services.domain.registry import Registry
from services.runtime import audit, beliefs, clock
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act
from services.runtime.histories import SEEN, histories
from services.runtime.web import answers, web_of

ACTION: Final = "child-read"
PURPOSE: Final = "oversight"
ROLES: Final = ("agency", "police-supervisor", "qa-reviewer")
ChildRef = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_GAPS: Final = """
SELECT * FROM ledger.seen_belief WHERE child_ref = $1 AND known_to IS NULL
ORDER BY opens_at, rule, gap_id
"""
_SHOWN: Final = (
    "involvement", "grade", "basis", "outcome", "decision", "urgency", "sent_to", "setting",
    "leads_to", "referral_source", "answer", "stage", "wanted", "station", "kind", "reason_code",
    "reason_for_closure", "means",
)  # fmt: skip
"""Facts that are codes, and tell something, in the order in which they are told."""
_LISTED: Final = ("harms", "indicators", "factors")


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/children/{child_ref}",
        summary="A child's chronology",
        operation_id="page-child",
        response_class=HTMLResponse,
        responses=answers(403, 404, 422),
    )(child)
    return routes


async def child(
    request: Request,
    desk: AtDesk,
    visitor: By,
    child_ref: ChildRef,
) -> Response:
    """Show a child's chronology, and what is owed."""
    sight = require_sight(desk, visitor.caller)
    now = clock.now()
    async with asking(desk.readers, visitor.caller) as connection:
        folded = await _folded(connection, child_ref, desk.registry)
        rows = await connection.fetch(_GAPS, child_ref)
        seen = [row for row in rows if sight.sees(row["agency"], row["visible_to"])]
        count = len(seen) + (0 if folded is None else len(folded.events))
        act = Act("consultation", ACTION, PURPOSE, count, children=[child_ref])
        await audit.write(connection, visitor.caller, act)
    if not count:
        raise HTTPException(404)
    told = [_gap(row, sight, desk.registry, now) for row in seen]
    return web_of(request).page(
        request,
        visitor,
        "desks/child.html",
        title=f"Child {short(child_ref)}",
        breadcrumbs=[("Queue", "/queue"), (f"Child {short(child_ref)}", None)],
        as_of=now,
        child_ref=child_ref,
        owed=[one for one in told if one["state"] == "open"],
        upcoming=[one for one in told if one["state"] == "upcoming"],
        closed=[one for one in told if one["state"] == "closed"],
        happened=_happened(folded, desk),
        without=_without(folded, desk.registry),
        facts=_of_the_child(folded),
    )


def digest(source: str, event_id: str) -> str:
    """Name an event in an address of a page: its own name is not to stand there."""
    return sha256(f"{source}|{event_id}".encode()).hexdigest()[:32]


async def _folded(connection: Connection, child_ref: str, registry: Registry) -> Folded | None:
    found = await histories(connection, [child_ref], registry, SEEN)
    return next(iter(found), None)


def _gap(row: Record, sight: Sight, registry: Registry, now: datetime) -> dict[str, Any]:
    gap = beliefs.from_row(row)
    return {
        "gap_id": gap.gap_id,
        "name": rule_name(gap.rule),
        "why": sentence(gap, sight.reader, sight.sees_all, registry),
        "state": state_of(gap, now),
        "due": due(gap.opens_at, now),
        "opens_at": gap.opens_at,
        "closes_at": gap.closes_at,
        "observed": gap.observed,
        "agency": registry.name_of(gap.agency) or gap.agency,
    }


def _happened(folded: Folded | None, desk: Desk) -> list[dict[str, Any]]:
    events: Iterable[Event] = () if folded is None else folded.events
    return [
        {
            "at": event.time,
            "day_only": event.day_only,
            "title": event_name(event.type),
            "by": desk.agency(event.agency),
            "unit": event.unit and desk.unit(event.unit),
            "lines": _facts(event, desk),
            "event": digest(event.source, event.id),
        }
        for event in events
    ]


def _facts(event: Event, desk: Desk) -> list[str]:
    """Tell what an event states in codes: of what it is, then one by one, then lists."""
    work = event.part("of").get("kind")
    of = {"of": work} if work else {}
    stated = {name: value for name in _SHOWN if _is_code(value := event.facts.get(name))}
    listed = {name: found for name in _LISTED if (found := event.stated(name))}
    return [
        f"{telling.term(name)}: {telling.told(desk, name, value)}"
        for name, value in {**of, **stated, **listed}.items()
    ]


def _is_code(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _without(folded: Folded | None, registry: Registry) -> list[dict[str, Any]]:
    """What has no effect, and why: taken back, or not its sender's to say."""
    found = () if folded is None else folded.without_effect
    return [
        {
            "at": event.time, "title": event_name(event.type),
            "by": registry.name_of(event.agency) or event.agency, "reason": spoken(reason.value),
        }
        for event, reason in found
    ]  # fmt: skip


def _of_the_child(folded: Folded | None) -> list[tuple[str, str]]:
    """Age and sex, as last stated; no more is known here."""
    found: dict[str, str] = {}
    for event in () if folded is None else folded.events:
        stated = event.part("child")
        if event.age is not None:
            found["Age"] = f"{event.age}, when last stated"
        if isinstance(stated.get("sex"), str):
            found["Sex"] = {"M": "Male", "F": "Female"}.get(stated["sex"], "Not known")
    return list(found.items())
