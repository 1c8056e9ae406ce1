"""How are notices and mails kept? A notice is made with its alert; a mail takes notices along."""

from collections.abc import Collection, Iterable
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import Pool, Record

from services.alerts.letters import Letter
from services.alerts.notices import Notice
from services.alerts.store import Connection
from services.domain.moments import stamp

FORGIVEN: Final = timedelta(days=1)
"""After so long an address that refused is tried again: a mailbox is mended in silence."""

# A step that somebody was told of in this round is not told to somebody else, but where an address
# refused.
_TELL: Final = """
INSERT INTO notice (alert_id, round_at, step, recipient, fell, urgency, made_at, release_at)
SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::int[], $4::text[], $5::int[], $6::text[],
                     $7::timestamptz[], $8::timestamptz[])
    AS told (alert_id, round_at, step, recipient, fell, urgency, made_at, release_at)
WHERE $9 OR NOT EXISTS (
    SELECT FROM notice WHERE (notice.alert_id, notice.round_at, notice.step)
                           = (told.alert_id, told.round_at, told.step))
ON CONFLICT (alert_id, round_at, step, recipient) DO NOTHING
"""
_READY: Final = """
SELECT recipient, bool_or(urgency = 'immediate' AND release_at <= $1) AS urgent,
       (SELECT count(*) FROM mail WHERE mail.recipient = notice.recipient AND NOT urgent
                                    AND made_at > $1::timestamptz - interval '1 hour') AS lately
FROM notice WHERE mail_id IS NULL AND outcome = 'waiting'
GROUP BY recipient HAVING min(release_at) <= $1
"""
_CLAIM: Final = """
SELECT notice_id, n.alert_id, n.step, n.fell, n.urgency, rule, agency, kind, due_at, n.round_at,
       alert.round_at = n.round_at
       AND alert.state = CASE WHEN n.step = 0 THEN 'warning' ELSE 'new' END AS stands
FROM notice n JOIN alert USING (alert_id)
WHERE recipient = $1 AND mail_id IS NULL AND outcome = 'waiting'
ORDER BY notice_id FOR UPDATE OF n
"""
_OVERTAKEN: Final = """
UPDATE notice SET outcome = 'overtaken', settled_at = $2 WHERE notice_id = ANY($1::bigint[])
"""
_MAIL: Final = """
INSERT INTO mail (mail_id, recipient, purpose, urgent, subject, plain, html, made_at, next_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
"""
_ALONG: Final = "UPDATE notice SET mail_id = $2 WHERE notice_id = ANY($1::bigint[])"
_NEXT: Final = """
UPDATE mail SET attempts = attempts + 1, next_at = $1::timestamptz + $2::interval
WHERE mail_id = (SELECT mail_id FROM mail WHERE state = 'waiting' AND next_at <= $1
                 ORDER BY urgent DESC, next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING mail_id, recipient, purpose, subject, plain, html, attempts
"""
_SETTLE: Final = """
UPDATE mail SET (state, reason, settled_at) = ($2, $3, $4) WHERE mail_id = $1
"""
_SETTLE_NOTICES: Final = """
UPDATE notice SET (outcome, settled_at) = ($2, $3) WHERE mail_id = $1
"""
_LATER: Final = "UPDATE mail SET (next_at, reason) = ($2, $3) WHERE mail_id = $1"
_REFUSES: Final = """
INSERT INTO refusing VALUES ($1, $2, $3)
ON CONFLICT (recipient) DO UPDATE SET (since, code) = (excluded.since, excluded.code)
"""
_REPORTED: Final = "SELECT agency FROM weekly WHERE week = $1"
_REPORT: Final = "INSERT INTO weekly (week, agency, mail_id) VALUES ($1, $2, $3)"
_FALLING: Final = """
SELECT n.alert_id, n.round_at, n.step, n.urgency, kind, agency, unit
FROM notice n JOIN alert USING (alert_id)
WHERE mail_id = $1 AND alert.round_at = n.round_at AND alert.state IN ('warning', 'new')
"""


