"""What do the answers look like? Read by whoever reads the OpenAPI document."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

State = Literal["warning", "new", "acknowledged", "in-hand", "resolved"]


class AlertItem(BaseModel):
    """What one agency owes one child by one rule, and whether somebody answers for it."""

    alert_id: str
    child_ref: str | None = Field(description="null: erased.")
    rule: str
    lesson: Literal["1", "2", "3", "4", "themes"]
    kind: Literal["gap", "query"]
    agency: str = Field(description="Who owes it: the owner.")
    unit: str | None
    urgency: Literal["immediate", "prompt", "routine"]
    state: State
    reason: str | None = Field(
        description="Why it is resolved: a person's code, or gap-closed, gap-withdrawn, moved, "
        "no-longer-due, erased."
    )
    by_agency: str | None = Field(description="Whose word made it so; null: nobody's.")
    by_unit: str | None
    since: datetime = Field(description="In this state since.")
    due_at: datetime = Field(description="By when it was owed: the earliest of its gaps.")
    breached: bool
    step: int = Field(description="How many steps of its ladder are climbed.")
    steps: int = Field(description="How many there are.")
    climbs_at: datetime | None = Field(description="When the next step is climbed.")
    gap_ids: list[str] = Field(description="What a person's word on it names.")


class Totals(BaseModel):
    """How many there are on all pages, by state."""

    warning: int
    new: int
    acknowledged: int
    in_hand: int = Field(alias="in-hand")
    resolved: int


class AlertPage(BaseModel):
    """One page of the queue: what is next to be breached first, then the latest breach."""

    items: list[AlertItem]
    total: int
    totals: Totals
    next: str | None = Field(description="The cursor of the next page; null on the last.")
    as_of: datetime


class Line(BaseModel):
    """One line of an alert's history."""

    at: datetime
    state: State
    reason: str | None
    by: str | None
    unit: str | None
    step: int
    gaps: int = Field(description="How many gaps were open.")


class Notice(BaseModel):
    """That somebody was to be told. Addresses are not shown."""

    round_at: datetime
    step: int = Field(description="0: the warning.")
    fell: int = Field(description="How many steps before had no address.")
    made_at: datetime
    release_at: datetime
    outcome: Literal["waiting", "sent", "refused", "overtaken"]
    settled_at: datetime | None


class AlertWhole(BaseModel):
    """An alert with all that led there, and whom it was told to."""

    alert: AlertItem
    history: list[Line]
    told: list[Notice]


class WeeklyLine(BaseModel):
    """What nobody answers for of one unit and rule."""

    agency: str
    unit: str | None
    rule: str
    kind: Literal["gap", "query"]
    alerts: int
    highest_step: int = Field(description="How far the furthest has climbed.")
    first_due: datetime


class WeeklyReport(BaseModel):
    """Alerts beyond the first step that nobody had answered for when the week ended."""

    week: str
    as_of: datetime = Field(description="The end of the week, or now.")
    suppressed: bool = Field(description="Whether small counts are hidden, as `c`.")
    lines: list[WeeklyLine] = Field(description="None where counts are hidden.")
    by_agency: dict[str, int | Literal["c"]]
    by_rule: dict[str, int | Literal["c"]]
    total: int | Literal["c"]


class Refusing(BaseModel):
    """An address that refused mail in the last day: a role's mailbox, never a person's."""

    recipient: str
    since: datetime
    code: str


class OutboxState(BaseModel):
    """How mail stands."""

    mail: Literal["on", "off"] = Field(description="off: no server is named; notices wait.")
    notices: dict[str, int] = Field(description="By what became of them.")
    mails: dict[str, int] = Field(description="By what became of them.")
    waiting_since: datetime | None
    refusing: list[Refusing]
