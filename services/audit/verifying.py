"""Is every audit row as it was sealed, and is none missing or new?"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from services.audit import store
from services.audit.chain import NONE, Head, next_head
from services.audit.heads import Given
from services.audit.store import Connection

LATE: Final = timedelta(hours=1)
"""A row that was sealed so long after its time is counted as late: the sealer was away, or somebody
has written it later than it says."""
PREFETCH: Final = 1_000
Progress = Callable[[str, int], None]


class Fault(NamedTuple):
    """The first thing that is wrong with a chain; `seq` names the row, if it is a row."""

    code: str
    seq: int | None
    position: int | None = None


@dataclass(slots=True)
class Found:
    """What was found of one chain."""

    chain: str
    head: Head = NONE
    late: int = 0
    first_late: int | None = None
    waiting: int = 0
    waiting_since: datetime | None = None
    fault: Fault | None = None


async def verify(
    connection: Connection, key: bytes, chain: str, given: Iterator[Given], progress: Progress
) -> Found:
    """Walk a chain from its beginning, in the caller's snapshot; stop at the first fault.

    `given` are its heads as a witness has them, in order.
    """
    found = Found(chain)
    found.fault = await _walk(connection, key, found, given, progress)
    settled = await store.horizon(connection, chain)
    if found.fault is None:
        seq = await store.inserted(connection, chain, settled.floor)
        found.fault = None if seq is None else Fault("inserted", seq)
    found.waiting, found.waiting_since = await store.waiting(connection, chain, settled.floor)
    return found


async def _walk(
    connection: Connection, key: bytes, found: Found, given: Iterator[Given], progress: Progress
) -> Fault | None:
    witness = next(given, None)
    async for row in connection.cursor(store.of_chain(found.chain), found.chain, prefetch=PREFETCH):
        due = found.head.position + 1
        if row["position"] != due:
            return Fault("link-removed", None, due)
        if row["seq"] is None:
            return Fault("removed", row["link_seq"], due)
        head = next_head(key, found.chain, found.head, dict(row), row["sealed_at"])
        if not hmac.compare_digest(head.hash, row["hash"]):
            return Fault("changed", row["seq"], due)
        found.head = head
        while witness is not None and witness.position <= due:
            if witness.position < due or witness.hash != head.hash.hex():
                return Fault("another-head", row["seq"], due)
            witness = next(given, None)
        if row["sealed_at"] - row["at"] > LATE:
            found.late += 1
            found.first_late = found.first_late or row["seq"]
        progress(found.chain, due)
    if witness is not None:
        return Fault("end-removed", None, found.head.position + 1)
    return None
