"""What may be asked of the gaps? The parameters of `GET /api/v1/gaps`, checked all at once."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, get_args

from pydantic import Field, StringConstraints

from services.runtime.questions import CursorText, LimitText, Moment, Paged, Text

DEFAULT_LIMIT: Final = 100

State = Literal["open", "closed", "upcoming"]
Lesson = Literal["1", "2", "3", "4", "themes"]
Kind = Literal["gap", "query"]
Observed = Literal["true", "false"]
CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "state": get_args(State),
    "lesson": get_args(Lesson),
    "kind": get_args(Kind),
    "observed": get_args(Observed),
}
"""What may be asked by name, of what is chosen from a list."""

_EventKey = Annotated[
    str, StringConstraints(max_length=600, pattern=r"^/[^|\x00-\x1f\x7f]+\|[^\x00-\x1f\x7f]+$")
]


class Filters(Paged):
    """What gaps are chosen by: codes and times, and nothing by which a child could be told."""

    rule: Text | None = Field(None, description="Name of a rule.")
    lesson: Lesson | None = None
    kind: Kind | None = None
    observed: Observed | None = Field(
        None, description="false: nobody's feed would say that it was done."
    )
    agency: Text | None = Field(None, description="Who owes it.")
    unit: Text | None = None
    state: State | None = Field(None, description="As at `as_of`; all states without it.")
    opens_from: Moment | None = Field(None, description="RFC 3339; opened then or later.")
    opens_before: Moment | None = Field(None, description="RFC 3339; opened before then.")
    as_of: Moment | None = Field(None, description="RFC 3339; decides `state`. Default: now.")
    known_at: Moment | None = Field(
        None, description="RFC 3339; what was believed then. Default: all that is known."
    )
    cursor: CursorText = None


class Question(Filters):
    """Which gaps, as at when, and as they were believed when."""

    referral_ref: Text | None = None
    child_ref: Text | None = None
    event: _EventKey | None = Field(
        None, description="`<source>|<id>`: gaps whose anchor or evidence it is."
    )
    limit: LimitText = Field(str(DEFAULT_LIMIT), description="1 to 500.")

    @property
    def rows(self) -> int:
        """How many items a page may have."""
        return int(self.limit)
