"""How often has a message ended this process, and which were set aside? Kept in Postgres."""

from collections.abc import Sequence
from dataclasses import dataclass

from asyncpg import Pool, Record

from services.runtime import metrics
from services.runtime.guard import Message

# A row without a digest was written before there were any: it counts for whatever lies there.
_COUNT = """
select attempts from attempt
where (topic, partition, "offset") = ($1, $2, $3) and coalesce(digest, $4) = $4
"""

# Another content at the same place means a topic made anew: what lay there will not come again.
_ADD = """
insert into attempt as seen (topic, partition, "offset", digest, error)
values ($1, $2, $3, $4, $5)
on conflict (topic, partition, "offset") do update set
    attempts = case when coalesce(seen.digest, $4) = $4 then seen.attempts + 1 else 1 end,
    first_at = case when coalesce(seen.digest, $4) = $4 then seen.first_at else now() end,
    digest = excluded.digest, error = excluded.error, last_at = now()
returning attempts
"""

_BURY = """
insert into dead_letter
    (topic, partition, "offset", digest, key, value, reason, error, attempts)
select $1, $2, $3, $4, $5, $6, $7, coalesce($8, seen.error), coalesce(seen.attempts, 0)
from (select) as one
left join attempt as seen
    on (seen.topic, seen.partition, seen."offset") = ($1, $2, $3)
    and coalesce(seen.digest, $4) = $4
on conflict (topic, partition, "offset", digest) do nothing
returning dead_letter_id
"""

_WAITING = """
select topic, count(*) filter (where redriven_at is null) as n from dead_letter group by topic
"""

_OPEN = """
select topic, count(*) as n from attempt where not exists (
    select from dead_letter as dead
    where (dead.topic, dead.partition, dead."offset")
        = (attempt.topic, attempt.partition, attempt."offset")
    and dead.digest = coalesce(attempt.digest, dead.digest))
group by topic
"""


class PostgresAttempts:
    """The tables `attempt` and `dead_letter` in the service's own schema.

    A buried message keeps its count, so that a redelivery goes straight to its grave.
    """

    def __init__(self, pool: "Pool[Record]") -> None:
        self._pool = pool

    async def count(self, message: Message) -> int:
        """Say how often this message has ended the process."""
        return await self._pool.fetchval(_COUNT, *_seen(message)) or 0

    async def add(self, message: Message, error: str) -> int:
        """Count one more, committed before returning; return the new count."""
        count: int = await self._pool.fetchval(_ADD, *_seen(message), error)
        return count

    async def bury(self, message: Message, reason: str, error: str | None) -> bool:
        """Set the message aside with its reason; False when it was set aside before."""
        content = (message.key, message.value)
        return bool(await self._pool.fetch(_BURY, *_seen(message), *content, reason, error))


def _seen(message: Message) -> tuple[str, int, int, bytes]:
    """Say where a message lies and what it is."""
    return message.topic, message.partition, message.offset, message.digest


async def measure(pool: "Pool[Record]", service: str, topics: Sequence[str]) -> None:
    """Set the gauges of dead letters that wait and of attempts that are open."""
    for gauge, query in (
        (metrics.DEAD_LETTERS_WAITING, _WAITING),
        (metrics.ATTEMPTS_OPEN, _OPEN),
    ):
        found: dict[str, int] = {row["topic"]: row["n"] for row in await pool.fetch(query)}
        for topic in {*topics, *found}:
            gauge.labels(service, topic).set(found.get(topic, 0))


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message set aside, as an operator sees it."""

    dead_letter_id: int
    message: Message
    reason: str
    error: str | None
    attempts: int
    died_at: str


_SELECT = """
select dead_letter_id, topic, partition, "offset", key, value, reason, error, attempts, died_at
from dead_letter
where redriven_at is null and ($1::bigint[] is null or dead_letter_id = any($1))
order by dead_letter_id
"""


async def waiting(pool: "Pool[Record]", ids: Sequence[int] | None = None) -> list[DeadLetter]:
    """Return the dead letters not yet re-driven, oldest first; `ids` chooses some of them."""
    rows = await pool.fetch(_SELECT, None if ids is None else list(ids))
    return [
        DeadLetter(
            dead_letter_id=row["dead_letter_id"],
            message=Message(
                row["topic"], row["partition"], row["offset"], row["key"], row["value"]
            ),
            reason=row["reason"],
            error=row["error"],
            attempts=row["attempts"],
            died_at=row["died_at"].isoformat(),
        )
        for row in rows
    ]


async def mark_redriven(pool: "Pool[Record]", ids: Sequence[int]) -> None:
    """Remember that these were published again."""
    await pool.execute(
        "update dead_letter set redriven_at = now() where dead_letter_id = any($1)", list(ids)
    )
