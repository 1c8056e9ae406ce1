"""What may be asked of the directory? The parameters, checked all at once."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.directory.catalogue import Catalogue
from services.domain.offers import Wanted
from services.runtime.questions import fault

Kind = Literal[
    "therapeutic", "mentoring", "family-support", "speech-and-language", "violence-reduction",
    "advocacy", "other",
]  # fmt: skip
Type = Literal["voluntary", "violence-reduction-unit", "statutory"]
Sex = Literal["F", "M", "U"]
Setting = Literal["school", "community", "home", "clinic", "online"]
Truth = Literal["true", "false"]

_Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,100}$")]
_Age = Annotated[str, StringConstraints(pattern=r"^([0-9]|1[0-9]|2[0-5])$")]
_Count = Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]{0,2}|1000)$")]
_Page = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,4}$")]
_Words = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
_CODED: Final = ("need", "area", "provider", "approach")


class Paging(BaseModel):
    """Which page, of what size."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page: _Page = Field("1", description="From 1.")
    per_page: _Count = Field("50", description="1 to 1000.")


class PreventionAsked(Paging):
    """Which offers of prevention, of every kind of provider."""

    need: _Code | None = Field(None, description="codes/need.toml")
    age: _Age | None = Field(None, description="In years; an offer without ages is for all.")
    area: _Code | None = Field(
        None,
        description="ONS code of directory/areas.toml: offers there, around it or in part of it.",
    )
    setting: Setting | None = None
    approach: _Code | None = Field(None, description="codes/approach.toml")
    open: Truth | None = Field(None, description="Whether it takes referrals now.")

    def wanted(self, catalogue: Catalogue) -> Wanted:
        """Return what is looked for. RequestValidationError for a code that nobody knows."""
        stated = self.model_dump(exclude={"page", "per_page", "search"}, exclude_none=True)
        _check(stated, catalogue)
        for name in ("open", "prevention"):
            if name in stated:
                stated[name] = stated[name] == "true"
        if "age" in stated:
            stated["age"] = int(stated["age"])
        return Wanted(**stated, words=getattr(self, "search", None))


class ServicesAsked(PreventionAsked):
    """Which services."""

    kind: Kind | None = Field(None, description="As in service.referral-made.v1.")
    sex: Sex | None = None
    type: Type | None = Field(None, description="What the provider is.")
    provider: _Code | None = Field(None, description="codes/provider.toml")
    prevention: Truth | None = None
    search: _Words | None = Field(None, description="Words, all of them in name or description.")


class OrukAsked(Paging):
    """What Open Referral UK asks of a list, as far as it is answered."""

    search: _Words | None = None
    minimum_age: _Age | None = Field(None, description="For children of this age or older.")
    maximum_age: _Age | None = Field(None, description="For children of this age or younger.")
    taxonomy_term_id: _Code | None = Field(None, description="Id of a need as a term.")


def _check(stated: Mapping[str, str], catalogue: Catalogue) -> None:
    unknown = [
        name for name in _CODED if name in stated and stated[name] not in catalogue.labels[name]
    ]
    if unknown:
        raise RequestValidationError([fault(name, "not-in-code-set") for name in unknown])
