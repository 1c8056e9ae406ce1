"""What does every route of the directory need: what is offered, by what codes, and who asks?"""

from collections.abc import Mapping
from typing import Annotated

from asyncpg import Pool, Record
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.directory import store
from services.directory.catalogue import Catalogue
from services.directory.store import Held
from services.domain.offers import Offer
from services.runtime.auth import Caller, Unauthorised, Verifier
from services.runtime.contracts import Contracts

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="ES256; says who reads.")


class Desk:
    """The directory, its catalogue, the registry, and who may ask."""

    pool: "Pool[Record]"
    readers: "Pool[Record]"
    """Shows nothing until the transaction says who asks (`asking`)."""

    def __init__(self, contracts: Contracts, verifier: Verifier | None) -> None:
        self.catalogue = Catalogue.load(contracts)
        self.registry = contracts.registry
        self.policy = contracts.policy()
        self._verifier = verifier
        self._read_at = -1
        self._held: Mapping[str, Held] = {}

    def caller(self, credentials: HTTPAuthorizationCredentials | None) -> Caller:
        """Return who asks. Raises Unauthorised, also for an agency that is not registered."""
        if credentials is None or self._verifier is None:
            raise Unauthorised("missing")
        caller = self._verifier.verify(credentials.credentials)
        if caller.agency not in self.registry.agencies:
            raise Unauthorised("claims")
        return caller

    async def held(self) -> Mapping[str, Held]:
        """Return what is held now, read again only after another import."""
        number = await store.last_import(self.pool)
        if number != self._read_at:
            self._held = await store.held(self.pool)
            self._read_at = number
        return self._held

    async def offers(self) -> list[Offer]:
        """Return every offer that is held now."""
        return [held.offer for held in (await self.held()).values()]


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
