"""Whom does an agency want called when its feed goes on?

A webhook is registered here; another process calls it (services/feedback/courier.py), with a key
that opens nothing but secrets of webhooks. What is another agency's is not there.
"""

import os
from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import asyncpg

from services.domain.delivery import Delivery
from services.domain.moments import stamp
from services.domain.registry import Registry
from services.intake.feed import Cursor, Gone
from services.runtime import clock
from services.runtime.auth import Caller, Forbidden
from services.runtime.sealing import Sealer

SECRET_BYTES: Final = 32
_COLUMNS: Final = """
webhook_id, url, created_at, paused_at, paused_reason, tries, next_at, tried_at, outcome,
delivered_at, old_until, ping_at,
(SELECT count(*) FROM feedback.undelivered_entry AS given_up
 WHERE given_up.webhook_id = hook.webhook_id) AS undelivered
"""
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('webhooks ' || $1, 0))"
_BY_URL: Final = "SELECT webhook_id FROM feedback.webhook WHERE agency = $1 AND url = $2"
_COUNT: Final = "SELECT count(*) FROM feedback.webhook WHERE agency = $1"
_ADD: Final = """
INSERT INTO feedback.webhook
    (webhook_id, agency, url, secret, created_at, paused_at, paused_reason, after, next_at)
SELECT $1, $2, $3, $4, $5::timestamptz, CASE WHEN $6 THEN $5::timestamptz END,
       CASE WHEN $6 THEN 'asked' END, last, $5::timestamptz
FROM feedback.feed_end
"""
_PAUSE: Final = """
UPDATE feedback.webhook SET (paused_at, paused_reason) = ($3::timestamptz, 'asked')
WHERE webhook_id = $1 AND agency = $2 AND paused_at IS NULL
"""
_RESUME: Final = """
UPDATE feedback.webhook
SET (paused_at, paused_reason, tries, next_at) = (NULL, NULL, 0, $3::timestamptz)
WHERE webhook_id = $1 AND agency = $2 AND paused_at IS NOT NULL
"""
_ALL: Final = f"""
SELECT {_COLUMNS} FROM feedback.webhook AS hook WHERE agency = $1 ORDER BY created_at, webhook_id
"""  # noqa: S608 - column names of ours
_ONE: Final = f"""
SELECT {_COLUMNS} FROM feedback.webhook AS hook WHERE webhook_id = $1 AND agency = $2
"""  # noqa: S608 - column names of ours
_DELETE: Final = "DELETE FROM feedback.webhook WHERE webhook_id = $1 AND agency = $2"
_PING: Final = "UPDATE feedback.webhook SET ping_at = $3 WHERE webhook_id = $1 AND agency = $2"
_ROTATE: Final = """
UPDATE feedback.webhook SET (old_secret, old_until, secret) = (secret, $4::timestamptz, $3)
WHERE webhook_id = $1 AND agency = $2
"""
_REPLAY: Final = """
UPDATE feedback.webhook SET (after, tries, next_at) = ($3, 0, $4::timestamptz)
WHERE webhook_id = $1 AND agency = $2
"""
_END: Final = "SELECT last, feed_ref FROM feedback.feed_end"
_UNDELIVERED: Final = """
SELECT entry_id, type, at, tries, outcome, died_at, again_at FROM feedback.undelivered_entry
WHERE webhook_id = $1 AND agency = $2 ORDER BY seq LIMIT $3
"""
_REDRIVE: Final = """
SELECT feedback.redrive(webhook_id, $3) FROM feedback.webhook WHERE webhook_id = $1 AND agency = $2
"""
MOST: Final = 500


class TooMany(Exception):
    """The agency has as many webhooks as one may have."""


