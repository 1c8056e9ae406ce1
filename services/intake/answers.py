"""What do the answers look like? Read by whoever reads the OpenAPI document."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from services.intake.candidates import Outcome
from services.runtime.refusals import Fault


class Warned(BaseModel):
    """What the sender of an accepted event should know: the child has an open referral already."""

    pointer: str
    code: Literal["open-referral"]
    message: str
    last_referred_at: datetime = Field(description="Of your own agency's referrals.")
    referral_ref: str = Field(description="Of the last of them.")


class Receipt(BaseModel):
    """What became of one event."""

    receipt: str | None = Field(
        description="To follow the event with; null where nothing was kept (validate_only).",
        examples=["0f4c1d2ab1c94f0c9f3d6a1be58a7c10"],
    )
    source: str = Field(examples=["/norfolk-police/custody"])
    id: str = Field(examples=["custody-48213-1"])
    outcome: Literal["accepted", "duplicate"]
    warnings: list[Warned] = []


class BatchItem(BaseModel):
    """What became of one event of a batch; source and id are null where they are at fault."""

    source: str | None
    id: str | None
    outcome: Outcome
    status: int = Field(description="What the event alone would have been answered with.")
    receipt: str | None = None
    code: str | None = Field(None, description="Why it was rejected.")
    errors: list[Fault] = []
    warnings: list[Warned] = []


class BatchAnswer(BaseModel):
    """One item an event, in order."""

    receipts: list[BatchItem]


class Times(BaseModel):
    """When each stage was reached, null where it has not been."""

    accepted: datetime
    published: datetime | None
    in_chronology: datetime | None
    judged: datetime | None


class OpenGap(BaseModel):
    """Something owed to the child of this event and not yet done."""

    gap_id: str
    rule: str
    lesson: str
    kind: Literal["gap", "query"]
    observed: bool
    agency: str = Field(description="Who owes it.")
    referral_ref: str | None
    opens_at: datetime
    closes_at: datetime | None
    why: str = Field(description="One plain sentence, for this reader.")


class Position(BaseModel):
    """How far an event has come."""

    receipt: str
    stage: Literal["accepted", "published", "in_chronology", "judged"]
    times: Times
    gaps: list[OpenGap]


class Positions(BaseModel):
    """How far each of several events has come; receipts of other agencies are left out."""

    items: list[Position]


class Identity(BaseModel):
    """What each record says of who the child is: every distinct statement, in order."""

    child_ref: str
    records: list[dict[str, Any]]


Place = Annotated[
    list[int],
    Field(min_length=2, max_length=2, description="[start, end) in that text, in code points."),
]


class PhraseUsed(BaseModel):
    """A phrase that speaks of a child as of an adult."""

    code: str
    place: Place
    alternative: str = Field(
        description="How it could be said instead; blank where none is offered."
    )


class PartRead(BaseModel):
    """What a reader finds in one part of a referral's reason; rules judge by less than this."""

    empty: bool = Field(description="Whether the text says nothing at all.")
    states: dict[Literal["why", "harm", "evidence", "ask", "voice"], list[Place]] = Field(
        description="What it states, and the words that show it."
    )
    phrases: list[PhraseUsed]


class EventText(BaseModel):
    """What an event said, without who child and practitioner are."""

    receipt: str
    source: str
    id: str
    type: str
    time: datetime
    data: dict[str, Any]
    reading: dict[str, PartRead] | None = Field(
        description="By part of `reason`, of a referral and its amendments; else null."
    )


class Templates(BaseModel):
    """Names of files, each at /v1/imports/templates/<name>."""

    items: list[str] = Field(examples=[["referral.csv", "referral.xlsx"]])


class ImportBegun(BaseModel):
    """The id to follow an import with."""

    id: str


class Counts(BaseModel):
    """`events` and `rejected` together are the facts found."""

    referrals: int = Field(description="Accepted in part or whole.")
    children: int = Field(description="Accepted in part or whole.")
    events: int
    rejected: int


class ImportStatus(BaseModel):
    """How far an import is."""

    id: str
    state: Literal["running", "done", "failed"]
    reason: str | None = Field(None, description="Why it failed: a code.")
    counts: Counts
    facts: int | None = Field(description="How many there are in all; null until it was read.")
    notes: list[str] = Field(description="Codes of what was assumed in reading the file.")


class RowFault(BaseModel):
    """One thing wrong with a fact of a file; in a table by row and column."""

    pointer: str
    code: str = Field(examples=["invalid-date"])
    message: str = ""
    row: int | None = Field(None, description="As a spreadsheet counts: the header is row 1.")
    column: str | None = Field(
        None, description="As the template names it; of a column not known, its letters."
    )
    last_referred_at: datetime | None = Field(None, description="Of a referral that is open.")
    referral_ref: str | None = Field(None, description="The same.")


class ImportRow(BaseModel):
    """What became of one fact of the file."""

    row: int
    pointer: str = Field(examples=["/Children/Child[1]/CINdetails[1]/CINclosureDate"])
    fact: str = Field(description="The type of event that it gives.")
    outcome: Outcome
    receipt: str | None
    errors: list[RowFault]
    warnings: list[RowFault]


class ImportRows(BaseModel):
    """The result of every fact, in the file's order: one page."""

    items: list[ImportRow]
    next: str | None = Field(description="`cursor` of the page after; null on the last.")


class Issue(BaseModel):
    """One thing told in an OperationOutcome; `expression` are FHIRPaths, never a value."""

    severity: Literal["error", "warning", "information"]
    code: str
    details: dict[str, Any]
    expression: list[str] = []


class OperationOutcome(BaseModel):
    """FHIR R4's answer; `id` is the receipt of what was kept."""

    resourceType: Literal["OperationOutcome"]  # noqa: N815 - FHIR's name
    id: str | None = None
    issue: list[Issue]
