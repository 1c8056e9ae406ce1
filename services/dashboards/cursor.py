"""Where does the next page begin, and does it belong to the pages before?

A cursor carries both times of its first page, so that what is believed meanwhile changes no page,
and the total, so that it is counted once.
It is checked, not signed: it widens nothing, for the reader's sight is applied to every page.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class BadCursor(ValueError):
    """Not a cursor of ours, or of another question."""


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the pages of one question by one reader have in common, and the last item of a page."""

    digest: str
    as_of: Moment
    known_at: Moment
    beyond_watermark: bool
    total: Annotated[int, msgspec.Meta(ge=0)]
    opens_at: Moment
    gap_id: UUID
    child_ref: Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,256}$")]

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
