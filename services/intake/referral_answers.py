"""What does the answer about a referral look like? Read by whoever reads the OpenAPI document."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.intake.answers import OpenGap


class At(BaseModel):
    """When something happened."""

    at: datetime


class ByAgency(At):
    """When an agency did something."""

    agency: str = Field(examples=["norfolk-csc"])


class Decision(ByAgency):
    """A decision on the referral."""

    decision: str = Field(description="A code of contract.md 2.", examples=["section-17"])


class Feedback(ByAgency):
    """The referrer was told."""

    means: str | None = Field(description="A code of codes/means.toml.", examples=["letter"])


class Holiday(BaseModel):
    """A bank holiday that the clock does not count."""

    on: date
    name: str


class Line(BaseModel):
    """The number that sets the limit, and who says so."""

    name: str = Field(examples=["timeliness.decision_overdue.limit"])
    value: int
    unit: str
    since: date | None = Field(description="Null: from the first.")
    source: str
    standing: Literal["statute", "guidance", "local", "assumption"]
    out_of_hours: str | None = Field(
        None, description="The hour from which the next working day is day 0."
    )


class Clock(BaseModel):
    """Something owed by a time, and how that time was worked out; met ones are listed as well."""

    rule: str = Field(examples=["timeliness.decision_overdue"])
    not_clocked: Literal["calendar-ends", "time-out-of-range"] | None = Field(
        None, description="Why no deadline can be worked out; all else is then left out."
    )
    agency: str | None = Field(None, description="Who owes it.")
    starts: str | None = Field(None, description="What the clock starts from, in words.")
    started_at: datetime | None = None
    started_in_london: str | None = None
    limit: int | None = None
    unit: str | None = Field(None, examples=["working-days"])
    skipped: list[Holiday] = Field([], description="Bank holidays that were not counted.")
    due_at: datetime | None = None
    due_in_london: str | None = None
    owed_from: datetime | None = Field(
        None, description="The due time, or later where what makes it owed came after that."
    )
    policy: Line | None = None
    met_at: datetime | None = None
    met_by: str | None = Field(None, description="The type of the event that stopped the clock.")
    result: Literal["running", "met", "met-late", "overdue", "withdrawn"] | None = None
    observed: bool | None = Field(
        None, description="False: nobody reports this to us, so it may have been done."
    )
    age_unknown: bool | None = Field(
        None, description="True: the person is treated as a child because no age is known."
    )


class OwnReceipt(BaseModel):
    """An event of your own about this referral."""

    receipt: str
    type: str
    at: datetime
    in_chronology: bool


class LadderTold(BaseModel):
    """Who says which stages there are."""

    since: date
    source: str
    standing: Literal["statute", "guidance", "local", "assumption"]


class DisagreementTold(BaseModel):
    """A disagreement about a decision: how far it has come, and how long it has stood."""

    state: Literal["open", "settled"]
    raised_at: datetime
    raised_by: str = Field(description="The agency.")
    wanted: str | None = Field(description="What should have been decided.")
    stage: int
    stages: int
    stage_name: str
    stage_who: str
    stage_at: datetime
    stage_days: int = Field(description="Working days that this stage should take at most.")
    due_at: datetime | None = Field(description="null: beyond the calendar.")
    skipped: list[str] = Field(description="Bank holidays that were not counted.")
    overdue: bool
    days_open: int
    settled_at: datetime | None
    settled_by: str | None
    outcome: str | None
    policy: LadderTold


class FollowedReferral(BaseModel):
    """What became of a referral. While it is `accepted` only refs, state and receipts are told."""

    referral_ref: str
    as_: Literal["sender", "recipient"] = Field(alias="as")
    child_ref: str | None = Field(None, description="Ours; null while it is `accepted`.")
    state: Literal["accepted", "made", "received", "decided", "told", "withdrawn"]
    made_at: datetime | None = None
    received_at: datetime | None = None
    decided_at: datetime | None = Field(None, description="The first decision's time.")
    told_at: datetime | None = None
    withdrawn_at: datetime | None = None
    received_by: list[ByAgency] = []
    decision: Decision | None = Field(None, description="The decision last stated.")
    decisions: list[Decision] = Field([], description="In order; the first stops the clock.")
    feedback: list[Feedback] = []
    amendments: list[At] = []
    clocks: list[Clock] = []
    disagreement: DisagreementTold | None = Field(
        None, description="The last that the sender raised about a decision."
    )
    gaps: list[OpenGap] = Field([], description="Open and closed ones that you may see.")
    receipts: list[OwnReceipt]
