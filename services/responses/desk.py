"""What does every route of the responses need: what is data, the store, figures, and who asks?"""

from pathlib import Path
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request

from services.responses.catalogue import Catalogue
from services.responses.measures import Measures
from services.runtime.auth import Caller
from services.runtime.callers import Asking, Reception
from services.runtime.contracts import Contracts
from services.runtime.sign_in import People

WRITERS: Final = frozenset({"pcc-editor"})
READERS: Final = WRITERS | {"pcc-analyst"}


class Desk(Reception):
    """The store, the catalogue, the registry, the measures, and who may ask."""

    people: People

    def __init__(
        self, contracts: Contracts, jwks: Path | None, people: People, measures: Measures
    ) -> None:
        super().__init__(contracts.registry, jwks)
        self.people = people
        self.catalogue = Catalogue.load(contracts)
        self.measures = measures

    def require(self, caller: Caller, roles: frozenset[str]) -> None:
        """Answer 403 to everybody but people of a local policing body in these roles."""
        if caller.role not in roles or caller.agency not in self.catalogue.bodies.agencies:
            raise HTTPException(403)


def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]


async def reader_of(desk: AtDesk, caller: Asking) -> Caller:
    """Return who asks, if they may read drafts."""
    desk.require(caller, READERS)
    return caller


async def writer_of(desk: AtDesk, caller: Asking) -> Caller:
    """Return who asks, if they may write and sign."""
    desk.require(caller, WRITERS)
    return caller


Reader = Annotated[Caller, Depends(reader_of)]
Writer = Annotated[Caller, Depends(writer_of)]
