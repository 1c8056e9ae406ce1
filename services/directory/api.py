"""What does the directory serve?"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response

from services.directory import answers, handlers, imports_api, onward_api, store
from services.directory.desk import AtDesk, Desk
from services.directory.question import OrukAsked, PreventionAsked, ServicesAsked
from services.directory.settings import Settings
from services.directory.store import Held
from services.domain import oruk
from services.runtime import clock
from services.runtime.callers import Asking
from services.runtime.contracts import Contracts
from services.runtime.questions import each_once
from services.runtime.refusals import refusal

PROFILE = "https://docs.openreferraluk.org/"


def create_app(settings: Settings, contracts: Contracts | None = None) -> FastAPI:
    """Return the application; `app.state.desk.pool` must be set before it is asked anything."""
    app = FastAPI(
        title="Referral Watch directory",
        version="1.0.0",
        description="Who helps which children where, until when, and what became of who was sent.",
        docs_url=None,
        redoc_url=None,
    )
    known = contracts or Contracts.load(settings.schemas, settings.policy_pack)
    app.state.desk = Desk(known, settings.jwks_file)
    app.include_router(router())
    app.include_router(onward_api.router())
    imports_api.install(app)
    return app


def router() -> APIRouter:
    """Return the routes of who looks for a service; every persona may."""
    routes = APIRouter()
    paged = "One page, by name."
    routes.get("/api/v1/services", **_says("services", answers.ServicePage, paged))(services)
    routes.get(
        "/api/v1/services/{service_id}",
        **_says("service", answers.ServiceWithHistory, "As it is held now.", absent=True),
    )(service)
    routes.get("/api/v1/prevention", **_says("prevention", answers.PreventionPage, paged))(
        prevention
    )
    routes.get(
        "/api/v1/provision",
        **_says("provision", answers.Provision, "What ends soon, and where nothing is."),
    )(provision)
    routes.get("/", **_says("oruk", answers.OrukAbout, "Which HSDS this is."))(about)
    routes.get("/services", **_says("orukServices", answers.OrukPage, paged))(oruk_services)
    routes.get(
        "/services/{service_id}",
        **_says("orukService", answers.OrukService, "One service, whole.", absent=True),
    )(oruk_service)
    return routes


def _says(name: str, model: type, words: str, *, absent: bool = False) -> dict[str, Any]:
    found: dict[int | str, dict[str, Any]] = {
        200: {"model": model, "description": words},
        401: refusal("Nobody we know."),
        422: refusal("Every fault of the parameters."),
        503: refusal("The database is away; try again."),
    }
    if absent:
        found[404] = refusal("There is no such service.")
    return {
        "operation_id": name,
        "response_model": None,
        "response_class": Response,
        "responses": found,
    }


async def services(
    desk: AtDesk,
    _: Asking,
    __: Annotated[None, Depends(each_once(ServicesAsked))],
    asked: Annotated[ServicesAsked, Query()],
) -> Response:
    """Find services by need, kind, age, area, sex, provider; open to referrals or not."""
    return _json(handlers.services(await desk.held(), desk.catalogue, asked, clock.now()))


async def service(desk: AtDesk, _: Asking, service_id: UUID) -> Response:
    """Return one service as it is held now, and when it changed."""
    held = await _one(desk, service_id)
    versions = await store.versions(desk.pool, str(service_id))
    shown = handlers.item(held, desk.catalogue, clock.now())
    return _json({**shown, "versions": [dict(version) for version in versions]})


async def prevention(
    desk: AtDesk,
    _: Asking,
    __: Annotated[None, Depends(each_once(PreventionAsked))],
    asked: Annotated[PreventionAsked, Query()],
) -> Response:
    """Find offers of prevention, with how their way of working is rated and until when."""
    return _json(handlers.prevention(await desk.held(), desk.catalogue, asked, clock.now()))


async def provision(desk: AtDesk, _: Asking) -> Response:
    """Say whose funding ends soon, and which need has no open offer in which area."""
    return _json(handlers.provided(await desk.held(), desk.catalogue, clock.now()))


async def about(request: Request, _: Asking) -> Response:
    """Say which version of Open Referral UK is served."""
    openapi = f"{request.url.scheme}://{request.url.netloc}/openapi.json"
    return _json({"version": oruk.VERSION, "profile": PROFILE, "openapi_url": openapi})


async def oruk_services(
    desk: AtDesk,
    _: Asking,
    __: Annotated[None, Depends(each_once(OrukAsked))],
    asked: Annotated[OrukAsked, Query()],
) -> Response:
    """List services in the form of Open Referral UK."""
    return _json(handlers.oruk_services(await desk.held(), asked))


async def oruk_service(desk: AtDesk, _: Asking, service_id: UUID) -> Response:
    """Return one service in the form of Open Referral UK."""
    return _json(handlers.oruk_service(await _one(desk, service_id), desk.catalogue))


async def _one(desk: Desk, service_id: UUID) -> Held:
    held = (await desk.held()).get(str(service_id))
    if held is None:
        raise HTTPException(404)
    return held


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
