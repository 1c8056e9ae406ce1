"""What has somebody begun to write of a child and not sent? Kept for days, for their agency alone.

A draft is sealed under a key of its own, which ends with it. It ends when it is sent, when somebody
deletes it, when the child whom it names is erased, and in any case after the days that policy says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

import asyncpg
import msgspec

from services.domain.events import MADE
from services.domain.moments import stamp
from services.domain.registry import Registry
from services.intake.identifiers import nhs_number, upn
from services.intake.vault import SealingKey, Vault, draft_place
from services.runtime import audit, clock
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act, Operation
from services.runtime.auth import Caller, Forbidden

Kind = Literal["referral", "amendment"]
Content: TypeAlias = "Mapping[str, Any]"
PURPOSE: Final = "safeguarding"
WRITERS: Final = frozenset({"agency", "police-supervisor"})
"""The roles whose people write referrals, where their agency may send any."""

_SHOWN: Final = (
    "draft_id, agency, kind, sealed, wrapped_key, master_key_id, saved_by, saved_at, ends_at"
)
_ALL: Final = f"""
SELECT {_SHOWN}, local_id_mac FROM draft WHERE agency = $1 AND ends_at > $2
ORDER BY saved_at DESC, draft_id
"""  # noqa: S608 - our own words
_ONE: Final = f"""
SELECT {_SHOWN}, local_id_mac FROM draft WHERE draft_id = $3 AND agency = $1 AND ends_at > $2
"""  # noqa: S608 - our own words
_COUNT: Final = "SELECT count(*) FROM draft WHERE agency = $1 AND ends_at > $2"
_TAKE: Final = (
    "SELECT wrapped_key, master_key_id FROM draft WHERE agency = $1 AND draft_id = $2 FOR UPDATE"
)
_SAVE: Final = """
INSERT INTO draft (draft_id, agency, kind, sealed, wrapped_key, master_key_id, local_id_mac,
                   nhs_mac, upn_mac, saved_by, saved_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (draft_id) DO UPDATE SET (kind, sealed, local_id_mac, nhs_mac, upn_mac, saved_by,
    saved_at, ends_at) = ($3, $4, $7, $8, $9, $10, $11, $12)
"""
_DELETE: Final = """
DELETE FROM draft WHERE agency = $1 AND draft_id = $2 RETURNING local_id_mac
"""
_RECORDS: Final = """
SELECT record_ref FROM record WHERE agency = $1 AND local_id_mac = ANY($2::bytea[])
"""
_OVER: Final = "DELETE FROM draft WHERE ends_at <= $1 RETURNING draft_id"


class TooMany(Exception):
    """The agency keeps as many drafts as may be."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a draft is kept after its last saving, and how many one agency may have."""

    kept: timedelta
    most: int

    @classmethod
    def parse(cls, policy: Mapping[str, Any]) -> "Retention":
        """Read policy/drafts.toml."""
        numbers = policy["numbers"]
        return cls(timedelta(days=numbers["kept"]["value"]), numbers["most"]["value"])


@dataclass(frozen=True, slots=True)
class Drafts:
    """Keeps drafts, shows them to their agency's people, and forgets them."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    readers: "asyncpg.Pool[asyncpg.Record]"
    registry: Registry
    vault: Vault
    retention: Retention

    async def all(self, caller: Caller) -> list[dict[str, Any]]:
        """List the drafts of the caller's agency, the last saved first. Raises Forbidden."""
        self._require(caller)
        async with asking(self.readers, caller) as connection:
            rows = await connection.fetch(_ALL, caller.agency, clock.now())
            await self._note(connection, caller, "consultation", "drafts-read", _macs_of(rows))
        return [self._told(row) for row in rows]

    async def one(self, caller: Caller, draft_id: str) -> dict[str, Any] | None:
        """Return a draft with what is in it; None where there is none. Raises Forbidden."""
        self._require(caller)
        async with asking(self.readers, caller) as connection:
            row = await connection.fetchrow(_ONE, caller.agency, clock.now(), draft_id)
            found = _macs_of([row] if row else [])
            await self._note(connection, caller, "consultation", "draft-read", found, draft_id)
        return None if row is None else self._told(row) | {"content": self._opened(row)}

    async def save(
        self, caller: Caller, draft_id: str | None, kind: Kind, content: Content
    ) -> dict[str, Any] | None:
        """Keep a draft, a new one without an id; None where there is none of this id to change.

        Raises Forbidden, TooMany.
        """
        self._require(caller)
        now = clock.now()
        ends_at = now + self.retention.kept
        async with self.pool.acquire() as connection, connection.transaction():
            key = await self._key(connection, caller, draft_id, now)
            if key is None:
                return None
            ref, sealing = key
            body = sealing.seal(msgspec.json.encode(content), draft_place(ref, caller.agency))
            macs = self._macs(caller.agency, content)
            await connection.execute(
                _SAVE, ref, caller.agency, kind, body, sealing.wrapped, sealing.master_key_id,
                *macs, caller.subject, now, ends_at,
            )  # fmt: skip
            await self._note(connection, caller, "collection", "draft-saved", macs[:1], ref)
        return {
            "draft_id": ref, "kind": kind, "saved_by": caller.subject, "saved_at": stamp(now),
            "ends_at": stamp(ends_at),
        }  # fmt: skip

    async def delete(self, caller: Caller, draft_id: str) -> bool:
        """Delete a draft; say whether there was one. Raises Forbidden."""
        self._require(caller)
        async with self.pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_DELETE, caller.agency, draft_id)
            if rows:
                gone = _macs_of(rows)
                await self._note(connection, caller, "erasure", "draft-deleted", gone, draft_id)
        return bool(rows)

    async def sweep(self) -> int:
        """Delete the drafts whose time is over; return how many."""
        async with self.pool.acquire() as connection, connection.transaction():
            gone = await connection.fetch(_OVER, clock.now())
            if gone:
                act = Act("erasure", "drafts-swept", "retention", len(gone))
                await audit.write(connection, audit.service("intake"), act)
        return len(gone)

    def _require(self, caller: Caller) -> None:
        """Refuse who writes no referrals."""
        may = caller.role in WRITERS and self.registry.may_send(caller.agency, MADE)
        if not may:
            raise Forbidden

    async def _key(
        self, connection: Connection, caller: Caller, draft_id: str | None, now: datetime
    ) -> tuple[str, SealingKey] | None:
        """Return id and key of a draft that there is, or of a new one. Raises TooMany."""
        if draft_id is not None:
            row = await connection.fetchrow(_TAKE, caller.agency, draft_id)
            if row is None:
                return None
            key = self.vault.key_of(draft_id, row["wrapped_key"], row["master_key_id"])
            return draft_id, key
        if await connection.fetchval(_COUNT, caller.agency, now) >= self.retention.most:
            raise TooMany
        fresh = clock.new_ref()
        return fresh, self.vault.new_key(fresh)

    def _macs(self, agency: str, content: Content) -> tuple[bytes | None, ...]:
        """By what erasure finds the draft: record number, NHS number and UPN, as far as stated."""
        child = content.get("child")
        stated = child if isinstance(child, Mapping) else {}
        local_id = str(stated.get("local_id") or "")
        health, pupil = (str(stated.get(name) or "") for name in ("nhs_number", "upn"))
        nhs, number = nhs_number(health), upn(pupil)
        mac = self.vault.mac
        return (
            mac("local-id", agency, local_id) if local_id else None,
            mac("nhs-number", nhs) if nhs else None,
            mac("upn", number) if number else None,
        )

    def _opened(self, row: asyncpg.Record) -> dict[str, Any]:
        key = self.vault.key_of(row["draft_id"], row["wrapped_key"], row["master_key_id"])
        place = draft_place(row["draft_id"], row["agency"])
        content: dict[str, Any] = msgspec.json.decode(key.open(row["sealed"], place))
        return content

    def _told(self, row: asyncpg.Record) -> dict[str, Any]:
        child = self._opened(row).get("child")
        stated = child if isinstance(child, Mapping) else {}
        return {
            "draft_id": row["draft_id"], "kind": row["kind"], "saved_by": row["saved_by"],
            "saved_at": stamp(row["saved_at"]), "ends_at": stamp(row["ends_at"]),
            "local_id": stated.get("local_id"),
        }  # fmt: skip

    async def _note(  # noqa: PLR0913 - what an act is made of
        self,
        connection: Connection,
        caller: Caller,
        operation: Operation,
        action: str,
        macs: Sequence[bytes | None],
        about: str | None = None,
    ) -> None:
        """Put on record what was done with drafts, by the records of the children named in them."""
        known = [mac for mac in macs if mac is not None]
        found = await connection.fetch(_RECORDS, caller.agency, known) if known else []
        records = [row["record_ref"] for row in found]
        act = Act(operation, action, PURPOSE, len(macs), records=records, about=about)
        await audit.write(connection, caller, act)


def _macs_of(rows: Sequence[asyncpg.Record]) -> list[bytes | None]:
    return [row["local_id_mac"] for row in rows]
