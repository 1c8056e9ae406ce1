"""How is it asked who looked at a child, and who did what?"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.exceptions import RequestValidationError
from msgspec import json
from pydantic import BaseModel, Field

from services.domain.moments import LONDON
from services.intake.accesses import Search
from services.intake.desk import AtDesk
from services.intake.minted import Minted
from services.intake.openapi import responses
from services.runtime.audit import Operation, Purpose
from services.runtime.callers import Asking

_Purpose = Annotated[Purpose, Query(description="Why it is asked; kept on record with who asked.")]
_Day = Annotated[
    str, Query(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD, of London.")
]
_Word = Annotated[str | None, Query(pattern=r"^[!-~]{1,200}$")]


class Access(BaseModel):
    """One look at a child."""

    at: datetime
    operation: Literal["consultation", "disclosure"]
    action: str = Field(examples=["gaps-read"])
    purpose: str
    subject: str | None = Field(description="Who; null where it was another agency.")
    agency: str | None = Field(description="null: another agency.")
    role: str
    row_count: int = Field(description="0: asked for, and nothing was shown.")


class AccessesOfChild(BaseModel):
    """The latest looks at a child."""

    child_ref: str
    accesses: list[Access] = Field(description="The 25 latest, latest first.")


class Entry(BaseModel):
    """One act on record; no child is named."""

    at: datetime
    operation: Operation
    action: str
    purpose: str
    subject: str
    agency: str
    role: str
    row_count: int
    recipient: str | None
    correlation: str = Field(description="The same in the request's log line.")


class Entries(BaseModel):
    """What was done on a day."""

    items: list[Entry] = Field(description="Latest first, up to 500.")
    more: bool = Field(description="There is more: narrow the question.")


def routes() -> APIRouter:
    """Return the routes that read the record."""
    router = APIRouter(prefix="/v1")
    router.get(
        "/children/{child_ref}/accesses",
        summary="Who has looked at a child",
        operation_id="child_accesses",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": AccessesOfChild, "description": "By what you may know."}},
            *(401, 403, 404, 422, 503),
        ),
    )(child_accesses)
    router.get(
        "/audit",
        summary="Who did what on a day",
        operation_id="audit_search",
        response_model=None,
        response_class=Response,
        responses=responses(
            {200: {"model": Entries, "description": "For administrators; names no child."}},
            *(401, 403, 422, 503),
        ),
    )(audit_search)
    return router


async def child_accesses(
    desk: AtDesk, caller: Asking, child_ref: Minted, purpose: _Purpose
) -> Response:
    """Return the latest looks at a child."""
    found = await desk.accesses.of_child(caller, child_ref, purpose)
    if found is None:
        raise HTTPException(404)
    return _json(found)


async def audit_search(  # noqa: PLR0913 - each a parameter of the question
    desk: AtDesk,
    caller: Asking,
    purpose: _Purpose,
    day: _Day,
    subject: _Word = None,
    agency: _Word = None,
    operation: Annotated[Operation | None, Query()] = None,
) -> Response:
    """Return what was done on a day."""
    since, before = _bounds(day)
    asked = Search(since, before, purpose, subject, agency, operation)
    return _json(await desk.accesses.search(caller, asked))


def _bounds(day: str) -> tuple[datetime, datetime]:
    """Return when a London day begins and ends. RequestValidationError if there is none such."""
    try:
        first = date.fromisoformat(day)
    except ValueError:
        raise RequestValidationError([{"loc": ("query", "day"), "type": "date"}]) from None
    begins = (datetime.combine(d, time(), tzinfo=LONDON) for d in (first, first + timedelta(1)))
    since, before = (at.astimezone(UTC) for at in begins)
    return since, before


def _json(content: object) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(json.encode(content), headers=headers, media_type="application/json")
