"""What is answered about identity under review."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class ReviewNamed(BaseModel):
    """A review without who it is about."""

    review_id: str
    kind: Literal["nhs", "upn", "referral", "likeness"] = Field(
        description="The kind of value that records share, or that they are alike."
    )
    reason: str = Field(description="Why the records are not linked: a code.")
    opened_at: datetime
    closed_at: datetime | None


class ReviewListed(ReviewNamed):
    """A review in the list."""

    records: int = Field(description="How many records it names.")


class ReviewList(BaseModel):
    """The oldest first, at most 200 at once."""

    items: list[ReviewListed]
    total: int = Field(description="How many there are; counted no further than 1,000.")


class Side(BaseModel):
    """What records of one child say of who it is, as far as the caller sees them."""

    child_ref: str
    records: list[dict[str, Any]]


class WeightPart(BaseModel):
    """What one thing that both state adds to the weight."""

    thing: str
    level: str
    weight: float


class Weight(BaseModel):
    """How a likeness came about: log2 of the odds that the two are one child."""

    version: str = Field(description="Of schemas/policy/matching.toml.")
    before: float
    total: float
    linked_from: float
    review_from: float
    band: Literal["linked", "review", "apart"]
    parts: list[WeightPart]


class DecisionMade(BaseModel):
    """What a person decided of one of these records."""

    decision_id: str
    decision: Literal["link", "keep-apart", "unlink"]
    decided_at: datetime
    undone_at: datetime | None


class ReviewShown(ReviewNamed):
    """A review with both sides."""

    sides: list[Side]
    weight: Weight | None
    decisions: list[DecisionMade]


class Decided(BaseModel):
    """Kept; links follow within moments."""

    decision_id: str
    decision: Literal["link", "keep-apart", "unlink"]


class Undone(BaseModel):
    """The decision does not hold any more."""

    decision_id: str
    undone: bool


class Choosing(BaseModel):
    """What a reviewer decides, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision: Literal["link", "keep-apart"]
    reason: str = Field(min_length=1, max_length=2000, description="Kept in the vault, sealed.")


class Unlinking(BaseModel):
    """Which record a reviewer takes off its child, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record_ref: str = Field(pattern="^[0-9a-f]{32}$")
    reason: str = Field(min_length=1, max_length=2000, description="Kept in the vault, sealed.")
