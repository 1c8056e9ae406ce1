"""May this child be erased, and how far has it come? Each step is a transaction of its own.

Asked for, confirmed by somebody else, destroyed here, told to everyone, done once chronology and
ledger have acted. Whoever asks goes on where it stands: after a crash the next call does.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

import asyncpg
import msgspec

from services.domain.events import Event
from services.domain.moments import stamp
from services.domain.registry import Registry
from services.intake import destroying, matcher_waiting
from services.intake.destroying import Found
from services.intake.features import topic_of_agency
from services.intake.store import Connection
from services.intake.vault import Vault
from services.runtime import audit, clock, log, postgres
from services.runtime.audit import Act
from services.runtime.auth import Caller
from services.runtime.guard import NotNow

Reason = Literal[
    "right-to-erasure", "court-order", "recorded-in-error", "retention-over", "controllers-decision"
]
SOURCE: Final = "/referral-watch/vault"
ERASED: Final = "identity.erased.v1"
AGAIN: Final = timedelta(seconds=60)
"""So long is waited for an answer before the message is sent again; twice is once."""
ROLE: Final = "administrator"
POLL_SECONDS: Final = 2.0

_log = log.get(__name__)

_REQUEST: Final = """
INSERT INTO erasure (erasure_id, child_digest, child_ref, reason, state, requested_by, requested_at)
VALUES ($1, sha256(convert_to($2, 'UTF8')), $2, $3, 'requested', $4, $5)
"""
_OPEN: Final = """
SELECT erasure_id FROM erasure WHERE state IN ('confirmed', 'destroyed') ORDER BY requested_at
"""
_TAKE: Final = "SELECT * FROM erasure WHERE erasure_id = $1 FOR UPDATE"
_CONFIRM: Final = """
UPDATE erasure SET (state, confirmed_by, confirmed_at) = ('confirmed', $2, $3)
WHERE erasure_id = $1 AND state = 'requested'
"""
_REFUSE: Final = """
UPDATE erasure SET (state, refused_for, child_ref) = ('refused', $2, NULL) WHERE erasure_id = $1
"""
_DESTROYED: Final = """
UPDATE erasure SET (state, record_refs, salt, destroyed_at, sent_at, records, events)
    = ('destroyed', $2, $3, $4, $4, $5, $6) WHERE erasure_id = $1
"""
_SEND: Final = "INSERT INTO outbox (topic, key, value) VALUES ($1, $2, $3)"
_SENT: Final = "UPDATE erasure SET sent_at = $2 WHERE erasure_id = $1"
_ANSWERED: Final = """
SELECT count(*) FROM unnest($1::text[]) AS ref
JOIN chronology.erasure_done ON digest = sha256(convert_to(ref, 'UTF8'))
"""
_UNSEND: Final = "DELETE FROM outbox WHERE convert_from(key, 'UTF8') = $1 AND receipt IS NULL"
_DONE: Final = """
UPDATE erasure SET (state, done_at, child_ref, record_refs, salt) = ('done', $2, NULL, NULL, NULL)
WHERE erasure_id = $1
"""
# Before the secrets of its marks die with the records: afterwards nobody can tell any more.
_REACH: Final = """
WITH marked AS (
    SELECT coalesce(array_agg(mark), '{}') AS marks
    FROM audit_marks(ARRAY[1], ARRAY[$2], ARRAY[true], ARRAY[NULL::text])),
seen AS (
    SELECT coalesce(recipient, agency) AS agency, operation, action, row_count, at, marks
    FROM audit_entry
    UNION ALL
    SELECT coalesce(recipient, agency), operation, action, row_count, at, marks
    FROM dashboards.audit_entry)
INSERT INTO erasure_reach (erasure_id, agency, operation, action, times, last_at)
SELECT $1, agency, operation, action, count(*), max(at) FROM seen CROSS JOIN marked
WHERE seen.marks && marked.marks AND row_count > 0 AND operation IN ('consultation', 'disclosure')
GROUP BY agency, operation, action
"""
_STATUS: Final = """
SELECT erasure_id, reason, state, refused_for, requested_by, requested_at, confirmed_by,
       confirmed_at, destroyed_at, done_at, records, events FROM erasure WHERE erasure_id = $1
