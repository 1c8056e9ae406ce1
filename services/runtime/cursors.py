"""Where does the next page begin, and does it belong to the pages before?

A cursor is checked, not signed: it widens nothing, for the reader's sight is applied to every page.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime
from typing import Annotated, Self

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class BadCursor(ValueError):
    """Not a cursor of ours, or of another question."""


class Place(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place among rows; what it is made of is told by who has such rows."""

    def encode(self) -> str:
        """Write the place as one opaque word."""
        return urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def decode(cls, word: str) -> Self:
        """Read a place. Raises BadCursor."""
        try:
            padded = word.encode("ascii") + b"=" * (-len(word) % 4)
            return msgspec.json.decode(urlsafe_b64decode(padded), type=cls)
        except (UnicodeError, NotBase64, msgspec.MsgspecError):
            raise BadCursor("not a cursor") from None


class Cursor(Place, frozen=True):
    """A place among the rows of one question by one reader, both told by `digest`."""

    digest: str

    @classmethod
    def of(cls, word: str, digest: str) -> Self:
        """Read a cursor of the question with this digest. Raises BadCursor."""
        cursor = cls.decode(word)
        if cursor.digest != digest:
            raise BadCursor("of another question")
        return cursor
