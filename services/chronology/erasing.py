"""What is left of a child who was erased? Here nothing but figures; refs are refused ever after.

The last version, marked `erased`, goes out until the ledger has acted on it; then a null takes the
key off the topic, and then the row goes. Each step is one transaction, and twice is once.
"""

import asyncio
from collections.abc import Collection
from typing import Final, TypeAlias

import asyncpg

from services.chronology.batch import Batch, Erased
from services.chronology.publisher import TOPIC, Sender
from services.runtime import log, postgres
from services.runtime.guard import NotNow

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

POLL_SECONDS: Final = 0.5
_log = log.get(__name__)

_REFUSED: Final = """
SELECT ref FROM unnest($1::text[]) AS ref JOIN erased_ref ON digest = digest_of(ref)
"""
_REFUSE: Final = """
INSERT INTO erased_ref (digest) SELECT digest_of(ref) FROM unnest($1::text[]) AS ref
ON CONFLICT DO NOTHING
"""
_RECORDS: Final = """
SELECT child_ref FROM record WHERE record_ref = ANY($1) ORDER BY record_ref FOR UPDATE
"""
_CHILDREN: Final = "SELECT FROM child WHERE child_ref = ANY($1) ORDER BY child_ref FOR UPDATE"
# What retracts an erased event is about it, whoever sent it, and goes with it.
_KEYS: Final = """
WITH RECURSIVE gone AS (
    SELECT source, id FROM event WHERE record_ref = ANY($1)
    UNION
    SELECT r.source, r.id FROM gone
    JOIN retraction AS r ON (r.target_source, r.target_id) = (gone.source, gone.id))
SELECT source, id FROM gone
"""
_FIGURES: Final = """
INSERT INTO erased_event (child_ref, source, id, type, time, age, sex, ethnicity, indicator, harms,
                          target_source, target_id, onward)
SELECT renamed($3, coalesce(record.child_ref, '')), event.source,
       renamed($3, event.source || '|' || event.id), event.type, event.time,
       (facts #>> '{child,age}')::int, facts #>> '{child,sex}', facts #>> '{child,ethnicity}',
       jsonb_array_length(coalesce(nullif(facts -> 'indicators', 'null'), '[]')) > 0,
       ARRAY(SELECT jsonb_array_elements_text(coalesce(nullif(facts -> 'harms', 'null'), '[]'))),
       r.target_source, renamed($3, r.target_source || '|' || r.target_id),
       CASE WHEN event.type LIKE 'service.%' THEN onward_facts(facts) || jsonb_build_object(
           'service_ref', renamed($3, facts ->> 'service_ref')) END
FROM unnest($1::text[], $2::text[]) AS gone (source, id) JOIN event USING (source, id)
LEFT JOIN record USING (record_ref) LEFT JOIN retraction AS r USING (source, id)
CROSS JOIN LATERAL (SELECT convert_from(body, 'UTF8')::jsonb -> 'facts' AS facts) AS said
ON CONFLICT DO NOTHING
"""
_FORGET: Final = (
    """DELETE FROM touch USING unnest($1::text[], $2::text[]) AS gone (source, id)
       WHERE (touch.source, touch.id) = (gone.source, gone.id) OR child_ref = ANY($3)""",
    """DELETE FROM retraction USING unnest($1::text[], $2::text[]) AS gone (source, id)
       WHERE (retraction.source, retraction.id) = (gone.source, gone.id)""",
    """DELETE FROM event USING unnest($1::text[], $2::text[]) AS gone (source, id)
       WHERE (event.source, event.id) = (gone.source, gone.id)""",
)
_FORGET_REFS: Final = (
    "DELETE FROM move WHERE record_ref = ANY($1) OR from_child = ANY($1) OR to_child = ANY($1)",
    "DELETE FROM record WHERE record_ref = ANY($1)",
    "DELETE FROM dead_letter WHERE convert_from(key, 'UTF8') = ANY($1)",
)
_MARK: Final = """
UPDATE child SET (version, erased, merged_into) = (version + 1, true, NULL)
WHERE child_ref = ANY($1) AND NOT erased RETURNING child_ref
"""
_BUMP: Final = "UPDATE child SET version = version + 1 WHERE child_ref = ANY($1)"
_UNDER_WAY: Final = """
INSERT INTO erasure (child_ref, salt, keys) SELECT ref, $2, $3 FROM unnest($1::text[]) AS ref
ON CONFLICT (child_ref) DO NOTHING
"""
_PUBLISH: Final = """
INSERT INTO publication (child_ref, version, due_at)
SELECT child_ref, version, clock_timestamp() FROM child WHERE child_ref = ANY($1)
ON CONFLICT (child_ref) DO UPDATE SET (version, due_at) = (excluded.version, excluded.due_at)
"""
_HEARD: Final = """
SELECT child_ref FROM erasure JOIN ledger.erased ON digest = digest_of(child_ref)
WHERE NOT EXISTS (SELECT FROM record WHERE record.child_ref = erasure.child_ref)
  AND NOT EXISTS (SELECT FROM publication WHERE publication.child_ref = erasure.child_ref)
ORDER BY child_ref LIMIT 200
"""
_END: Final = (
    "DELETE FROM changed WHERE child_ref = ANY($1)",
    "DELETE FROM publication WHERE child_ref = ANY($1)",
    "DELETE FROM erasure WHERE child_ref = ANY($1)",
    "DELETE FROM child WHERE child_ref = ANY($1)",
)
_DEAD: Final = "DELETE FROM dead_letter WHERE topic = $1 AND convert_from(key, 'UTF8') = ANY($2)"


