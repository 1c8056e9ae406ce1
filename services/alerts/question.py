"""What may be asked of the queue, and where does its next page begin?"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, get_args
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.runtime import cursors
from services.runtime.questions import CursorText, LimitText, Moment, Paged, Text

State = Literal["warning", "new", "acknowledged", "in-hand", "resolved", "any"]
Kind = Literal["gap", "query"]
Urgency = Literal["immediate", "prompt", "routine"]
Mine = Literal["true", "false"]
CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "state": get_args(State),
    "kind": get_args(Kind),
    "urgency": get_args(Urgency),
    "mine": get_args(Mine),
}
"""What may be asked by name, of what is chosen from a list."""
_Week = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])$")]


class Question(Paged):
    """Which alerts."""

    state: State | None = Field(None, description="Default: all that are not resolved.")
    rule: Text | None = Field(None, description="Name of a rule.")
    kind: Kind | None = None
    urgency: Urgency | None = None
    agency: Text | None = Field(None, description="Who owes it.")
    unit: Text | None = None
    child_ref: Text | None = None
    mine: Mine | None = Field(None, description="true: what the caller's own agency owes.")
    due_before: Moment | None = Field(None, description="RFC 3339; owed by then.")
    limit: LimitText = Field("100", description="1 to 500.")
    cursor: CursorText = None

    @property
    def rows(self) -> int:
        """How many items a page may have."""
        return int(self.limit)


class WeekAsked(BaseModel):
    """Which week, and how it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    week: _Week | None = Field(None, description="2026-W48; default: the last that is over.")
    format: Literal["json", "csv"] = "json"


class Cursor(cursors.Cursor, frozen=True):
    """Where the last item of a page stands in the queue."""

    rank: Annotated[int, msgspec.Meta(ge=0, le=2)]
    place: float
    alert_id: UUID
