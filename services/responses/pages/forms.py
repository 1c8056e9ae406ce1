"""How is a form read as a step, and shown again with what is wrong in it?"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile

from services.domain.moments import in_words, moment
from services.domain.responses.deadlines import said
from services.domain.responses.record import day_of
from services.domain.responses.writing import written
from services.responses.desk import READERS, WRITERS, AtDesk, Desk
from services.responses.question import Step
from services.runtime.csrf import FIELD
from services.runtime.web import Visitor, Wrong, visitor_of

STEP: Final[TypeAdapter[BaseModel]] = TypeAdapter(Step)
KINDS: Final = (
    ("recommendation", "Recommendation"),
    ("area-for-improvement", "Area for improvement"),
    ("lesson", "Lesson"),
    ("finding", "Finding"),
)
STATES: Final = {
    "open": "Being written",
    "submitted": "Waits to be signed off",
    "signed-off": "Signed off, not published",
    "published": "Published",
}
_SAID: Final = {
    "missing": "Fill this in",
    "string_too_short": "Fill this in",
    "string_too_long": "Say it in fewer words",
    "date_from_datetime_parsing": "Enter a day, such as 2026-03-27",
    "date_parsing": "Enter a day, such as 2026-03-27",
    "value_error": "Enter a day that is in sense",
    "datetime_from_date_parsing": "Enter a moment, such as 2026-03-27T09:00:00Z",
    "datetime_parsing": "Enter a moment, such as 2026-03-27T09:00:00Z",
    "timezone_aware": "Enter a moment, such as 2026-03-27T09:00:00Z",
    "too_short": "Fill this in",
}
_TEXTS: Final = frozenset({"text", "note"})
"""Fields that may be sent empty and mean something by it."""


async def looker(desk: AtDesk, visitor: Annotated[Visitor, Depends(visitor_of)]) -> Visitor:
    """Return who looks, if they may read drafts."""
    desk.require(visitor.caller, READERS)
    return visitor


async def editor(desk: AtDesk, visitor: Annotated[Visitor, Depends(visitor_of)]) -> Visitor:
    """Return who writes, if they may."""
    desk.require(visitor.caller, WRITERS)
    return visitor


Looker = Annotated[Visitor, Depends(looker)]
Editor = Annotated[Visitor, Depends(editor)]


async def sent_by(request: Request) -> FormData:
    """Return what was sent; the token is looked at before."""
    return await request.form()


def fields_of(form: FormData) -> dict[str, str]:
    """Return what was sent by name, as it is shown again."""
    return {
        name: value
        for name, value in form.items()
        if name != FIELD and not isinstance(value, UploadFile)
    }


def step_of(form: FormData) -> BaseModel:
    """Read a form as a step. ValidationError names every fault."""
    told: dict[str, Any] = {
        name: value
        for name, value in fields_of(form).items()
        if name not in {"form", "measures", "item_kind", "item_text", "item_lesson"}
        and (value.strip() or name in _TEXTS)
    }
    if told.get("kind") == "map-measures":
        told["measures"] = [one for one in form.getlist("measures") if isinstance(one, str)]
    if told.get("kind") == "amend":
        told |= _amendment(fields_of(form))
    return STEP.validate_python(told)


def _amendment(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return what is added to a report or changed of it; an empty deadline: none is stated."""
    if fields.get("form") == "item":
        return {"items": [item_of(fields)]}
    return {
        "title": fields.get("title", "").strip(),
        "published_on": fields.get("published_on", ""),
        "stated_deadline_on": fields.get("stated_deadline_on") or None,
    }


def item_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return an item of a report as a form states it."""
    return {
        "kind": fields.get("item_kind", ""),
        "text": fields.get("item_text", ""),
        "lesson": fields.get("item_lesson") or None,
    }


def wrong_of(error: ValidationError, form: str) -> list[Wrong]:
    """Say what is wrong, field by field, in words."""
    found: dict[str, str] = {}
    for fault in error.errors():
        name = _field(fault["loc"])
        found.setdefault(f"{form}-{name}", _SAID.get(fault["type"], "This is not as expected"))
    return [Wrong(field, message) for field, message in found.items()]


def _field(location: tuple[int | str, ...]) -> str:
    """Name the field of the form that a fault is in."""
    words = [str(part) for part in location if not isinstance(part, int)]
    if "items" in words:
        return f"item_{words[-1]}" if words[-1] in {"kind", "text", "lesson"} else "item_text"
    return words[-1] if words else ""


def helps(desk: Desk, visitor: Visitor) -> dict[str, Any]:
    """Return what every template here may call, and what its reader may do."""
    return {
        "iso_day": lambda day: said(day_of(day)) if day else "none",
        "said_moment": lambda stated: in_words(moment(stated)),
        "blocks": lambda text: written(text or ""),
        "states": STATES,
        "kinds": list(KINDS),
        "editor": visitor.role in WRITERS
        and visitor.caller.agency in desk.catalogue.bodies.agencies,
    }
