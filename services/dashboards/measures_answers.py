"""What is answered of measures? The shapes, as OpenAPI describes them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

Count = int | Literal["c"]
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
    """A count of a count; "c": hidden, so that no small number can be worked out."""

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


class RowItem(Figure):
    """A group: its name in each dimension that was asked for."""

    group: dict[str, str]


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
    as_of: datetime
    known_at: datetime
    known_at_requested_beyond_watermark: bool
    release: Release | None
    total: Figure
    period_before: Figure
    year_before: Figure
    months: list[MonthItem]
    rows: list[RowItem]
    suppression: Suppression
