"""Which published ages are no longer right, and how are their events published again?

Every event of a child carries the age by the birth date last stated for the child, in whichever
record, by an event not retracted. The date itself never leaves the vault.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import asyncpg
import msgspec

from services.domain.events import Event
from services.intake.candidates import Candidate
from services.intake.features import age_at, published, topic_of
from services.intake.neighbourhood import Neighbourhood, Statement
from services.intake.retracted import Connection
from services.intake.vault import Unreadable, Vault, event_place
from services.runtime import log
from services.runtime.contracts import Contracts

_log = log.get(__name__)

_AGES = "SELECT receipt, record_ref, time, published_age FROM event WHERE record_ref = ANY($1)"
_SEALED = """
SELECT e.receipt, e.source, e.id, e.type, e.time, e.received_at, e.agency, e.record_ref,
       e.staff_ref, e.feature_version, e.revision, e.sealed, r.wrapped_key, r.master_key_id
FROM event AS e JOIN record AS r USING (record_ref) WHERE e.receipt = ANY($1)
"""


@dataclass(frozen=True, slots=True)
class Revised:
    """An event whose age has changed, as it is to be published now."""

    receipt: str
    topic: str
    event: Event

    @property
    def value(self) -> bytes:
        """The message."""
        return msgspec.json.encode(self.event.to_wire())


@dataclass(frozen=True, slots=True)
class Ages:
    """Works ages out again; `vault` opens what is sealed."""

    contracts: Contracts
    vault: Vault

    async def revise(
        self, connection: Connection, found: Neighbourhood, groups: Collection[frozenset[str]]
    ) -> list[Revised]:
        """Return the events of these groups whose published age is not the right one."""
        births = await self._birth_dates(connection, found, groups)
        rows = await connection.fetch(_AGES, list(births))
        wrong: dict[str, int | None] = {}
        for row in rows:
            born = births[row["record_ref"]]
            age = age_at(born, row["time"]) if born else None
            if age != row["published_age"]:
                wrong[row["receipt"]] = age
        if not wrong:
            return []
        sealed = await connection.fetch(_SEALED, list(wrong))
        revised = (self._revised(row, wrong[row["receipt"]]) for row in sealed)
        return [one for one in revised if one is not None]

    async def _birth_dates(
        self, connection: Connection, found: Neighbourhood, groups: Iterable[frozenset[str]]
    ) -> dict[str, date | None]:
        """Return by record the birth date of its child; left out where it does not open."""
        group_of = {ref: number for number, group in enumerate(groups) for ref in group}
        last: dict[int, Statement] = {}
        for one in found.statements:
            number = group_of.get(one.record_ref)
            if one.birth is None or number is None:
                continue
            if number not in last or one.order > last[number].order:
                last[number] = one
        rows = await connection.fetch(_SEALED, [one.receipt for one in last.values()])
        stated = {row["receipt"]: self._open(row) for row in rows}
        births: dict[str, date | None] = {}
        for record_ref, number in group_of.items():
            if number not in last:
                births[record_ref] = None
            elif event := stated[last[number].receipt]:
                births[record_ref] = date.fromisoformat(event["data"]["child"]["date_of_birth"])
        return births

    def _open(self, row: asyncpg.Record) -> Mapping[str, Any] | None:
        """Open a sealed event; None, and said so, where its key is gone."""
        try:
            key = self.vault.key_of(row["record_ref"], row["wrapped_key"], row["master_key_id"])
            place = event_place(row["receipt"], row["source"], row["id"])
            opened: Mapping[str, Any] = msgspec.json.decode(key.open(row["sealed"], place))
        except Unreadable as error:
            _log.error("event does not open", error=error)
            return None
        return opened

    def _revised(self, row: asyncpg.Record, age: int | None) -> Revised | None:
        """Project the event as intake does, with the right age and the next revision."""
        opened = self._open(row)
        if opened is None:
            return None
        candidate = Candidate(
            event=opened, source=row["source"], id=row["id"], type=row["type"], time=row["time"],
            agency=row["agency"], body_mac=b"",
        )  # fmt: skip
        event = published(
            self.contracts, candidate, row["received_at"], row["record_ref"], row["staff_ref"], age
        )
        event = replace(event, feature_version=row["feature_version"], revision=row["revision"] + 1)
        return Revised(row["receipt"], topic_of(self.contracts, candidate), event)
