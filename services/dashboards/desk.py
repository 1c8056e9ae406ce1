"""What does every route of the dashboards need: the ledger, who is who, and who asks?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from services.dashboards.behalf import Behalf
from services.runtime.callers import Reception
from services.runtime.contracts import Contracts, read_toml
from services.runtime.sign_in import People


class Desk(Reception):
    """The ledger, the registry, the policy, and who may ask."""

    people: People
    behalf: Behalf
    """Asks other services of ours for who is signed in."""

    def __init__(self, contracts: Contracts, jwks: Path | None, people: People) -> None:
        super().__init__(contracts.registry, jwks)
        self.people = people
        self.policy = contracts.policy()
        self.silence = contracts.silence()
        self.reading = contracts.reading()
        self.grid = contracts.grid()
        self.codes = _codes(contracts)
        self.names = _names(contracts, self.codes)
        self.reader = contracts.reader

    def agency(self, code: str) -> str:
        """Return an agency's name."""
        return self.registry.name_of(code) or code

    def unit(self, code: str) -> str:
        """Return what a unit is called."""
        return self.codes["unit"].get(code, code)

    def owing(self, agency: str, unit: str | None) -> str:
        """Name who owes something: the agency, and of it the unit where that is known."""
        return self.agency(agency) + (f", {self.unit(unit)}" if unit else "")


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


def _names(
    contracts: Contracts, codes: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Mapping[str, str]]:
    """Return what groups of measures are called, by dimension; other dimensions are words."""
    agencies = {agency.id: agency.name for agency in contracts.registry.agencies.values()}
    areas = {**codes["local-authority"], **codes["place"]}
    return {"agency": agencies, "area": areas, "unit": codes["unit"]}


def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]
