"""Who asks? Known by a bearer token or, where a service has pages, by the cookie of a session."""

from pathlib import Path
from typing import Annotated, Final

from asyncpg import Pool, Record
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.domain.registry import Registry
from services.runtime.auth import Caller, Unauthorised, Verifier
from services.runtime.sign_in import People

bearer: Final = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="ES256; says who asks."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


class Reception:
    """What the desk of every service has, `app.state.desk`: its database, and who is who."""

    pool: "Pool[Record]"
    readers: "Pool[Record]"
    """Where a service has one, it shows nothing until the transaction says who asks (`asking`)."""
    people: People | None = None

    def __init__(self, registry: Registry, jwks: Path | None) -> None:
        """Without `jwks`, the file of public keys, nobody is known by a token."""
        self.registry = registry
        self._verifier = None if jwks is None else Verifier(jwks)

    def caller(self, credentials: HTTPAuthorizationCredentials | None) -> Caller:
        """Return who asks by a token. Raises Unauthorised."""
        if credentials is None or self._verifier is None:
            raise Unauthorised("missing")
        return self._verifier.verify(credentials.credentials)


def pool_of(request: Request) -> "Pool[Record]":
    """Return the service's own pool."""
    desk: Reception = request.app.state.desk
    return desk.pool


async def caller_of(request: Request, credentials: Credentials) -> Caller:
    """Return who asks, by token or by cookie. Raises Unauthorised, answered 401."""
    desk: Reception = request.app.state.desk
    if credentials is None and desk.people is not None:
        return (await desk.people.session(request)).caller
    return desk.caller(credentials)


Asking = Annotated[Caller, Depends(caller_of)]
