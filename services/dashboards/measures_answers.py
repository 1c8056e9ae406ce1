"""What is answered of measures? The shapes, as OpenAPI describes them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

Count = int | Literal["c"] | None
Share = float | Literal["c"] | None


class TargetItem(BaseModel):
    """The share that is aimed at, and who says so."""

    percent: int
    since: str | None
    source: str
    standing: Literal["statute", "guidance", "local", "assumption"]


class RebaseItem(BaseModel):
    """A known step, from which on limits of chance are worked out anew."""

    since: str
    reason: str
    source: str
    standing: Literal["statute", "guidance", "local", "assumption"]


class ChangeItem(BaseModel):
    """What a version changed."""

    version: int
    since: str
    what: str


class Definition(BaseModel):
    """A measure in words."""

    id: str
    version: int
    title: str
    lesson: str
    denominator: str
    numerator: str
    day: str = Field(description="On which day a unit of the denominator counts.")
    direction: Literal["good", "bad", "neutral"]
    rule: str | None = Field(description="The rule whose gaps are what is not met.")
    owner: str
    targets: list[TargetItem]
    rebases: list[RebaseItem] = Field(description="Of schemas/policy/measures.toml, oldest first.")
    limits: list[str]
    changes: list[ChangeItem]


class Catalogue(BaseModel):
    """Every measure."""

    measures: list[Definition]


class Figure(BaseModel):
    """A count of a count; "c": hidden; null: not published (or, of a share, of nobody)."""

    numerator: Count
    denominator: Count
    value: Share = Field(description="From 0 to 1; null of nobody.")
    low: Share = Field(description="Wilson's interval.")
    high: Share
    missing: Count = Field(description="Owed, and nobody would tell us: in neither count.")
    not_judged: Count = Field(description="Children for whom it could not be worked out.")
    suppressed: bool


class YearItem(Figure):
    """A complete financial year, April to March."""

    year: str = Field(description="As people write it: 2025-26.")
    first: str = Field(alias="from")
    to: str
    change: "Change | None" = Field(description="Since the year before; null: that is not shown.")


class MonthItem(Figure):
    """A month of London."""

    month: str


class Funnel(BaseModel):
    """Where a share lies among what chance would make of the share of all."""

    place: Literal["within", "above-95", "below-95", "above-99.8", "below-99.8", "too-few"]
    centre: float
    low: float = Field(description="The limits of 99.8 %, and inside them those of 95 %.")
    low_inner: float
    high_inner: float
    high: float


class Relative(BaseModel):
    """A group's rate relative to its comparator's (schemas/policy/measures.toml)."""

    standing: Literal["stated", "too-few", "comparator", "none-met"]
    value: float | None
    low: float | None
    high: float | None


class Change(BaseModel):
    """Whether a share is clearly another one than it was, or than another."""

    verdict: Literal["clear-change", "no-clear-change", "too-few"]
    difference: float | None
    low: float | None
    high: float | None
    sentence: str


class RowItem(Figure):
    """A group: its name in each dimension that was asked for; of one dimension also compared."""

    group: dict[str, str]
    funnel: Funnel | None = Field(description="By agency, area or unit.")
    others: Change | None = Field(
        description="By agency, area or unit: beside all others together, where they are shown."
    )
    relative: Relative | None = Field(description="By ethnicity, sex or age.")


class Changes(BaseModel):
    """Beside the period before, and the same months a year before.

    Of more than a year, its last 12 months are set beside the 12 before them.
    """

    period_before: Change
    year_before: Change


class Point(BaseModel):
    """A month of a control chart, and by which rule it is more than chance."""

    month: str
    value: float
    rule: Literal["outside", "trend", "two-in-three", "one-side"] | None
    variation: Literal["common", "improvement", "concern", "high", "low"]


class Stretch(BaseModel):
    """Months in a row that have their limits together; no rule runs from one into the next."""

    first: str = Field(alias="from")
    to: str
    months: int = Field(description="Of how many months the limits are.")
    few: bool = Field(description="Of fewer than 13: limits may move much.")
    mean: float
    low: float
    high: float
    rebased: RebaseItem | None = Field(description="Why limits begin anew here; null: they do not.")


class Control(BaseModel):
    """A control chart (XmR, by the rules of Making Data Count)."""

    points: list[Point] = Field(description="The months whose share is shown.")
    mean: float | None = Field(description="With the limits, of the last stretch.")
    low: float | None
    high: float | None
    few: bool = Field(description="A stretch has fewer than 13 points: its limits may move much.")
    left_out: int = Field(description="Months without a share, or whose share is hidden.")
    target: float | None
    assurance: Literal["passes", "fails", "hit-or-miss"] | None
    stretches: list[Stretch] = Field(description="One, and one more for each rebase within.")


class Months(BaseModel):
    """Whole months, both included."""

    first: str = Field(alias="from")
    to: str


class Suppression(BaseModel):
    """Whether small numbers are hidden, and why or why not."""

    applied: bool
    why: str


class NotPublished(Months):
    """A table of whole months that no release has, or a month by itself."""

    by: list[str] = Field(description="The table's dimensions; none: the total.")


class Release(BaseModel):
    """The release that the figures are of."""

    number: int
    made_at: datetime
    known_at: datetime


class ReleaseOfMeasure(Release):
    """The same, and what of the measure no release has."""

    not_published: list[NotPublished] = Field(
        description="What is never published of these months: too few to hide among."
    )


class Measured(BaseModel):
    """A measure's figures."""

    measure: Definition
    basis: Literal["live", "release"]
    marking: str
    note: str
    first: str = Field(alias="from")
    to: str
    by: list[str]
    only: dict[str, str]
    names: dict[str, dict[str, str]] = Field(
        description="By dimension: what the codes of its groups stand for, where they are known."
    )
    as_of: datetime
    known_at: datetime
    known_at_requested_beyond_watermark: bool
    release: ReleaseOfMeasure | None
    total: Figure
    period_before: Figure
    year_before: Figure
    change: Changes
    months: list[MonthItem]
    years: list[YearItem] = Field(
        description="Complete years from before the period to its end; of a release, sums of what "
        "is published."
    )
    spc: Control
    rows: list[RowItem]
    rows_period: Months | None = Field(
        description="What rows are of; of releases only whole blocks of months."
    )
    rows_total: Figure | None = Field(description="All rows together.")
    suppression: Suppression
    sentences: list[str] = Field(description="What there is to be seen, by rule.")
