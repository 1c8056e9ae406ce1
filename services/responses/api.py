"""What do the responses serve?"""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from services.responses import (
    findings_api,
    inspections_api,
    pages,
    promises_api,
    published_api,
    responses_api,
)
from services.responses.desk import Desk
from services.responses.measures import Measures
from services.responses.settings import Settings
from services.runtime.callers import pool_of
from services.runtime.contracts import Contracts
from services.runtime.sign_in import People
from services.runtime.web import Web

TEMPLATES: Final = Path(__file__).with_name("templates")


def create_app(
    settings: Settings, contracts: Contracts | None = None, measures: Measures | None = None
) -> FastAPI:
    """Return the application; `app.state.desk.pool` must be set before it is asked anything."""
    app = FastAPI(
        title="Referral Watch responses",
        version="1.0.0",
        description="What a local policing body publishes about inspections: by when, on which "
        "figures, and which of its promises it has kept.",
        docs_url=None,
        redoc_url=None,
    )
    known = contracts or Contracts.load(settings.schemas, settings.policy_pack)
    people = People(settings, "responses", pool_of)
    desk = Desk(known, settings.jwks_file, people, measures or Measures(settings))
    app.state.desk = desk
    web = Web(service="responses", settings=settings, people=people, desk=desk, templates=TEMPLATES)
    web.install(app)
    for module in (inspections_api, responses_api, promises_api, findings_api, published_api):
        app.include_router(module.router())
    app.include_router(people.router())
    app.include_router(pages.router())
    inspections_api.bound(app)
    return app
