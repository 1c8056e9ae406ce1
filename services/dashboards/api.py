"""What do the dashboards serve?"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from asyncpg import Pool, Record
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.dashboards import handlers
from services.dashboards.answers import GapPage, Problem
from services.dashboards.cursor import BadCursor
from services.dashboards.question import Question
from services.dashboards.settings import Settings
from services.runtime import clock, problems
from services.runtime.auth import Caller, Unauthorised, Verifier
from services.runtime.contracts import Contracts
from services.runtime.settings import Misconfigured

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="ES256; says who reads.")
_PROBLEM: Final[Mapping[str, Any]] = {"content": {problems.MEDIA_TYPE: {}}, "model": Problem}


class Desk:
    """What every route needs: the ledger, who is who, and who may ask."""

    pool: "Pool[Record]"

    def __init__(self, contracts: Contracts, verifier: Verifier | None) -> None:
        self.registry = contracts.registry
        self._verifier = verifier

    def caller(self, credentials: HTTPAuthorizationCredentials | None) -> Caller:
        """Return who asks. Raises Unauthorised."""
        if credentials is None or self._verifier is None:
            raise Unauthorised("missing")
        return self._verifier.verify(credentials.credentials)


def create_app(settings: Settings, contracts: Contracts | None = None) -> FastAPI:
    """Return the application; `app.state.desk.pool` must be set before it is asked anything."""
    app = FastAPI(
        title="Referral Watch dashboards",
        version="1.0.0",
        description="What was owed to a child and not done, for those who may see it.",
        docs_url=None,
        redoc_url=None,
    )
    verifier = None if settings.jwks_file is None else Verifier(settings.jwks_file)
    app.state.desk = Desk(contracts or Contracts.load(settings.schemas), verifier)
    app.get(
        "/api/v1/gaps",
        summary="The gaps that the caller may see",
        operation_id="gaps",
        response_model=None,
        response_class=Response,
        responses={
            200: {"model": GapPage, "description": "One page, in order of opening."},
            401: {**_PROBLEM, "description": "Nobody we know."},
            403: {**_PROBLEM, "description": "This role sees no child's gaps."},
            422: {**_PROBLEM, "description": "Every fault of the parameters."},
            503: {**_PROBLEM, "description": "The ledger is away; try again."},
        },
    )(gaps)
    return app


def require_jwks(settings: Settings) -> None:
    """Refuse to start without keys: nobody could be told from anybody."""
    if settings.jwks_file is None:
        raise Misconfigured("Cannot start, the environment is not right: RW_JWKS_FILE is missing")


def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


def caller_of(
    desk: Annotated[Desk, Depends(desk_of)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """Return who asks. Raises Unauthorised, answered 401."""
    return desk.caller(credentials)


def each_once(request: Request) -> None:
    """Refuse a parameter stated twice: either value would be a guess."""
    stated = [name for name, _ in request.query_params.multi_items()]
    twice = sorted({name for name in stated if stated.count(name) > 1} & set(Question.model_fields))
    if twice:
        raise RequestValidationError([_fault(name, "repeated") for name in twice])


async def gaps(
    desk: Annotated[Desk, Depends(desk_of)],
    caller: Annotated[Caller, Depends(caller_of)],
    _: Annotated[None, Depends(each_once)],
    asked: Annotated[Question, Query()],
) -> Response:
    """Return the gaps that the caller may see; filters narrow and never widen."""
    try:
        page = await handlers.gaps(desk.pool, desk.registry, caller, asked, clock.now())
    except handlers.Forbidden:
        raise HTTPException(403) from None
    except BadCursor:
        raise RequestValidationError([_fault("cursor", "cursor")]) from None
    return Response(msgspec.json.encode(page), media_type="application/json")


def _fault(parameter: str, code: str) -> dict[str, object]:
    return {"loc": ("query", parameter), "type": code}
