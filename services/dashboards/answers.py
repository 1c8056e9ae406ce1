"""What do the answers look like? Read by whoever reads the OpenAPI document."""

from datetime import date, datetime
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


class PolicyLine(BaseModel):
    """A number (value and unit) or a list (values) of policy, from a day on."""

    name: str
    value: int | None = None
    unit: str | None = None
    out_of_hours: str | None = Field(
        None, description="What starts later in the day counts from the next working day."
    )
    values: list[str] | None = None
    bound_to: dict[str, str] | None = Field(
        None, alias="for", description="A local pack's: in which circumstances alone it holds."
    )
    since: date | None = Field(description="null: from the first.")
    source: str
    standing: Literal["statute", "guidance", "local", "assumption"]


class RuleItem(BaseModel):
    """One rule, in the words of the contract."""

    rule: str
    version: int
    lesson: Literal["1", "2", "3", "4", "themes"]
    kind: Literal["gap", "query"]
    judge: str = Field(description="The service that judges by it.")
    owed: str = Field(description="What is owed and when the gap opens; defaults in brackets.")
    closed_by: str
    closing: list[str] = Field(description="The types of event that may close a gap of it.")


class RuleWithPolicy(RuleItem):
    """One rule and every line of its numbers and lists, oldest first."""

    policy: list[PolicyLine]


class RuleCatalogue(BaseModel):
    """Every rule, and the numbers that judge by it."""

    policy_version: str
    rules: list[RuleWithPolicy]
    shared: list[PolicyLine] = Field(description="What several rules judge by.")


class Skipped(BaseModel):
    """A bank holiday that was not counted."""

    on: date
    name: str


class WorkedClock(BaseModel):
    """How a deadline was worked out."""

    starts: str = Field(description="What it runs from, in words.")
    started_at: datetime
    started_in_london: str
    limit: int
    unit: str
    skipped: list[Skipped]
    due_at: datetime
    due_in_london: str


class KnownEvent(EventKey):
    """An event that this reader is shown."""

    type: str | None = Field(description="null: it is held no more.")
    time: datetime | None


class JudgedBy(BaseModel):
    """The policy of a gap: each line as it held at the anchor's time."""

    judged_by: str = Field(description="The version of the policy that the judge had.")
    current: str = Field(description="The version that `lines` are read from.")
    lines: list[PolicyLine]


class Closing(BaseModel):
    """Whether we would be told of an event that closes the gap."""

    type: str
    fed: bool


class Link(BaseModel):
    """One step from the events to the sentence."""

    step: Literal["event", "rule", "number", "clock", "reporting", "sentence"]
    text: str


class EarlierBelief(BaseModel):
    """What was believed of the gap before, as far as this reader would have been shown it."""

    known_from: datetime
    known_to: datetime
    child_ref: str
    agency: str
    opens_at: datetime
    closes_at: datetime | None
    observed: bool
    rule_version: int
    policy_version: str
    why: str


class Explanation(BaseModel):
    """Why a gap is believed, from the events to the sentence."""

    gap: GapItem
    rule: RuleItem
    policy: JudgedBy
    clock: WorkedClock | None = Field(description="null: it was owed at once.")
    evidence: list[KnownEvent]
    evidence_elsewhere: int
    reporting: list[Closing]
    chain: list[Link]
    earlier: list[EarlierBelief]
    known_at: datetime
    known_at_requested_beyond_watermark: bool