"""
_REACHED: Final = """
SELECT agency, operation, action, times, last_at FROM erasure_reach WHERE erasure_id = $1
ORDER BY agency, operation, action
"""


class Unknown(Exception):
    """There is no such child, or no such erasure that waits for this."""


class Refused(Exception):
    """It may not be; `code` says why: same-person, legal-hold."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Erasures:
    """Takes requests and confirmations, and carries them out."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    registry: Registry
    vault: Vault

    async def request(self, caller: Caller, child_ref: str, reason: Reason) -> str:
        """Ask for a child to be erased; return the id of the request. Raises Unknown, Refused."""
        erasure_id = clock.new_ref()
        async with self.pool.acquire() as connection, connection.transaction():
            records = await destroying.records_of(connection, child_ref)
            if not records:
                raise Unknown
            if await destroying.held(connection, [ref for ref, _ in records]):
                raise Refused("legal-hold")
            act = Act("consultation", "erasure-requested", reason, 0, children=[child_ref])
            await audit.write(connection, caller, act)
            await connection.execute(
                _REQUEST, erasure_id, child_ref, reason, caller.subject, clock.now()
            )
        return erasure_id

    async def confirm(self, caller: Caller, erasure_id: str) -> None:
        """Confirm another person's request: it is then carried out. Raises Unknown, Refused."""
        async with self.pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_TAKE, erasure_id)
            if row is None or row["state"] != "requested":
                raise Unknown
            if row["requested_by"] == caller.subject:
                raise Refused("same-person")
            await connection.execute(_CONFIRM, erasure_id, caller.subject, clock.now())

    async def run(self) -> None:
        """Carry out what was confirmed until cancelled."""
        while True:
            await postgres.patiently(self.advance, also=(NotNow,))
            await asyncio.sleep(POLL_SECONDS)

    async def advance(self) -> int:
        """Carry every confirmed erasure as far as it will go now; return how many are under way."""
        rows = await self.pool.fetch(_OPEN)
        for row in rows:
            await self.destroy(row["erasure_id"])
            await self.finish(row["erasure_id"])
        return len(rows)

    async def destroy(self, erasure_id: str) -> bool:
        """Destroy what the vault holds and tell everyone, all in one transaction.

        False while a link is still on its way to chronology, or where there is nothing to do.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(destroying.TIMEOUTS)
            await matcher_waiting.await_turn(connection)
            row = await connection.fetchrow(_TAKE, erasure_id)
            if row is None or row["state"] != "confirmed":
                return False
            records = await destroying.records_of(connection, row["child_ref"])
            if refusal := await _refusal(connection, records):
                await connection.execute(_REFUSE, erasure_id, refusal)
                return False
            if await destroying.unsettled(connection, row["child_ref"]):
                return False
            await self._destroy(connection, row, await destroying.find(connection, records))
        _log.info("vault erased", count=len(records))
        return True

    async def _destroy(self, connection: Connection, row: asyncpg.Record, found: Found) -> None:
        erasure_id, child_ref = row["erasure_id"], row["child_ref"]
        await connection.execute(_REACH, erasure_id, child_ref)
        who = Caller(row["confirmed_by"], "referral-watch", ROLE)
        act = Act("erasure", "child-erased", row["reason"], len(found.keys), children=[child_ref])
        await audit.write(connection, who, act)
        macs = [self.vault.mac("erased-event", *key) for key in found.keys]
        await destroying.destroy(connection, found, macs)
        now, salt = clock.now(), clock.new_ref()
        await connection.execute(
            _DESTROYED, erasure_id, found.record_refs, salt, now, len(found.records),
            len(found.keys),
        )  # fmt: skip
        agency = found.records[0][1]
        said = _said(erasure_id, child_ref, found.record_refs, salt)
        await self._send(connection, said, topic_of_agency(self.registry, agency))

    async def _send(self, connection: Connection, said: Event, topic: str) -> None:
        key, value = str(said.record_ref).encode(), msgspec.json.encode(said.to_wire())
        await connection.execute(_SEND, topic, key, value)

    async def finish(self, erasure_id: str) -> bool:
        """Forget the refs once everyone has acted; send the message again where nobody answers."""
        async with self.pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_TAKE, erasure_id)
            if row is None or row["state"] != "destroyed":
                return False
            refs = {row["child_ref"], *row["record_refs"]}
            now = clock.now()
            if await connection.fetchval(_ANSWERED, list(refs)) < len(refs):
                if now - row["sent_at"] > AGAIN:
                    said = _said(erasure_id, row["child_ref"], row["record_refs"], row["salt"])
                    await self._send(connection, said, topic_of_agency(self.registry, ""))
                    await connection.execute(_SENT, erasure_id, now)
                return False
            await connection.execute(_UNSEND, row["record_refs"][0])
            await connection.execute(_DONE, erasure_id, now)
        _log.info("erasure done")
        return True

    async def status(self, erasure_id: str) -> Mapping[str, Any]:
        """Say how far an erasure is, and where it does not reach. Raises Unknown."""
        row = await self.pool.fetchrow(_STATUS, erasure_id)
        if row is None:
            raise Unknown
        reached = await self.pool.fetch(_REACHED, erasure_id)
        told = {name: _told(value) for name, value in row.items()}
        return told | {"reached": [{n: _told(v) for n, v in one.items()} for one in reached]}


async def _refusal(connection: Connection, records: list[tuple[str, str]]) -> str | None:
    if not records:
        return "unknown-child"
    return "legal-hold" if await destroying.held(connection, [r for r, _ in records]) else None


def _said(erasure_id: str, child_ref: str, record_refs: list[str], salt: str) -> Event:
    now = clock.now()
    return Event(
        source=SOURCE, id=f"{erasure_id}", type=ERASED, time=now, received_at=now,
        agency="referral-watch", record_ref=record_refs[0], staff_ref=None, feature_version=1,
        revision=0, facts={"child_ref": child_ref, "record_refs": record_refs, "salt": salt},
    )  # fmt: skip


def _told(value: Any) -> Any:  # noqa: ANN401 - a column of any type
    return stamp(value) if hasattr(value, "tzinfo") else value
