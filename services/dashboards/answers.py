"""What do the answers look like? Read by whoever reads the OpenAPI document."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.dashboards.question import State


class EventKey(BaseModel):
    """What identifies an event."""

    source: str
    id: str


class GapItem(BaseModel):
    """An interval `[opens_at, closes_at)` in which something owed to a child was not done."""

    gap_id: str
    rule: str
    rule_version: int
    policy_version: str
    lesson: Literal["1", "2", "3", "4", "themes"]
    kind: Literal["gap", "query"]
    observed: bool
    child_ref: str
    referral_ref: str | None
    anchor: EventKey | None = Field(description="null: an event that this reader is not shown.")
    agency: str = Field(description="Who owes it.")
    unit: str | None
    opens_at: datetime
    closes_at: datetime | None
    state: State = Field(description="As at `as_of`.")
    why: str = Field(description="One plain sentence, for this reader.")
    why_code: str
    evidence: list[EventKey] = Field(description="The events that this reader is shown.")
    evidence_elsewhere: int = Field(description="How many more events of other agencies.")
    known_from: datetime = Field(description="Since when it is believed so.")


class GapPage(BaseModel):
    """One page of gaps, in order of opening."""

    items: list[GapItem]
    total: int = Field(description="On all pages.")
    next: str | None = Field(description="The cursor of the next page; null on the last.")
    as_of: datetime
    known_at: datetime = Field(description="What was believed then is answered.")
    known_at_requested_beyond_watermark: bool = Field(
        description="A later known_at was asked for than is settled; answered at the watermark."
    )


class Fault(BaseModel):
    """One thing wrong with the request; a value is never repeated."""

    pointer: str
    code: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    errors: list[Fault] = []
