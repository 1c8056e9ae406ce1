"""How is an event published again, as intake would publish it today?

Opened, projected and read by the code that runs. Its (feature_version, revision) only ever rises,
and neither part ever falls: an older process that revises what a newer one has published keeps the
newer one's feature version.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import asyncpg
import msgspec

from services.domain.events import Event
from services.intake.candidates import Candidate
from services.intake.features import published, topic_of
from services.intake.retracted import Connection
from services.intake.vault import Unreadable, Vault, event_place
from services.runtime import log
from services.runtime.contracts import Contracts

_log = log.get(__name__)

SEALED: Final = """
SELECT e.receipt, e.source, e.id, e.type, e.time, e.received_at, e.agency, e.record_ref,
       e.staff_ref, e.feature_version, e.revision, e.published_age, e.sealed,
       coalesce(r.wrapped_key, s.wrapped_key) AS wrapped_key,
       coalesce(r.master_key_id, s.master_key_id) AS master_key_id
FROM event AS e LEFT JOIN record AS r USING (record_ref)
LEFT JOIN staff AS s ON e.record_ref IS NULL AND s.staff_ref = e.staff_ref
WHERE e.receipt = ANY($1)
"""
"""What is needed to publish events again; the key is the record's, of training the staff's."""
_REVISE: Final = """
UPDATE event SET feature_version = revised.feature_version, revision = revised.revision,
                 published_age = revised.age
FROM unnest($1::text[], $2::int[], $3::int[], $4::int[])
    AS revised (receipt, feature_version, revision, age)
WHERE event.receipt = revised.receipt
"""
_OUTBOX: Final = """
INSERT INTO outbox (receipt, topic, key, value)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[])
"""


@dataclass(frozen=True, slots=True)
class Revised:
    """An event as it is to be published now."""

    receipt: str
    topic: str
    event: Event

    @property
    def key(self) -> bytes:
        """What its messages are keyed by."""
        return (self.event.record_ref or self.event.staff_ref or "").encode()

    @property
    def value(self) -> bytes:
        """The message."""
        return msgspec.json.encode(self.event.to_wire())


def opened(vault: Vault, row: asyncpg.Record) -> Mapping[str, Any] | None:
    """Open a sealed event, a row of SEALED; None, and said so, where its key is gone."""
    try:
        owner = row["record_ref"] or row["staff_ref"]
        key = vault.key_of(owner, row["wrapped_key"], row["master_key_id"])
        place = event_place(row["receipt"], row["source"], row["id"])
        event: Mapping[str, Any] = msgspec.json.decode(key.open(row["sealed"], place))
    except Unreadable as error:
        _log.error("event does not open", error=error)
        return None
    return event


def revise(
    contracts: Contracts, vault: Vault, row: asyncpg.Record, age: int | None, revision: int
) -> Revised | None:
    """Make what is published of a row of SEALED, with this age; None where it does not open."""
    event = opened(vault, row)
    if event is None:
        return None
    candidate = Candidate(
        event=event, source=row["source"], id=row["id"], type=row["type"], time=row["time"],
        agency=row["agency"], body_mac=b"",
    )  # fmt: skip
    now = published(
        contracts, candidate, row["received_at"], row["record_ref"], row["staff_ref"], age
    )
    feature_version = max(now.feature_version, row["feature_version"])
    now = replace(now, feature_version=feature_version, revision=revision)
    return Revised(row["receipt"], topic_of(contracts, candidate), now)


async def write(connection: Connection, revised: Sequence[Revised]) -> None:
    """Write what is revised and what is to be published of it; the caller has locked the events."""
    states = ((r.receipt, r.event.feature_version, r.event.revision, r.event.age) for r in revised)
    await connection.execute(_REVISE, *_columns(states))
    outgoing = ((r.receipt, r.topic, r.key, r.value) for r in revised)
    await connection.execute(_OUTBOX, *_columns(outgoing))


def _columns(rows: Iterable[tuple[Any, Any, Any, Any]]) -> list[tuple[Any, ...]]:
    """Turn rows of four into the columns that `unnest` takes."""
    return list(zip(*rows, strict=True)) or [()] * 4
