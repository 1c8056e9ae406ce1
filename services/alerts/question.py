"""What may be asked of the queue, and where does its next page begin?

A cursor is checked, not signed: it widens nothing, for the reader's sight is applied to every page.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final, Literal, get_args
from uuid import UUID

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from services.domain.moments import moment

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

_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def _moment(text: object) -> datetime:
    """Read an RFC 3339 moment and nothing else."""
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise ValueError("not a moment")
    try:
        return moment(text.upper())
    except OverflowError:
        raise ValueError("not a moment") from None


_Text = Annotated[
    str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Moment = Annotated[datetime, BeforeValidator(_moment)]
_Limit = Annotated[str, StringConstraints(pattern=r"^([1-9]|[1-9]\d|[1-4]\d\d|500)$")]


class BadCursor(ValueError):
    """Not a cursor of ours, or of another question."""


class Question(BaseModel):
    """Which alerts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: State | None = Field(None, description="Default: all that are not resolved.")
    rule: _Text | None = Field(None, description="Name of a rule.")
    kind: Kind | None = None
    urgency: Urgency | None = None
    agency: _Text | None = Field(None, description="Who owes it.")
    unit: _Text | None = None
    child_ref: _Text | None = None
    mine: Mine | None = Field(None, description="true: what the caller's own agency owes.")
    due_before: Moment | None = Field(None, description="RFC 3339; owed by then.")
    limit: _Limit = Field("100", description="1 to 500.")
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        None, description="`next` of the page before; everything else must be asked as before."
    )

    @property
    def rows(self) -> int:
        """How many items a page may have."""
        return int(self.limit)

    def stated(self) -> dict[str, object]:
        """What narrows the question, by name; of pages nothing."""
        return self.model_dump(exclude={"limit", "cursor"}, exclude_none=True)

    def digest(self, *reader: str) -> str:
        """Tell this question by this reader from any other; its pages share the digest."""
        asked = self.model_dump_json(exclude={"limit", "cursor"})
        return sha256("|".join((asked, *reader)).encode()).hexdigest()[:16]


class WeekAsked(BaseModel):
    """Which week, and how it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    week: Annotated[str, StringConstraints(pattern=r"^20\d\d-W(0[1-9]|[1-4]\d|5[0-3])$")] | None = (
        Field(None, description="2026-W48; default: the last that is over.")
    )
    format: Literal["json", "csv"] = "json"


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where the last item of a page stands in the queue."""

    digest: str
    rank: Annotated[int, msgspec.Meta(ge=0, le=2)]
    place: float
    alert_id: UUID

    def encode(self) -> str:
        """Write the cursor as one opaque word."""
        return urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def decode(cls, word: str, digest: str) -> "Cursor":
        """Read a cursor of the question with this digest. Raises BadCursor."""
        try:
            padded = word.encode("ascii") + b"=" * (-len(word) % 4)
            cursor = msgspec.json.decode(urlsafe_b64decode(padded), type=cls)
        except (UnicodeError, NotBase64, msgspec.MsgspecError):
            raise BadCursor("not a cursor") from None
        if cursor.digest != digest:
            raise BadCursor("of another question")
        return cursor
