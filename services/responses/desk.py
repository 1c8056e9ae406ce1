"""What does every route of the responses need: what is data, the store, figures, and who asks?"""

from typing import Annotated, Final

from asyncpg import Pool, Record
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.responses.catalogue import Catalogue
from services.responses.measures import Measures
from services.runtime.auth import Caller, Unauthorised, Verifier
from services.runtime.contracts import Contracts
from services.runtime.sign_in import People

WRITERS: Final = frozenset({"pcc-editor"})
READERS: Final = WRITERS | {"pcc-analyst"}

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="ES256; says who reads.")


class Desk:
    """The store, the catalogue, the registry, the measures, and who may ask."""

    pool: "Pool[Record]"

    def __init__(
        self, contracts: Contracts, verifier: Verifier | None, people: People, measures: Measures
    ) -> None:
        self.people = people
        self.registry = contracts.registry
        self.catalogue = Catalogue.load(contracts)
        self.measures = measures
        self._verifier = verifier

    def verified(self, credentials: HTTPAuthorizationCredentials) -> Caller:
        """Return who asks by a token. Raises Unauthorised."""
        if self._verifier is None:
            raise Unauthorised("missing")
        return self._verifier.verify(credentials.credentials)

    def require(self, caller: Caller, roles: frozenset[str]) -> None:
        """Answer 403 to everybody but people of a local policing body in these roles."""
        if caller.role not in roles or caller.agency not in self.catalogue.bodies.agencies:
            raise HTTPException(403)


def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


def pool_of(request: Request) -> "Pool[Record]":
    """Return the service's own pool, which keeps who is signed in."""
    return desk_of(request).pool


async def caller_of(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Caller:
    """Return who asks, by token or by cookie. Raises Unauthorised, answered 401."""
    if credentials is not None:
        return desk.verified(credentials)
    return (await desk.people.session(request)).caller


async def reader_of(
    desk: Annotated[Desk, Depends(desk_of)], caller: Annotated[Caller, Depends(caller_of)]
) -> Caller:
    """Return who asks, if they may read drafts."""
    desk.require(caller, READERS)
    return caller


async def writer_of(
    desk: Annotated[Desk, Depends(desk_of)], caller: Annotated[Caller, Depends(caller_of)]
) -> Caller:
    """Return who asks, if they may write and sign."""
    desk.require(caller, WRITERS)
    return caller


AtDesk = Annotated[Desk, Depends(desk_of)]
Anybody = Annotated[Caller, Depends(caller_of)]
Reader = Annotated[Caller, Depends(reader_of)]
Writer = Annotated[Caller, Depends(writer_of)]
