"""What do the answers look like? Read by whoever reads the OpenAPI document."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Funded(BaseModel):
    """Until when a service is paid for."""

    until: date | Literal["no-end", "unknown"]
    ends_soon: bool | None = Field(description="Within the policy's months; null: nobody has said.")
    ended: bool | None = Field(description="The last day paid for has passed.")


class ServiceItem(BaseModel):
    """One service as the directory holds it; what is absent was not stated."""

    model_config = ConfigDict(extra="allow")

    id: str
    name: str
    description: str
    organization: str
    provider: str = Field(description="codes/provider.toml: what an event names.")
    provider_name: str
    type: Literal["voluntary", "violence-reduction-unit", "statutory"]
    kind: str
    needs: list[str]
    areas: list[str]
    minimum_age: int | None = None
    maximum_age: int | None = None
    open_to_referrals: bool
    funded: Funded
    last_assured: date | None = None
    assured_lately: bool | None = Field(
        description="Within the policy's months; null: no day of assurance is stated."
    )
    version: int
    last_modified: datetime


class Version(BaseModel):
    """One version of a service, and since when."""

    version: int
    at: datetime


class ServiceWithHistory(ServiceItem):
    """One service, and when it changed."""

    versions: list[Version]


class Page(BaseModel):
    """One page, as Open Referral UK counts pages."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool


class ServicePage(Page):
    """One page of services, by name."""

    contents: list[ServiceItem]


class Rated(BaseModel):
    """How a way of working is rated: never a single provider."""

    impact: str = Field(
        description="not-rated: no rating has been entered; it says nothing against it."
    )
    evidence: int | None = Field(description="Strength of the evidence, 0 to 5.")
    source: str | None
    url: str | None
    read_on: date | None = Field(description="When somebody read the source.")
    since: date | None
    standing: str | None


class PreventionItem(ServiceItem):
    """One offer of prevention."""

    approach: str
    approach_name: str
    rating: Rated


class PreventionPage(Page):
    """One page of offers of prevention, by name."""

    scale: str = Field(description="Whom the scale of the ratings is after.")
    contents: list[PreventionItem]


class OrukService(BaseModel):
    """A service of HSDS 3.0, UK profile; `referral_watch` holds what that has no place for."""

    model_config = ConfigDict(extra="allow")

    id: str
    name: str
    status: Literal["active", "inactive", "defunct", "temporarily closed"]


class OrukPage(Page):
    """One page of services: whatever each has one of."""

    contents: list[OrukService]


class OrukAbout(BaseModel):
    """Which version of HSDS is served, and where it is described."""

    version: str
    profile: str
    openapi_url: str


class Imported(BaseModel):
    """What became of a file of services: all of it is in, or none."""

    import_number: int | None = Field(description="null: nothing was new, or only validated.")
    added: int
    changed: int
    unchanged: int
    not_kept: list[str] = Field(description="Pointers to fields of which nothing is kept.")


class EndingItem(BaseModel):
    """A service whose funding ends, or has ended."""

    id: str
    name: str
    provider: str
    provider_name: str
    type: str
    kind: str
    needs: list[str]
    areas: list[str]
    funded_until: date
    ended: bool


class UnsaidItem(BaseModel):
    """A service of which nobody has said until when it is paid for."""

    id: str
    name: str
    provider: str
    provider_name: str


class NeedInArea(BaseModel):
    """What is there for one need in one area."""

    need: str
    need_name: str
    area: str
    area_name: str
    offers: int
    open: int = Field(description="Of the offers, those that take referrals now.")
    lasting: int = Field(description="Of the open ones, those known to be paid for beyond `until`.")
    unknown: int = Field(description="Of the open ones, those of which nobody has said.")
    state: Literal["covered", "ending", "closed", "none"] = Field(
        description="ending: all that is open is known to end by `until`; closed: nothing is open."
    )


class Provision(BaseModel):
    """Short-term funding and gaps, by need and area."""

    as_of: date
    until: date = Field(description="`ends_within` months of policy after `as_of`.")
    services: int
    ending: list[EndingItem] = Field(description="The next to end first.")
    funding_unknown: list[UnsaidItem]
    gaps: list[NeedInArea] = Field(description="Every need in every area where it is not covered.")
    cells: list[NeedInArea] = Field(description="Every need in every area.")


Shown = dict[str, Any]
