"""Which receiver is to be called for what, and what came of it?

A webhook is claimed by a lease: should this process die another calls again, which changes nothing
for a receiver that knows each entry by its id. What is noted of a call counts only while the
webhook stands where it stood: it may have been replayed, paused or deleted meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from asyncpg import Pool, Record

Hooks: TypeAlias = "Pool[Record]"

LEASE: Final = timedelta(seconds=90)  # longer than `courier.TURN_SECONDS` and one call after it
AT_ONCE: Final = 50

_CLAIM: Final = """
UPDATE webhook SET claimed_until = $1::timestamptz + $3::interval
WHERE webhook_id IN (
    SELECT webhook_id FROM webhook AS hook
    WHERE (claimed_until IS NULL OR claimed_until < $1)
      AND (ping_at IS NOT NULL OR paused_at IS NULL AND (
        EXISTS (SELECT FROM undelivered WHERE undelivered.webhook_id = hook.webhook_id
                AND again_at IS NOT NULL)
        OR next_at <= $1 AND EXISTS (
            SELECT FROM entry WHERE entry.agency = hook.agency AND seq > hook.after)))
    ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING webhook_id, agency, url, secret, old_secret, old_until, after, tries, next_at, paused_at,
          ping_at, claimed_until
"""
_NEXT: Final = """
SELECT seq, entry_id, type, at FROM entry WHERE agency = $1 AND seq > $2 ORDER BY seq LIMIT $3
"""
_AGAIN: Final = """
SELECT seq, entry_id, type, at FROM undelivered JOIN entry USING (seq)
WHERE webhook_id = $1 AND again_at IS NOT NULL ORDER BY seq LIMIT $2
"""
_DELIVERED: Final = """
WITH advanced AS (
    UPDATE webhook SET after = $3, tries = 0, next_at = $4, tried_at = $4, delivered_at = $4,
                       outcome = 'delivered'
    WHERE webhook_id = $1 AND after = $2 RETURNING webhook_id, paused_at),
healed AS (
    DELETE FROM undelivered USING advanced
    WHERE undelivered.webhook_id = advanced.webhook_id AND seq = $3)
SELECT paused_at IS NULL FROM advanced
"""
_IN_VAIN: Final = """
UPDATE webhook SET tries = tries + 1, next_at = $3, tried_at = $4, outcome = $5
WHERE webhook_id = $1 AND after = $2
"""
_GIVE_UP: Final = """
WITH advanced AS (
    UPDATE webhook SET after = $3, tries = 0, next_at = $4, tried_at = $4, outcome = $5
    WHERE webhook_id = $1 AND after = $2 RETURNING webhook_id)
INSERT INTO undelivered (webhook_id, seq, tries, outcome, died_at)
SELECT webhook_id, $3, $6, $5, $4 FROM advanced
ON CONFLICT (webhook_id, seq) DO UPDATE
SET (tries, outcome, died_at) = (undelivered.tries + excluded.tries, excluded.outcome, $4)
"""
_PAUSE: Final = """
UPDATE webhook SET paused_at = $2, paused_reason = 'gone', tried_at = $2, outcome = 'gone'
WHERE webhook_id = $1 AND paused_at IS NULL
"""
_HEALED: Final = "DELETE FROM undelivered WHERE webhook_id = $1 AND seq = $2"
_STILL: Final = """
UPDATE undelivered SET tries = tries + 1, outcome = $3, died_at = $4, again_at = NULL
WHERE webhook_id = $1 AND seq = $2
"""
_TRIED: Final = "UPDATE webhook SET tried_at = $2, outcome = $3 WHERE webhook_id = $1"
_PINGED: Final = """
UPDATE webhook SET ping_at = NULL, tried_at = $3, outcome = $4
WHERE webhook_id = $1 AND ping_at = $2
"""
_RELEASE: Final = """
UPDATE webhook SET claimed_until = NULL WHERE webhook_id = $1 AND claimed_until = $2
"""
_WAITING: Final = """
SELECT (SELECT count(*) FROM undelivered) AS count, (
    SELECT min(next.known_at) FROM webhook CROSS JOIN LATERAL (
        SELECT known_at FROM entry WHERE entry.agency = webhook.agency AND seq > webhook.after
        ORDER BY seq LIMIT 1) AS next
    WHERE paused_at IS NULL) AS oldest
"""


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as it was claimed; `after` goes on as it is called."""

    webhook_id: str
    agency: str
    url: str
    secret: bytes
    old_secret: bytes | None
    old_until: datetime | None
    after: int
    tries: int
    next_at: datetime
    paused_at: datetime | None
    ping_at: datetime | None
    claimed_until: datetime


@dataclass(frozen=True, slots=True)
class News:
    """An entry, as far as a receiver is told."""

    seq: int
    entry_id: str
    type: str
    at: datetime


async def claim(pool: Hooks, now: datetime, most: int) -> list[Hook]:
    """Claim webhooks for which there is something to do."""
    return [Hook(**row) for row in await pool.fetch(_CLAIM, now, most, LEASE)]


async def release(pool: Hooks, hook: Hook) -> None:
    """Let another have it."""
    await pool.execute(_RELEASE, hook.webhook_id, hook.claimed_until)


async def news(pool: Hooks, hook: Hook) -> list[News]:
    """Return what comes next for a webhook, in the feed's order."""
    return [News(**row) for row in await pool.fetch(_NEXT, hook.agency, hook.after, AT_ONCE)]


async def asked_again(pool: Hooks, hook: Hook) -> list[News]:
    """Return what was given up and is to be tried once more."""
    return [News(**row) for row in await pool.fetch(_AGAIN, hook.webhook_id, AT_ONCE)]


async def delivered(pool: Hooks, webhook_id: str, after: int, seq: int, now: datetime) -> bool:
    """Note that a call was answered; say whether to go on."""
    return bool(await pool.fetchval(_DELIVERED, webhook_id, after, seq, now))


async def in_vain(  # noqa: PLR0913 - what is noted of a call
    pool: Hooks, webhook_id: str, after: int, *, again_at: datetime, now: datetime, outcome: str
) -> None:
    """Note that a call was in vain, and when the next one is due."""
    await pool.execute(_IN_VAIN, webhook_id, after, again_at, now, outcome)


async def give_up(  # noqa: PLR0913 - what is noted of a call
    pool: Hooks, webhook_id: str, after: int, seq: int, *, now: datetime, outcome: str, tries: int
) -> None:
    """Set an entry aside, for all to see, and go on with the next."""
    await pool.execute(_GIVE_UP, webhook_id, after, seq, now, outcome, tries)


async def pause(pool: Hooks, webhook_id: str, now: datetime) -> None:
    """Call no more: the receiver has said that it is gone."""
    await pool.execute(_PAUSE, webhook_id, now)


async def healed(pool: Hooks, webhook_id: str, seq: int, now: datetime) -> None:
    """Note that what was given up was taken after all."""
    await pool.execute(_HEALED, webhook_id, seq)
    await pool.execute(_TRIED, webhook_id, now, "delivered")


async def still(pool: Hooks, webhook_id: str, seq: int, outcome: str, now: datetime) -> None:
    """Note that trying once more was in vain."""
    await pool.execute(_STILL, webhook_id, seq, outcome, now)
    await pool.execute(_TRIED, webhook_id, now, outcome)


async def pinged(pool: Hooks, hook: Hook, outcome: str, now: datetime) -> None:
    """Note what came of a test call."""
    await pool.execute(_PINGED, hook.webhook_id, hook.ping_at, now, outcome)


async def waiting(pool: Hooks, now: datetime) -> tuple[int, float]:
    """Return how many entries were given up, and for how many seconds the oldest one has waited."""
    row = await pool.fetchrow(_WAITING)
    if row is None or row["oldest"] is None:
        return (0 if row is None else row["count"]), 0.0
    return row["count"], max(0.0, (now - row["oldest"]).total_seconds())
