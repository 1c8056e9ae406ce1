"""What does every route of the dashboards need: the ledger, who is who, and who asks?"""

from collections.abc import Mapping
from typing import Annotated

from asyncpg import Pool, Record
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.dashboards.behalf import Behalf
from services.runtime.auth import Caller, Unauthorised, Verifier
from services.runtime.contracts import Contracts, read_toml
from services.runtime.sign_in import People

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="ES256; says who reads.")


class Desk:
    """The ledger, the registry, the policy, and who may ask."""

    pool: "Pool[Record]"
    readers: "Pool[Record]"
    """Shows nothing until the transaction says who asks (`asking`)."""
    behalf: Behalf
    """Asks other services of ours for who is signed in."""

    def __init__(self, contracts: Contracts, verifier: Verifier | None, people: People) -> None:
        self.people = people
        self.registry = contracts.registry
        self.policy = contracts.policy()
        self.silence = contracts.silence()
        self.reading = contracts.reading()
        self.grid = contracts.grid()
        self.codes = _codes(contracts)
        self.reader = contracts.reader
        self._verifier = verifier

    def caller(self, credentials: HTTPAuthorizationCredentials) -> Caller:
        """Return who asks by a token. Raises Unauthorised."""
        if self._verifier is None:
            raise Unauthorised("missing")
        return self._verifier.verify(credentials.credentials)


def _codes(contracts: Contracts) -> Mapping[str, Mapping[str, str]]:
    """Return the words of codes by set; also of harms, areas of social care, and places."""
    care = {
        area: agency.name
        for agency in contracts.registry.agencies.values()
        if agency.kind == "social-care"
        for area in agency.areas
    }
    harms = contracts.schemas["events/definitions.json"]["$defs"]["harms"]["items"]["enum"]
    needs = contracts.codes["need"]
    places = read_toml(contracts.path / "directory" / "areas.toml")["areas"]
    return {
        **contracts.codes,
        "harm": {code: needs.get(code, code.capitalize()) for code in harms},
        "area": care,
        "place": {area: place["name"] for area, place in places.items()},
    }


def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


def pool_of(request: Request) -> "Pool[Record]":
    """Return the dashboards' own pool, which keeps who is signed in."""
    return desk_of(request).pool


async def caller_of(
    request: Request,
    desk: Annotated[Desk, Depends(desk_of)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Caller:
    """Return who asks, by token or by cookie. Raises Unauthorised, answered 401."""
    if credentials is not None:
        return desk.caller(credentials)
    return (await desk.people.session(request)).caller
