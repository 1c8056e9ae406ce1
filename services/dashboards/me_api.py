"""As whom is somebody known here? What pages need to greet a person, and to change anything."""

from datetime import datetime

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.dashboards.desk import AtDesk
from services.runtime.callers import Credentials
from services.runtime.refusals import refusal


class Me(BaseModel):
    """Who asks, as their token or their identity provider says it."""

    subject: str
    agency: str
    agency_name: str | None = Field(description="null: no such agency is registered.")
    role: str
    areas: list[str] | None = Field(description="null: all that the registry gives the agency.")
    csrf_token: str | None = Field(
        description="Goes as X-CSRF-Token with everything that is changed; null for a token."
    )
    ends_at: datetime | None = Field(description="When the session ends at the latest.")


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/api/v1/me",
        summary="As whom the caller is known",
        operation_id="me",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": Me, "description": "Who asks."},
            401: refusal("Nobody we know."),
            503: refusal("The database is away; try again."),
        },
    )(me)
    return routes


async def me(
    request: Request,
    desk: AtDesk,
    credentials: Credentials,
) -> Response:
    """Tell who asks."""
    if credentials is None:
        session = await desk.people.session(request)
        who, csrf, ends_at = session.caller, session.csrf, session.ends_at
    else:
        who, csrf, ends_at = desk.caller(credentials), None, None
    found = Me(
        subject=who.subject,
        agency=who.agency,
        agency_name=desk.registry.name_of(who.agency),
        role=who.role,
        areas=None if who.areas is None else list(who.areas),
        csrf_token=csrf,
        ends_at=ends_at,
    )
    content = msgspec.json.encode(found.model_dump(mode="json"))
    headers = {"Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type="application/json")
