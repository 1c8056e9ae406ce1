"""What does a file state, whatever its format? Facts, each with its event or why it gives none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.runtime.contracts import Fault


class Unreadable(Exception):
    """The file cannot be read; `reason` is a code, `row` says where, from 1, or 0."""

    def __init__(self, reason: str, row: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.row = row


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a file states.

    `child` and `referral` number the child and the referral in the file (no referral: None).
    `coined_from` is what source, id and refs are coined from in the vault where `event` lacks them;
    `event` is None where `errors` say why the fact gives none.
    """

    row: int
    pointer: str
    type: str
    child: int
    referral: int | None
    coined_from: tuple[str, ...]
    event: Mapping[str, Any] | None
    errors: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a file states, and codes of what was assumed in reading it."""

    facts: Sequence[Fact]
    notes: tuple[str, ...] = ()
