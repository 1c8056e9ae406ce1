"""Where does somebody who looks in begin?"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from services.runtime import clock
from services.runtime.web import Visitor, answers, visitor_of, web_of


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    routes.get(
        "/",
        summary="The overview",
        operation_id="page-overview",
        response_class=HTMLResponse,
        responses=answers(),
    )(overview)
    return routes


async def overview(request: Request, visitor: Annotated[Visitor, Depends(visitor_of)]) -> Response:
    """Show where to go."""
    return web_of(request).page(
        request, visitor, "overview.html", title="Overview", as_of=clock.now()
    )