async def tell(connection: Connection, notices: Iterable[Notice], *, anew: bool = False) -> None:
    """Keep whom these steps tell; `anew` also where somebody was told of the step before."""
    rows = [astuple(one) for one in notices]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        await connection.execute(_TELL, *columns, anew)


async def refusing(connection: Connection, now: datetime) -> frozenset[str]:
    """Return the addresses that refused mail lately."""
    rows = await connection.fetch("SELECT recipient FROM refusing WHERE since > $1", now - FORGIVEN)
    return frozenset(row["recipient"] for row in rows)


async def ready(pool: "Pool[Record]", now: datetime) -> list[Record]:
    """Return for whom a mail is due, if one is urgent, and how many others they had lately."""
    return await pool.fetch(_READY, now)


async def claim(connection: Connection, recipient: str) -> list[Record]:
    """Return the notices that wait for a recipient, locked, and whether each still stands."""
    return await connection.fetch(_CLAIM, recipient)


async def overtake(connection: Connection, notice_ids: Collection[int], now: datetime) -> None:
    """Note that somebody answered before a mail went."""
    await connection.execute(_OVERTAKEN, list(notice_ids), now)


async def post(  # noqa: PLR0913 - a mail
    connection: Connection,
    mail_id: UUID,
    recipient: str,
    purpose: str,
    letter: Letter,
    now: datetime,
    *,
    urgent: bool = False,
) -> None:
    """Put a mail into the outbox."""
    await connection.execute(
        _MAIL, mail_id, recipient, purpose, urgent, letter.subject, letter.plain, letter.html, now
    )


async def along(connection: Connection, notice_ids: Collection[int], mail_id: UUID) -> None:
    """Have a mail take notices along."""
    await connection.execute(_ALONG, list(notice_ids), mail_id)


async def take_next(pool: "Pool[Record]", now: datetime, lease: timedelta) -> Record | None:
    """Take a mail to be sent; who dies with it leaves it to others when the lease is over."""
    return await pool.fetchrow(_NEXT, now, lease)


async def settle(
    connection: Connection, mail_id: UUID, state: str, reason: str | None, now: datetime
) -> None:
    """Note what became of a mail, and so of its notices."""
    await connection.execute(_SETTLE, mail_id, state, reason, now)
    await connection.execute(_SETTLE_NOTICES, mail_id, state, now)


async def later(pool: "Pool[Record]", mail_id: UUID, at: datetime, reason: str) -> None:
    """Put a mail off."""
    await pool.execute(_LATER, mail_id, at, reason)


async def refuse(connection: Connection, recipient: str, code: str, now: datetime) -> None:
    """Note that an address refuses mail."""
    await connection.execute(_REFUSES, recipient, now, code)


async def falling(connection: Connection, mail_id: UUID) -> list[Record]:
    """Return the notices of a refused mail that somebody else has to be told of."""
    return await connection.fetch(_FALLING, mail_id)


async def reported(connection: Connection, week: str) -> frozenset[str]:
    """Return the agencies whose report of a week is mailed."""
    rows = await connection.fetch(_REPORTED, week)
    return frozenset(row["agency"] for row in rows)


async def report(connection: Connection, week: str, agency: str, mail_id: UUID) -> None:
    """Note that an agency's report of a week is mailed."""
    await connection.execute(_REPORT, week, agency, mail_id)


async def standing(pool: "Pool[Record]", *, mails: bool) -> dict[str, Any]:
    """Say how mail stands: what waits, what was sent, which addresses refuse."""
    notices = await pool.fetch("SELECT outcome, count(*) FROM notice GROUP BY outcome")
    sent = await pool.fetch("SELECT state, count(*) FROM mail GROUP BY state")
    waiting = await pool.fetchval("SELECT min(made_at) FROM notice WHERE outcome = 'waiting'")
    addresses = await pool.fetch("SELECT recipient, since, code FROM refusing ORDER BY since")
    return {
        "mail": "on" if mails else "off",
        "notices": {row["outcome"]: row["count"] for row in notices},
        "mails": {row["state"]: row["count"] for row in sent},
        "waiting_since": None if waiting is None else stamp(waiting),
        "refusing": [{**row, "since": stamp(row["since"])} for row in addresses],
    }
