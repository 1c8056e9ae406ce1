"""How is an audit row bound to all rows before it? Pure: the same in sealing and in verifying.

The hash of a link is the HMAC of the link before it and of everything that the row says, as JSON.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import msgspec

BEGINNING: Final = bytes(32)
"""What comes before the first link."""
COLUMNS: Final = (
    "seq", "at", "operation", "action", "purpose", "subject", "agency", "role", "marks", "asked",
    "row_count", "recipient", "correlation",
)  # fmt: skip
"""Everything that a row says; a column more is a version more."""
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain: it stands for all before it."""

    position: int
    hash: bytes


NONE: Final = Head(0, BEGINNING)


def next_head(
    key: bytes, chain: str, before: Head, row: Mapping[str, Any], sealed_at: datetime
) -> Head:
    """Bind a row, by the names of COLUMNS, to the link before it."""
    position = before.position + 1
    said = msgspec.json.encode(
        [VERSION, chain, position, sealed_at, *map(row.__getitem__, COLUMNS)]
    )
    return Head(position, hmac.digest(key, before.hash + said, sha256))