class Made(NamedTuple):
    """A webhook, and its secret if it is new: told once and never again."""

    webhook: dict[str, Any]
    secret: str | None


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Registers webhooks and says how they are."""

    pool: "asyncpg.Pool[asyncpg.Record]"
    registry: Registry
    sealer: Sealer
    delivery: Delivery

    async def put(self, caller: Caller, url: str, *, paused: bool) -> Made:
        """Register an address, or pause or resume one that is known.

        Raises Forbidden, TooMany.
        """
        self._require_agency(caller)
        now = clock.now()
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(_ALONE, caller.agency)
            known = await connection.fetchval(_BY_URL, caller.agency, url)
            if known is not None:
                change = _PAUSE if paused else _RESUME
                await connection.execute(change, known, caller.agency, now)
                row = await connection.fetchrow(_ONE, known, caller.agency)
                return Made(_told(row), None)
            if await connection.fetchval(_COUNT, caller.agency) >= self.delivery.webhooks:
                raise TooMany
            webhook_id = clock.new_ref()
            secret, sealed = self._new_secret(webhook_id)
            await connection.execute(_ADD, webhook_id, caller.agency, url, sealed, now, paused)
            row = await connection.fetchrow(_ONE, webhook_id, caller.agency)
        return Made(_told(row), secret)

    def _new_secret(self, webhook_id: str) -> tuple[str, bytes]:
        """Make a secret: as its receiver is told it, and as it is kept."""
        secret = os.urandom(SECRET_BYTES)
        return f"whsec_{b64encode(secret).decode()}", self.sealer.seal(secret, webhook_id)

    async def every(self, caller: Caller) -> list[dict[str, Any]]:
        """Return the caller's agency's webhooks. Raises Forbidden."""
        self._require_agency(caller)
        return [_told(row) for row in await self.pool.fetch(_ALL, caller.agency)]

    async def one(self, caller: Caller, webhook_id: str) -> dict[str, Any] | None:
        """Return one webhook of the caller's agency, None where there is none. Raises Forbidden."""
        self._require_agency(caller)
        row = await self.pool.fetchrow(_ONE, webhook_id, caller.agency)
        return None if row is None else _told(row)

    async def delete(self, caller: Caller, webhook_id: str) -> bool:
        """Forget a webhook; say whether there was one. Raises Forbidden."""
        return await self._change(caller, _DELETE, webhook_id)

    async def ping(self, caller: Caller, webhook_id: str) -> bool:
        """Have a webhook called once to try it, paused or not. Raises Forbidden."""
        return await self._change(caller, _PING, webhook_id, clock.now())

    async def rotate(self, caller: Caller, webhook_id: str) -> tuple[str, datetime] | None:
        """Change the secret; return it, and until when calls are signed by the old one as well.

        Raises Forbidden.
        """
        secret, sealed = self._new_secret(webhook_id)
        until = clock.now() + self.delivery.secret_overlap
        done = await self._change(caller, _ROTATE, webhook_id, sealed, until)
        return (secret, until) if done else None

    async def replay(self, caller: Caller, webhook_id: str, after: Cursor | None) -> bool:
        """Call again for all that comes after a place of the feed, or for all of it.

        Raises Forbidden; Gone for a place that the feed has not.
        """
        self._require_agency(caller)
        end = await self.pool.fetchrow(_END)
        if end is None or (
            after is not None and (after.feed_ref != end["feed_ref"] or after.seq > end["last"])
        ):
            raise Gone
        seq = 0 if after is None else after.seq
        return await self._change(caller, _REPLAY, webhook_id, seq, clock.now())

    async def undelivered(self, caller: Caller, webhook_id: str) -> list[dict[str, Any]] | None:
        """Return what was given up, the first 500 in order; None where there is no such webhook.

        Raises Forbidden.
        """
        if await self.one(caller, webhook_id) is None:
            return None
        rows = await self.pool.fetch(_UNDELIVERED, webhook_id, caller.agency, MOST)
        return [_given_up(row) for row in rows]

    async def redrive(
        self, caller: Caller, webhook_id: str, entries: Collection[str] | None
    ) -> int | None:
        """Have what was given up tried once more, all of it or some; return how much that is.

        None where there is no such webhook. Raises Forbidden.
        """
        self._require_agency(caller)
        named = None if entries is None else list(entries)
        count: int | None = await self.pool.fetchval(_REDRIVE, webhook_id, caller.agency, named)
        return count

    def _require_agency(self, caller: Caller) -> None:
        """Only the system of an agency that we know says where it is called."""
        if caller.role != "agency" or caller.agency not in self.registry.agencies:
            raise Forbidden

    async def _change(self, caller: Caller, query: str, webhook_id: str, *more: object) -> bool:
        self._require_agency(caller)
        done = await self.pool.execute(query, webhook_id, caller.agency, *more)
        return not done.endswith(" 0")


def _told(row: asyncpg.Record | None) -> dict[str, Any]:
    if row is None:
        raise LookupError("a webhook has vanished within its transaction")
    waits = row["tries"] > 0 and row["paused_at"] is None
    return {
        "id": row["webhook_id"],
        "url": row["url"],
        "created_at": stamp(row["created_at"]),
        "paused": row["paused_reason"],
        "last_call": None
        if row["tried_at"] is None
        else {"at": stamp(row["tried_at"]), "outcome": row["outcome"]},
        "delivered_at": _stamped(row["delivered_at"]),
        "tries": row["tries"],
        "next_try_at": stamp(row["next_at"]) if waits else None,
        "undelivered": row["undelivered"],
        "ping_waits": row["ping_at"] is not None,
        "old_secret_until": _stamped(row["old_until"]),
    }


def _given_up(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": row["entry_id"],
        "type": row["type"],
        "time": stamp(row["at"]),
        "tries": row["tries"],
        "outcome": row["outcome"],
        "given_up_at": stamp(row["died_at"]),
        "tried_again": row["again_at"] is not None,
    }


def _stamped(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)
