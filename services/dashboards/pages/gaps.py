"""Which gaps may this person see, of now and of then, done and not done?

It is the list behind a number, of a fixed moment and as believed then; what is to be done next is
the queue's. Filters are codes and times in the address; what tells a child is in none.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field, StringConstraints

from services.dashboards import handlers
from services.dashboards.desk import Desk, desk_of
from services.dashboards.desks.queue import PATH as WORK
from services.dashboards.desks.words import LESSONS, rule_name
from services.dashboards.explanation_api import AsKnown, GapId
from services.dashboards.pages.form import Form
from services.dashboards.question import Filters, Question
from services.domain.moments import moment, stamp
from services.domain.rules.catalogue import CATALOGUE
from services.runtime import clock
from services.runtime.cursors import BadCursor
from services.runtime.questions import each_once, fault
from services.runtime.web import Visitor, answers, asking, pages_of, visitor_of, web_of, words

PATH: Final = "/gaps"
ROWS: Final = 25
STATES: Final = {"open": "Open", "upcoming": "Owed, not yet due", "closed": "Closed"}
KINDS: Final = {"gap": "Gap: the record shows it", "query": "Query: a person should look"}
_OBSERVED: Final = {"true": "Seen by a feed", "false": "No feed would say"}


class Asked(Form, Filters):
    """The filters of the page."""

    unit: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")] | None = Field(
        None, description="A code of the registry."
    )

    def address(self) -> dict[str, str]:
        """What was chosen, as it stands in an address."""
        return {
            name: stamp(value) if isinstance(value, datetime) else str(value)
            for name, value in self.stated().items()
        }


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH,
        summary="The gaps that the caller may see, to be looked at",
        operation_id="page-gaps",
        response_class=HTMLResponse,
        responses=answers(403, 422),
    )(gaps)
    routes.get(
        PATH + "/{gap_id}",
        summary="Where the page of a gap is",
        operation_id="page-gap",
        status_code=308,
        response_class=RedirectResponse,
    )(gap)
    return routes


async def gaps(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    visitor: Annotated[Visitor, Depends(visitor_of)],
    _: Annotated[None, Depends(each_once(Asked))],
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show a page of the list, with its filters."""
    question = Question(**asked.model_dump(exclude_none=True), limit=str(ROWS))
    try:
        found = await handlers.gaps(
            desk.readers, desk.registry, visitor.caller, question, clock.now()
        )
    except handlers.Forbidden:
        raise HTTPException(403) from None
    except BadCursor:
        raise RequestValidationError([fault("cursor", "cursor")]) from None
    chosen = asked.address()
    first = asking(PATH, chosen) if asked.cursor else None
    following = asking(PATH, chosen, cursor=found["next"]) if found["next"] else None
    return web_of(request).page(
        request,
        visitor,
        "gaps/list.html",
        title="What is owed",
        as_of=moment(found["as_of"]),
        known_at=moment(found["known_at"]),
        total=found["total"],
        fields=list(_fields(desk, asked)),
        hidden=[(name, chosen[name]) for name in _TIMES if name in chosen],
        chips=list(_chips(desk, chosen)),
        rows=[_row(item, desk) for item in found["items"]],
        pages=pages_of(first, following),
        json=asking("/api/v1/gaps", chosen),
    )


async def gap(gap_id: GapId, asked: Annotated[AsKnown, Query()]) -> Response:
    """Lead to the page of one gap, which stood here once."""
    known_at = None if asked.known_at is None else stamp(asked.known_at)
    return RedirectResponse(asking(f"{WORK}/{gap_id}", {"known_at": known_at}), 308)


_TIMES: Final = ("opens_from", "opens_before", "as_of", "known_at", "observed")


def _fields(desk: Desk, asked: Asked) -> Iterator[Mapping[str, object]]:
    rules = [(rule.name, rule_name(rule.name)) for rule in CATALOGUE]
    agencies = [(one.id, one.name) for one in desk.registry.agencies.values()]
    for name, label, choices in (
        ("rule", "Rule", rules),
        ("lesson", "Lesson", list(LESSONS.items())),
        ("state", "State", list(STATES.items())),
        ("kind", "Kind", list(KINDS.items())),
        ("agency", "Who owes it", agencies),
        ("unit", "Unit", list(desk.codes["unit"].items())),
    ):
        yield {"name": name, "label": label, "choices": choices, "value": getattr(asked, name)}


def _chips(desk: Desk, chosen: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Say in words what is chosen, each with the address without it."""
    for name, value in chosen.items():
        yield _in_words(desk, name, value), asking(PATH, chosen, **{name: None})


def _in_words(desk: Desk, name: str, value: str) -> str:
    match name:
        case "rule":
            return rule_name(value)
        case "agency":
            return desk.agency(value)
        case "opens_from" | "opens_before" | "as_of" | "known_at":
            return f"{_AT[name]} {words.moment(moment(value))}"
        case "unit":
            return desk.unit(value)
    listed = {"lesson": LESSONS, "state": STATES, "kind": KINDS, "observed": _OBSERVED}
    return listed[name][value]


_AT: Final = {
    "opens_from": "Opened from",
    "opens_before": "Opened before",
    "as_of": "As at",
    "known_at": "As known at",
}


def _row(item: Mapping[str, Any], desk: Desk) -> list[object]:
    opened, closed = item["opens_at"], item["closes_at"]
    return [
        {"text": rule_name(item["rule"]), "href": f"{WORK}/{item['gap_id']}"},
        item["why"],
        desk.owing(item["agency"], item["unit"]),
        words.timed(moment(opened)),
        STATES[item["state"]]
        if closed is None
        else f"{STATES[item['state']]} {words.moment(moment(closed))}",
    ]
