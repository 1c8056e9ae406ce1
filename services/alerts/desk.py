"""What does every route of alerts need: the database, who is who, the policy, and who asks?"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from asyncpg import Pool, Record
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from services.alerts.answers import Problem
from services.alerts.notices import Telling
from services.domain.registry import Registry
from services.runtime import problems
from services.runtime.auth import Caller, Unauthorised, Verifier

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="ES256; says who reads.")
PROBLEM: Final[Mapping[str, Any]] = {"content": {problems.MEDIA_TYPE: {}}, "model": Problem}


class Desk:
    """The alerts, the registry, the policy, and who may ask; `mails`: whether any are sent."""

    pool: "Pool[Record]"
    readers: "Pool[Record]"
    """Shows nothing until the transaction says who asks (`asking`)."""

    def __init__(
        self, registry: Registry, telling: Telling, verifier: Verifier | None, *, mails: bool
    ) -> None:
        self.registry = registry
        self.telling = telling
        self.policy = telling.policy
        self.mails = mails
        self._verifier = verifier

    def caller(self, credentials: HTTPAuthorizationCredentials | None) -> Caller:
        """Return who asks. Raises Unauthorised."""
        if credentials is None or self._verifier is None:
            raise Unauthorised("missing")
        return self._verifier.verify(credentials.credentials)


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


def each_once(question: type[BaseModel]) -> Callable[[Request], None]:
    """Refuse a parameter of a question stated twice: either value would be a guess."""

    def check(request: Request) -> None:
        stated = [name for name, _ in request.query_params.multi_items()]
        names = {field.alias or name for name, field in question.model_fields.items()}
        twice = {name for name in names if stated.count(name) > 1}
        if twice:
            raise RequestValidationError([fault(name, "repeated") for name in sorted(twice)])

    return check


def fault(parameter: str, code: str) -> dict[str, object]:
    """Name what is wrong with a parameter, as FastAPI does."""
    return {"loc": ("query", parameter), "type": code}
