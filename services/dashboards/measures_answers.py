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
    """Beside the period before, and the same months a year before."""

    period_before: Change
    year_before: Change


class Point(BaseModel):
    """A month of a control chart, and by which rule it is more than chance."""

    month: str
    value: float
    rule: Literal["outside", "trend", "two-in-three", "one-side"] | None
    variation: Literal["common", "improvement", "concern", "high", "low"]


class Control(BaseModel):
    """A control chart (XmR, by the rules of Making Data Count)."""

    points: list[Point] = Field(description="The months whose share is shown.")
    mean: float | None
    low: float | None
    high: float | None
    few: bool = Field(description="Fewer than 13 points: limits may move much.")
    left_out: int = Field(description="Months without a share, or whose share is hidden.")
    target: float | None
    assurance: Literal["passes", "fails", "hit-or-miss"] | None


class Months(BaseModel):
    """Whole months, both included."""

    first: str = Field(alias="from")
    to: str


class Suppression(BaseModel):
    """Whether small numbers are hidden, and why or why not."""

    applied: bool
    why: str


class Release(BaseModel):
    """The release that the figures are of."""

    number: int
    made_at: datetime
    known_at: datetime


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
    release: Release | None
    total: Figure
    period_before: Figure
    year_before: Figure
    change: Changes
    months: list[MonthItem]
    spc: Control
    rows: list[RowItem]
    rows_period: Months | None = Field(
        description="What rows are of; of releases only whole blocks of months."
    )
    rows_total: Figure | None = Field(description="All rows together.")
    suppression: Suppression
    sentences: list[str] = Field(description="What there is to be seen, by rule.")


class CaseItem(BaseModel):
    """One unit of a denominator, of a child whom the reader may know of."""

    unit_id: str
    child_ref: str
    referral_ref: str | None
    day: str = Field(description="On which it counts.")
    state: Literal["met", "missed", "missing", "not-judged"]
    agency: str
    unit: str
    area: str
    sex: str
    ethnicity: str
    age: str
    gap_id: str | None = Field(
        description="The gap of the measure's rule, where there is one that the reader may see."
    )


class Cases(BaseModel):
    """The cases behind a number."""

    items: list[CaseItem]
    total: int = Field(description="The number: what is listed, over all pages, and `withheld`.")
    withheld: int = Field(description="Restricted or erased children: counted, not listed.")
    next: str | None
    as_of: datetime
    known_at: datetime
