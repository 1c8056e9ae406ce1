"""How far had a chain come, by a witness outside of the database? A file that only grows.

Whoever can write to the database and has the key could make a chain anew; what was given away
before it would then differ. So the file belongs on another machine, or at least in its backups.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from services.audit.chain import Head
from services.runtime import clock, log

_log = log.get(__name__)


class NoHeads(Exception):
    """The file of heads is not what we have written; `line` says where."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Given(msgspec.Struct, frozen=True):
    """A head as it was given away."""

    chain: str
    position: int
    hash: str
    at: datetime


@dataclass(slots=True)
class Heads:
    """Gives heads away: to the log, and to a file if there is one."""

    file: Path | None
    _given: dict[str, Head]

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._given = {}

    def give(self, heads: Mapping[str, Head]) -> None:
        """Give away the heads that have moved on."""
        now = clock.now()
        moved = {
            chain: head
            for chain, head in heads.items()
            if head.position and self._given.get(chain) != head
        }
        for chain, head in moved.items():
            _log.info("audit head", head=f"{chain}:{head.position}:{head.hash.hex()}")
        if moved and self.file is not None:
            _append(self.file, [_given(chain, head, now) for chain, head in moved.items()])
        self._given |= moved


def given(file: Path, chain: str) -> Iterator[Given]:
    """Yield what was given away of a chain, in the order of the file. Raises NoHeads."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                found = msgspec.json.decode(line, type=Given)
            except msgspec.MsgspecError:
                raise NoHeads(number) from None
            if found.chain == chain:
                yield found


def _given(chain: str, head: Head, now: datetime) -> Given:
    return Given(chain, head.position, head.hash.hex(), now)


def _append(file: Path, heads: list[Given]) -> None:
    """Add lines, on the disk when this returns."""
    lines = b"".join(msgspec.json.encode(head) + b"\n" for head in heads)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as out:
        out.write(lines)
        out.flush()
        os.fsync(out.fileno())
