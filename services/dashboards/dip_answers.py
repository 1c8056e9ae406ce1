"""What do a dip sample and the agreement of its readers look like?"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class StratumName(BaseModel):
    """A stratum; of minority ethnic groups one for each group, never one for all."""

    stratum: Literal[
        "any",
        "no-further-action",
        "general-cid",
        "custody",
        "voluntary-interview",
        "girls",
        "minority-ethnic",
        "repeats",
    ]
    group: str | None = Field(description="Code of schemas/codes/ethnicity.toml.")


class StratumCount(StratumName):
    """How many of a stratum there are and were drawn; who is in several counts in each."""

    size: int = Field(description="How many at least were to be drawn; of all groups together.")
    population: int
    drawn: int = Field(description="Of the sample, for whatever stratum they were drawn.")


class SampledReferral(BaseModel):
    """A referral to be read."""

    referral_ref: str
    child_ref: str
    agency: str = Field(description="Who made it.")
    made_at: datetime
    strata: list[StratumName]
    second_reader: bool = Field(description="Somebody else reads it as well, blind.")


class DipSample(BaseModel):
    """The same month, seed, policy and knowledge give the same sample."""

    month: str
    seed: str
    policy_version: str
    population: int = Field(description="Referrals that agencies of the area made in the month.")
    drawn: int
    second_readings: int
    sex_unknown: int = Field(description="Of the population: never drawn as girls.")
    ethnicity_unknown: int = Field(
        description="Of the population: refused, not obtained or not stated."
    )
    strata: list[StratumCount] = Field(description="Those that have anybody.")
    items: list[SampledReferral] = Field(description="In the order in which they were drawn.")


class DimensionAgreement(BaseModel):
    """How two readers agree on one dimension."""

    dimension: str = Field(description="Code of schemas/codes/audit-dimension.toml.")
    pairs: int
    agreed: int
    table: list[list[int]] = Field(
        description="Rows by the first reader, columns by the second: good, requires-improvement, "
        "inadequate."
    )
    standing: Literal["stated", "too-few", "no-variation"] = Field(
        description="no-variation: a reader gave one grade only, of which kappa says nothing."
    )
    kappa: float | None = Field(description="Cohen's, unweighted.")
    low: float | None = Field(description="Of its interval of 95 %, by the large-sample formula.")
    high: float | None = Field(
        description="As `low`; where all agree the interval has no width, which is no certainty."
    )


class Agreement(BaseModel):
    """How readers agree on the referrals made within a time, by dimension; never as one number."""

    month: str
    from_: datetime = Field(alias="from")
    to: datetime
    read_twice: int = Field(description="Referrals that two auditors graded, one of them blind.")
    least: int = Field(description="Of fewer pairs no kappa is stated.")
    dimensions: list[DimensionAgreement]
