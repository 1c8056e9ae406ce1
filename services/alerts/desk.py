"""What does every route of alerts need: the database, who is who, the policy, and who asks?"""

from typing import Annotated

from asyncpg import Pool, Record
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.alerts.notices import Telling
from services.domain.registry import Registry
from services.runtime.auth import Caller, Unauthorised, Verifier

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="ES256; says who reads.")


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