async def accept(connection: Connection, batch: Batch) -> Batch:
    """Erase whom the batch says is erased; return what is left to apply of it."""
    for erased in batch.erased:
        await erase(connection, erased)
    return batch.without(await refused(connection, batch))


async def refused(connection: Connection, batch: Batch) -> set[str]:
    """Return those refs of the batch that were erased."""
    refs = sorted(batch.record_refs | batch.link_targets)
    return {row["ref"] for row in await connection.fetch(_REFUSED, refs)} if refs else set()


async def check(connection: Connection, batch: Batch) -> None:
    """Raise NotNow where a ref was erased while its locks were waited for."""
    if await refused(connection, batch):
        raise NotNow("erased-meanwhile")


async def erase(connection: Connection, erased: Erased) -> None:
    """Take a child out of every table, inside the caller's transaction."""
    refs, records = sorted(erased.refs), sorted(erased.record_refs)
    await connection.execute(_REFUSE, refs)
    held = {row["child_ref"] for row in await connection.fetch(_RECORDS, records)}
    others = sorted(held - erased.refs)  # a link was on its way: they lose what was never theirs
    await connection.execute(_CHILDREN, sorted({*refs, *others}))
    gone = [(row["source"], row["id"]) for row in await connection.fetch(_KEYS, records)]
    sources, ids = [source for source, _ in gone], [event_id for _, event_id in gone]
    await connection.execute(_FIGURES, sources, ids, erased.salt)
    for statement in _FORGET:
        wanted = (sources, ids, refs) if "$3" in statement else (sources, ids)
        await connection.execute(statement, *wanted)
    for statement in _FORGET_REFS:
        await connection.execute(statement, refs)
    marked = [row["child_ref"] for row in await connection.fetch(_MARK, refs)]
    keys = [f"{source}|{event_id}" for source, event_id in gone]
    await connection.execute(_UNDER_WAY, marked, erased.salt, keys)
    await connection.execute(_BUMP, others)
    await connection.execute(_PUBLISH, [*marked, *others])


class Finisher:
    """Takes the keys of erased children off the topic once the ledger has acted on them."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", sender: Sender) -> None:
        self._pool = pool
        self._sender = sender

    async def run(self) -> None:
        """Finish until cancelled; waits while the database or the broker is away."""
        while True:
            await postgres.patiently(self.finish, also=(NotNow,))
            await asyncio.sleep(POLL_SECONDS)

    async def finish(self) -> int:
        """Publish a null for every erased child whom the ledger has heard of; return how many."""
        heard = [row["child_ref"] for row in await self._pool.fetch(_HEARD)]
        if not heard:
            return 0
        outcomes = await self._sender.publish([(TOPIC, ref.encode(), None) for ref in heard])
        sent = [ref for ref, outcome in zip(heard, outcomes, strict=True) if outcome is None]
        await self._end(sent)
        _log.info("erased children taken off the topic", count=len(sent))
        return len(sent)

    async def _end(self, refs: Collection[str]) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_CHILDREN, sorted(refs))
            for statement in _END:
                await connection.execute(statement, list(refs))
            await connection.execute(_DEAD, TOPIC, list(refs))
