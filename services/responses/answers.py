"""What do the answers look like? Read by whoever reads the OpenAPI document."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["open", "submitted", "signed-off", "published"]


class DeadlinesShown(BaseModel):
    """The last days on which the response may be published, by three readings."""

    strict_on: date = Field(
        description="Police Act 1996 s.55(5A), the day of publication being day 1."
    )
    usual_on: date = Field(description="As the office counts: a day later.")
    stated_on: date | None = Field(description="As the document states it.")
    differs: bool = Field(description="The document states another day than the Act gives.")


class InspectionEntered(BaseModel):
    """An inspection that has come in, and by when its answer is due."""

    id: str
    deadlines: DeadlinesShown


class InspectionShown(InspectionEntered):
    """An inspection, and how its answer stands."""

    model_config = ConfigDict(extra="allow")

    title: str
    inspectorates: list[str]
    published_on: date
    stated_deadline_on: date | None
    forces: list[str]
    link: str | None
    items: list[dict[str, Any]]
    state: State
    brought_in: bool = Field(description="Published elsewhere, before it was entered here.")
    reminder: str | None
    warning: str | None = Field(description="How the readings of the deadline differ.")


class InspectionList(BaseModel):
    """Every inspection of the body, those due first in front."""

    items: list[InspectionShown]
    total: int


class RowRead(BaseModel):
    """What became of a row of an overview."""

    row: int
    outcome: Literal["entered", "already", "not-read"]
    id: str | None
    title: str | None = None
    said: list[str] = Field(description="Why it was not read, or what of it was not.")


class SheetRead(BaseModel):
    """What became of every row of an overview."""

    rows: list[RowRead]
    entered: int
    already: int
    not_read: int


class VersionShown(BaseModel):
    """A version: who put it forward, who signed it off, when it was published."""

    number: int
    submitted_by: str
    submitted_at: datetime
    signed_by: str | None
    signed_at: datetime | None
    published_on: date | None


class StepShown(BaseModel):
    """One thing of what is for office use only."""

    id: str
    label: str
    done: dict[str, Any] | None
    refused: str | None = Field(description="Why it cannot be recorded now; null: it can.")


class ResponseShown(BaseModel):
    """A response as it stands."""

    model_config = ConfigDict(extra="allow")

    id: str
    state: State
    inspection: InspectionShown
    invited: dict[str, Any] | None
    chief_officer: dict[str, Any] | None
    consultees: list[dict[str, Any]]
    comments: dict[str, Any]
    figures: dict[str, Any]
    actions: dict[str, Any]
    measures: dict[str, list[str]]
    versions: list[VersionShown]
    steps: list[StepShown]
    refused: dict[str, str | None] = Field(
        description="Why submit, sign-off, return and correct cannot be done now; null: they can."
    )


class ChangeShown(BaseModel):
    """A passage that is in one version and not in the other."""

    kind: Literal["added", "removed"]
    text: str
    place: int


class Compared(BaseModel):
    """What differs between two versions; 0 is what is there now."""

    before: int
    after: int
    changes: list[ChangeShown]


class Again(BaseModel):
    """A figure worked out again at its own two dates."""

    equal: bool
    frozen: dict[str, Any]
    again: dict[str, Any]


class PromiseShown(BaseModel):
    """A promise, and how it stands; only a person says that it is met."""

    response: str
    action: str
    title: str
    text: str
    owner: str | None
    due_on: date | None
    judged_by: str | None
    standing: Literal["met", "dropped", "overdue", "under-way", "not-begun", "unassigned"]
    progress: list[dict[str, Any]]


class PromiseList(BaseModel):
    """Every promise of what is published."""

    as_of: date
    items: list[PromiseShown]
    total: int


class FindingShown(BaseModel):
    """A finding that a person has mapped to a measure, and how its figure stands here."""

    response: str
    item: str
    text: str
    measure: str
    title: str | None
    now: dict[str, Any] | None
    before: dict[str, Any] | None
    way: Literal["worse", "better", "changed", "no-clear-change", "not-known"]
    sentence: str | None = Field(
        description="The measure's own words for what changed; null: not answered."
    )


class FindingList(BaseModel):
    """Would they find this here?"""

    as_of: datetime
    items: list[FindingShown]
    total: int


class PublishedShown(BaseModel):
    """A published response."""

    id: str
    title: str
    body: str
    report_published_on: date
    published_on: date | None = Field(description="null: published before it was entered here.")
    version: int
    sha256: dict[str, str] = Field(description="Of each format's file.")


class PublishedList(BaseModel):
    """Every published response, the latest first."""

    items: list[PublishedShown]
    total: int
