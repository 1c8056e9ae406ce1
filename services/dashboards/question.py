"""What may be asked of the gaps? The parameters of `GET /api/v1/gaps`, checked all at once."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from services.domain.moments import moment

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 500

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

_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def _moment(text: object) -> datetime:
    """Read an RFC 3339 moment and nothing else; one that was read before is as it is."""
    if isinstance(text, datetime) and text.tzinfo is not None:
        return text
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise ValueError("not a moment")
    try:
        return moment(text.upper())
    except OverflowError:
        raise ValueError("not a moment") from None


# Pydantic's own leniency (1_0 for a number, on for true) would make two spellings of one question.
_Text = Annotated[
    str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")
]
_EventKey = Annotated[
    str, StringConstraints(max_length=600, pattern=r"^/[^|\x00-\x1f\x7f]+\|[^\x00-\x1f\x7f]+$")
]
Moment = Annotated[datetime, BeforeValidator(_moment)]
_Limit = Annotated[str, StringConstraints(pattern=r"^([1-9]|[1-9]\d|[1-4]\d\d|500)$")]


class Filters(BaseModel):
    """What gaps are chosen by: codes and times, and nothing by which a child could be told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: _Text | None = Field(None, description="Name of a rule.")
    lesson: Lesson | None = None
    kind: Kind | None = None
    observed: Observed | None = Field(
        None, description="false: nobody's feed would say that it was done."
    )
    agency: _Text | None = Field(None, description="Who owes it.")
    unit: _Text | None = None
    state: State | None = Field(None, description="As at `as_of`; all states without it.")
    opens_from: Moment | None = Field(None, description="RFC 3339; opened then or later.")
    opens_before: Moment | None = Field(None, description="RFC 3339; opened before then.")
    as_of: Moment | None = Field(None, description="RFC 3339; decides `state`. Default: now.")
    known_at: Moment | None = Field(
        None, description="RFC 3339; what was believed then. Default: all that is known."
    )
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        None, description="`next` of the page before; everything else must be asked as before."
    )

    def stated(self) -> dict[str, object]:
        """What narrows the question, by name; of pages nothing."""
        return self.model_dump(exclude={"limit", "cursor"}, exclude_none=True)


class Question(Filters):
    """Which gaps, as at when, and as they were believed when."""

    referral_ref: _Text | None = None
    child_ref: _Text | None = None
    event: _EventKey | None = Field(
        None, description="`<source>|<id>`: gaps whose anchor or evidence it is."
    )
    limit: _Limit = Field(str(DEFAULT_LIMIT), description="1 to 500.")

    @property
    def rows(self) -> int:
        """How many items a page may have."""
        return int(self.limit)

    def digest(self, *reader: str) -> str:
        """Tell this question by this reader from any other; its pages share the digest."""
        asked = self.model_dump_json(exclude={"limit", "cursor"})
        return sha256("|".join((asked, *reader)).encode()).hexdigest()[:16]
