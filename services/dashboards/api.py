"""What do the dashboards serve?"""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from fastapi import Depends, FastAPI, Query, Response
from fastapi.exceptions import RequestValidationError

from services.dashboards import (
    context_api,
    desks,
    dip_api,
    explanation_api,
    figures_api,
    handlers,
    me_api,
    measures_api,
    onward_api,
    pages,
)
from services.dashboards.answers import GapPage
from services.dashboards.desk import AtDesk, Desk
from services.dashboards.desks import uploads
from services.dashboards.elsewhere import Elsewhere
from services.dashboards.question import Question
from services.dashboards.settings import Settings
from services.runtime import clock, problems
from services.runtime.callers import Asking, pool_of
from services.runtime.contracts import Contracts
from services.runtime.cursors import BadCursor
from services.runtime.questions import each_once, fault
from services.runtime.refusals import refusal
from services.runtime.sign_in import People
from services.runtime.web import Web

TEMPLATES: Final = Path(__file__).with_name("templates")


def create_app(settings: Settings, contracts: Contracts | None = None) -> FastAPI:
    """Return the application; the desk's pools must be set before it is asked anything."""
    app = FastAPI(
        title="Referral Watch dashboards",
        version="1.0.0",
        description="What was owed to a child and not done, for those who may see it.",
        docs_url=None,
        redoc_url=None,
    )
    people = People(settings, "dashboards", pool_of)
    known = contracts or Contracts.load(settings.schemas, settings.policy_pack)
    app.state.desk = desk = Desk(known, settings.jwks_file, people)
    app.state.elsewhere = Elsewhere(settings)
    web = Web(
        service="dashboards", settings=settings, people=people, desk=desk, templates=TEMPLATES
    )
    web.install(app)
    app.get(
        "/api/v1/gaps",
        summary="The gaps that the caller may see",
        operation_id="gaps",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": GapPage, "description": "One page, in order of opening."},
            401: refusal("Nobody we know."),
            403: refusal("This role sees no child's gaps."),
            422: refusal("Every fault of the parameters."),
            503: refusal("The ledger is away; try again."),
        },
    )(gaps)
    app.include_router(explanation_api.router())
    app.include_router(figures_api.router())
    app.include_router(measures_api.router())
    app.include_router(onward_api.router())
    app.include_router(context_api.router())
    app.include_router(dip_api.router())
    app.include_router(people.router())
    app.include_router(me_api.router())
    app.include_router(pages.router())
    app.include_router(desks.router())
    app.add_middleware(problems.BodyLimit, limit=_limit)
    return app


def _limit(path: str) -> int:
    """Return how many bytes a path may be sent: files of agencies are larger than forms."""
    return uploads.LARGEST if path == uploads.PATH else problems.ORDINARY_BODY


async def gaps(
    desk: AtDesk,
    caller: Asking,
    _: Annotated[None, Depends(each_once(Question))],
    asked: Annotated[Question, Query()],
) -> Response:
    """Return the gaps that the caller may see; filters narrow and never widen."""
    try:
        page = await handlers.gaps(desk.readers, desk.registry, caller, asked, clock.now())
    except BadCursor:
        raise RequestValidationError([fault("cursor", "cursor")]) from None
    return Response(msgspec.json.encode(page), media_type="application/json")
