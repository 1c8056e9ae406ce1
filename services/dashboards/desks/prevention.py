"""Which prevention is offered for this need, at this age, here? For schools and other agencies."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.child import ROLES
from services.dashboards.desks.words import spoken
from services.runtime.web import answers, web_of, words
from services.runtime.web.links import asking as address
from services.runtime.web.links import chips

PATH: Final = "/agency/prevention"
_ENDS: Final = {"no-end": "No end is stated", "unknown": "Not known"}
SETTINGS: Final = ("school", "community", "home", "clinic", "online")
_Code = Annotated[str, Query(pattern=r"^[A-Za-z0-9-]{0,60}$")]


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        PATH,
        summary="Prevention by need",
        operation_id="page-prevention",
        response_class=HTMLResponse,
        responses=answers(403, 422),
    )(prevention)
    return routes


async def prevention(  # noqa: PLR0913 - what is asked
    request: Request,
    desk: AtDesk,
    visitor: By,
    need: _Code = "",
    age: Annotated[str, Query(pattern=r"^(1?\d)?$")] = "",
    area: _Code = "",
    setting: Annotated[str, Query(pattern=r"^(school|community|home|clinic|online)?$")] = "",
    page: Annotated[int, Query(ge=1, le=1_000)] = 1,
) -> Response:
    """Show what is offered."""
    visitor.require(*ROLES)
    asked = {"need": need, "age": age, "area": area, "setting": setting}
    stated = {name: value for name, value in asked.items() if value}
    found = await desk.behalf.read(
        visitor.caller, "/api/v1/prevention", service="directory", page=str(page), **stated
    )
    links: dict[str, Any] = {}
    if not found["first_page"]:
        links["previous"] = {"href": address(PATH, stated, page=page - 1)}
    if not found["last_page"]:
        links["next"] = {"href": address(PATH, stated, page=page + 1)}
    fields = [
        {"name": "need", "label": "Need", "value": need,
         "choices": list(desk.codes["need"].items())},
        {"name": "age", "label": "Age", "value": age,
         "choices": [(str(year), str(year)) for year in range(4, 19)]},
        {"name": "area", "label": "Area", "value": area,
         "choices": list(desk.codes["place"].items())},
        {"name": "setting", "label": "Where", "value": setting,
         "choices": [(one, spoken(one)) for one in SETTINGS]},
    ]  # fmt: skip
    return web_of(request).page(
        request,
        visitor,
        "desks/prevention.html",
        title="Prevention by need",
        items=[_item(one) for one in found["contents"]],
        total=found["total_items"],
        scale=found["scale"],
        fields=fields,
        chips=chips(PATH, fields, stated),
        pages=links,
    )  # fmt: skip


def _item(one: Mapping[str, Any]) -> dict[str, Any]:
    until = one["funded"]["until"]
    return {
        **one,
        "rated": spoken(one["rating"]["impact"]),
        "paid_until": _ENDS.get(until) or words.day(date.fromisoformat(until)),
    }
