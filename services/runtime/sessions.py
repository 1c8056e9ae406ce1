"""Who is signed in? Sessions in Postgres, by the digest of what the browser holds."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from asyncpg import Pool, Record

from services.runtime.auth import Caller
from services.runtime.oidc import Begun

SIGN_IN_LASTS: Final = timedelta(minutes=10)
_OPEN: Final = """
INSERT INTO session (token_digest, subject, agency, role, areas, purposes, csrf, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8::interval)
"""
_FIND: Final = """
UPDATE session SET seen_at = clock_timestamp()
WHERE token_digest = $1 AND ends_at > clock_timestamp()
  AND seen_at > clock_timestamp() - $2::interval
RETURNING subject, agency, role, areas, purposes, csrf, ends_at
"""
_CLOSE: Final = "DELETE FROM session WHERE token_digest = $1"
_TIDY: Final = "DELETE FROM session WHERE ends_at < clock_timestamp()"
_BEGIN: Final = """
INSERT INTO sign_in (state_digest, nonce, verifier, return_to, ends_at)
VALUES ($1, $2, $3, $4, clock_timestamp() + $5::interval)
"""
_TAKE: Final = """
DELETE FROM sign_in WHERE state_digest = $1
RETURNING nonce, verifier, return_to, ends_at > clock_timestamp() AS in_time
"""
_TIDY_BEGUN: Final = "DELETE FROM sign_in WHERE ends_at < clock_timestamp()"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in; `csrf` goes with everything that they change."""

    caller: Caller
    csrf: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one service; unused for `idle` they end, and after `life` in any case."""

    idle: timedelta
    life: timedelta

    async def begin(self, pool: "Pool[Record]", begun: Begun, return_to: str) -> None:
        """Keep a sign-in that has begun; those that ran out go."""
        await pool.execute(_TIDY_BEGUN)
        digest = _digest(begun.state)
        await pool.execute(_BEGIN, digest, begun.nonce, begun.verifier, return_to, SIGN_IN_LASTS)

    async def take(self, pool: "Pool[Record]", state: str) -> tuple[Begun, str] | None:
        """Return a sign-in and where it leads, once; None for one that is not known or too old."""
        row = await pool.fetchrow(_TAKE, _digest(state))
        if row is None or not row["in_time"]:
            return None
        return Begun(state, row["nonce"], row["verifier"]), row["return_to"]

    async def open(self, pool: "Pool[Record]", caller: Caller, before: str | None) -> str:
        """Open a session under a fresh token, which is returned; the one held before ends."""
        token = secrets.token_urlsafe(32)
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(_TIDY)
            if before is not None:
                await connection.execute(_CLOSE, _digest(before))
            who = (caller.subject, caller.agency, caller.role, caller.areas, caller.purposes)
            csrf = secrets.token_urlsafe(32)
            await connection.execute(_OPEN, _digest(token), *who, csrf, self.life)
        return token

    async def find(self, pool: "Pool[Record]", token: str) -> Session | None:
        """Return the session of a token that is still good."""
        row = await pool.fetchrow(_FIND, _digest(token), self.idle)
        if row is None:
            return None
        areas, purposes = (
            None if row[name] is None else tuple(row[name]) for name in ("areas", "purposes")
        )
        caller = Caller(row["subject"], row["agency"], row["role"], areas, purposes)
        return Session(caller, row["csrf"], row["ends_at"])

    async def close(self, pool: "Pool[Record]", token: str) -> None:
        """End a session."""
        await pool.execute(_CLOSE, _digest(token))


def _digest(token: str) -> bytes:
    """Of 256 random bits a plain digest is enough."""
    return sha256(token.encode()).digest()
