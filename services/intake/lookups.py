"""Who is this child, what was said? For those who may know, for a stated purpose, and on record.

The audit row stands in the same transaction and is written before anything is returned: without it
nothing is shown. A look-up that finds nothing is on record as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import msgspec

from services.domain.events import AMENDED, MADE, Key
from services.domain.moments import stamp
from services.domain.narrative.phrases import Phrase
from services.domain.narrative.shown import shown
from services.domain.registry import Registry
from services.intake import store
from services.intake.held import open_held
from services.intake.sight import READERS, sees
from services.intake.store import Connection
from services.intake.vault import SealingKey, Vault, event_place, original_place
from services.runtime import audit
from services.runtime.asking import asking
from services.runtime.audit import Act, Purpose
from services.runtime.auth import Caller, Forbidden

_RECORDS: Final = "SELECT record_ref, agency FROM record WHERE child_ref = $1 ORDER BY record_ref"
_EVENT: Final = """
SELECT source, id, type, time, agency, record_ref, staff_ref, sealed FROM event WHERE receipt = $1
"""
_SAID: Final = """
SELECT e.receipt, e.source, e.id, e.type, e.time, e.agency, e.record_ref, e.staff_ref, e.sealed
FROM event e JOIN record r USING (record_ref)
WHERE r.child_ref = $1 AND (e.source, e.id) = ($2, $3)
"""
_STAFF_KEY: Final = """
SELECT staff_ref AS ref, wrapped_key, master_key_id FROM staff WHERE staff_ref = $1
"""
_ORIGINAL: Final = """
SELECT e.agency, e.record_ref, e.staff_ref, o.media, o.sealed
FROM original o JOIN event e USING (receipt) WHERE receipt = $1
"""
_NOT_TEXT: Final = frozenset({"child", "practitioner"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers look-ups from the vault; `phrases` are those of adult language, of all versions."""

    readers: "asyncpg.Pool[asyncpg.Record]"
    registry: Registry
    vault: Vault
    phrases: Iterable[Phrase]

    async def identity(
        self, caller: Caller, child_ref: str, purpose: Purpose
    ) -> dict[str, Any] | None:
        """Return what each record the caller may see says of who the child is; None for none.

        Raises Forbidden.
        """
        _require_reader(caller, purpose)
        async with asking(self.readers, caller) as connection:
            rows = await connection.fetch(_RECORDS, child_ref)
            seen = {
                row["record_ref"]: row["agency"]
                for row in rows
                if sees(caller, row["agency"], self.registry)
            }
            act = Act("consultation", "identity", purpose, len(seen), children=[child_ref])
            await audit.write(connection, caller, act)
            records = await self._records(connection, seen)
        return {"child_ref": child_ref, "records": records} if records else None

    async def _records(
        self, connection: Connection, seen: Mapping[str, str]
    ) -> Sequence[Mapping[str, Any]]:
        owners = await store.records_by_ref(connection, self.vault, seen)
        held = await open_held(connection, owners.values())
        return [
            {"record_ref": ref, "agency": agency, "statements": list(held[ref].statements)}
            for ref, agency in seen.items()
        ]

    async def text(self, caller: Caller, receipt: str, purpose: Purpose) -> dict[str, Any] | None:
        """Return what an event said, without who child and practitioner are; None if not seen.

        Of a referral's reason also what a reader finds in it, and where.

        Raises Forbidden.
        """
        _require_reader(caller, purpose)
        async with asking(self.readers, caller) as connection:
            found = await connection.fetchrow(_EVENT, receipt)
            row = await self._looked(connection, caller, ("text", purpose, receipt), found)
            if row is None:
                return None
            return {"receipt": receipt, **await self._opened(connection, receipt, row)}

    async def said(
        self, caller: Caller, child_ref: str, key: Key, purpose: Purpose
    ) -> dict[str, Any] | None:
        """Return what an event of a child's said, by its source and id; None if not seen.

        Raises Forbidden.
        """
        _require_reader(caller, purpose)
        async with asking(self.readers, caller) as connection:
            found = await connection.fetchrow(_SAID, child_ref, *key)
            about = "" if found is None else found["receipt"]
            row = await self._looked(connection, caller, ("text", purpose, about), found)
            if row is None:
                return None
            return {"receipt": about, **await self._opened(connection, about, row)}

    async def original(
        self, caller: Caller, receipt: str, purpose: Purpose
    ) -> tuple[str, bytes] | None:
        """Return media type and bytes of what an event was made from; None if there is none seen.

        Raises Forbidden.
        """
        _require_reader(caller, purpose)
        async with asking(self.readers, caller) as connection:
            found = await connection.fetchrow(_ORIGINAL, receipt)
            row = await self._looked(connection, caller, ("original", purpose, receipt), found)
            if row is None:
                return None
            key = await self._key_of(connection, row)
        return row["media"], key.open(row["sealed"], original_place(receipt))

    async def _looked(
        self,
        connection: Connection,
        caller: Caller,
        look: tuple[str, Purpose, str],
        row: asyncpg.Record | None,
    ) -> asyncpg.Record | None:
        """Put on record whose text or original was asked for, also where it is not shown.

        `look`: the action, its purpose, and the receipt. Returns the row where it may be seen.
        """
        action, purpose, receipt = look
        seen = row is not None and sees(caller, row["agency"], self.registry)
        records = [row["record_ref"]] if row is not None and row["record_ref"] is not None else []
        act = Act("consultation", action, purpose, int(seen), records=records, about=receipt)
        await audit.write(connection, caller, act)
        return row if seen else None

    async def _key_of(self, connection: Connection, row: asyncpg.Record) -> SealingKey:
        """The key that an event, and what it was made from, is sealed by."""
        if row["record_ref"] is not None:
            found = await store.records_by_ref(connection, self.vault, [row["record_ref"]])
            return found[row["record_ref"]].key
        staff = await connection.fetchrow(_STAFF_KEY, row["staff_ref"])
        assert staff is not None  # noqa: S101 - a foreign key says so
        return self.vault.key_of(staff["ref"], staff["wrapped_key"], staff["master_key_id"])

    async def _opened(
        self, connection: Connection, receipt: str, row: asyncpg.Record
    ) -> dict[str, Any]:
        key = await self._key_of(connection, row)
        place = event_place(receipt, row["source"], row["id"])
        said = msgspec.json.decode(key.open(row["sealed"], place))["data"]
        return {
            "source": row["source"],
            "id": row["id"],
            "type": row["type"],
            "time": stamp(row["time"]),
            "data": {name: part for name, part in said.items() if name not in _NOT_TEXT},
            "reading": self._reading(row["type"], said),
        }

    def _reading(self, event_type: str, said: Mapping[str, Any]) -> dict[str, Any] | None:
        if event_type not in (MADE, AMENDED):
            return None
        return shown(said.get("reason") or {}, self.phrases)


def _require_reader(caller: Caller, purpose: Purpose) -> None:
    if caller.role not in READERS or not caller.may_ask(purpose):
        raise Forbidden
