"""What does every route of the directory need: what is offered, by what codes, and who asks?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials

from services.directory import store
from services.directory.catalogue import Catalogue
from services.directory.store import Held
from services.domain.offers import Offer
from services.runtime.auth import Caller, Unauthorised
from services.runtime.callers import Reception
from services.runtime.contracts import Contracts


class Desk(Reception):
    """The directory, its catalogue, the registry, and who may ask."""

    def __init__(self, contracts: Contracts, jwks: Path | None) -> None:
        super().__init__(contracts.registry, jwks)
        self.catalogue = Catalogue.load(contracts)
        self.policy = contracts.policy()
        self.grid = contracts.grid()
        self._read_at = -1
        self._held: Mapping[str, Held] = {}

    def caller(self, credentials: HTTPAuthorizationCredentials | None) -> Caller:
        """Return who asks. Raises Unauthorised, also for an agency that is not registered."""
        caller = super().caller(credentials)
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


AtDesk = Annotated[Desk, Depends(desk_of)]
