"""How do the verdicts of a rebuild become what is believed, in one transaction?

The epoch's row is locked first: no verdict is taken in meanwhile, and those that were given in the
epoch gone by are refused afterwards. Whoever was not judged at their present version is published
again in the same transaction, so that live judges, who then find the new epoch, answer for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.ledger import cases, facts, store
from services.ledger.history import Connection
from services.runtime import beliefs

_COLUMNS: Final = ", ".join(beliefs.COLUMNS)
_NEW: Final = ", ".join(f"new.{column}" for column in beliefs.COLUMNS)
_OLD: Final = ", ".join(f"gap.{column}" for column in beliefs.COLUMNS)

STALE: Final = """
SELECT child_ref FROM chronology.child_position AS position
LEFT JOIN rebuild_child AS judged USING (child_ref)
WHERE judged.version IS DISTINCT FROM position.version ORDER BY child_ref
"""
_LOCK: Final = "SELECT current FROM epoch FOR UPDATE"
_SETTLED: Final = """
CREATE TEMPORARY TABLE settled ON COMMIT DROP AS
SELECT child_ref, judge.name AS judge, version
FROM rebuild_child JOIN chronology.child_position USING (child_ref, version)
CROSS JOIN unnest($1::text[]) AS judge (name)
WHERE NOT EXISTS (
    SELECT FROM rebuild_unjudged AS unjudged
    WHERE (unjudged.child_ref, unjudged.judge) = (rebuild_child.child_ref, judge.name))
"""
_ANSWER: Final = """
INSERT INTO verdict (child_ref, judge, epoch, version, policy_version, answered_at)
SELECT child_ref, judge, $1, version, $2, clock_timestamp() FROM settled
ON CONFLICT (child_ref, judge) DO UPDATE SET (epoch, version, policy_version, answered_at)
    = (excluded.epoch, excluded.version, excluded.policy_version, excluded.answered_at)
"""
_END: Final = f"""
UPDATE gap SET known_to = $1 FROM settled
WHERE (gap.child_ref, gap.judge) = (settled.child_ref, settled.judge) AND known_to IS NULL
  AND NOT EXISTS (
    SELECT FROM rebuild_gap AS new
    WHERE (new.child_ref, new.gap_id) = (gap.child_ref, gap.gap_id)
      AND ROW({_NEW}) IS NOT DISTINCT FROM ROW({_OLD}))
"""  # noqa: S608 - column names of ours
_BEGIN: Final = f"""
INSERT INTO gap ({_COLUMNS}, known_from)
SELECT {_NEW}, $1 FROM rebuild_gap AS new JOIN settled USING (child_ref, judge)
WHERE NOT EXISTS (
    SELECT FROM gap WHERE (gap.child_ref, gap.gap_id) = (new.child_ref, new.gap_id)
                      AND known_to IS NULL)
"""  # noqa: S608 - column names of ours
_FACT: Final = ", ".join(facts.COLUMNS)
_NEW_FACT: Final = ", ".join(f"new.{column}" for column in facts.COLUMNS)
_OLD_FACT: Final = ", ".join(f"fact.{column}" for column in facts.COLUMNS)
_COUNTED: Final = """
CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
SELECT child_ref FROM rebuild_child JOIN chronology.child_position USING (child_ref, version)
"""
_END_FACTS: Final = f"""
UPDATE fact SET known_to = $1 FROM counted
WHERE fact.child_ref = counted.child_ref AND known_to IS NULL AND NOT EXISTS (
    SELECT FROM rebuild_fact AS new
    WHERE (new.child_ref, new.unit_id) = (fact.child_ref, fact.unit_id)
      AND ROW({_NEW_FACT}) IS NOT DISTINCT FROM ROW({_OLD_FACT}))
"""  # noqa: S608 - column names of ours
_BEGIN_FACTS: Final = f"""
INSERT INTO fact ({_FACT}, known_from)
SELECT {_NEW_FACT}, $1 FROM rebuild_fact AS new JOIN counted USING (child_ref)
WHERE NOT EXISTS (
    SELECT FROM fact WHERE (fact.child_ref, fact.unit_id) = (new.child_ref, new.unit_id)
                       AND known_to IS NULL)
"""  # noqa: S608 - column names of ours
_RAISE: Final = "UPDATE epoch SET (current, policy_version) = ($1, $2)"
_UNJUDGED: Final = "SELECT DISTINCT child_ref FROM rebuild_unjudged ORDER BY child_ref"
_REQUEST: Final = "SELECT chronology.request_publication(ref) FROM unnest($1::text[]) AS ref"
LOADED: Final = """
CREATE INDEX IF NOT EXISTS rebuild_gap_name ON rebuild_gap (child_ref, gap_id);
CREATE INDEX IF NOT EXISTS rebuild_fact_name ON rebuild_fact (child_ref, unit_id);
"""
"""Once all is loaded: kept while rows come, indexes take longer."""
FORGET: Final = """
TRUNCATE rebuild, rebuild_chunk, rebuild_child, rebuild_unjudged, rebuild_gap, rebuild_fact,
         rebuild_dip_referral, rebuild_onward;
DROP INDEX IF EXISTS rebuild_gap_name, rebuild_fact_name;
"""
_UNANSWERED: Final = """
SELECT DISTINCT position.child_ref, position.version
FROM chronology.child_position AS position CROSS JOIN judge
LEFT JOIN verdict ON (verdict.child_ref, verdict.judge) = (position.child_ref, judge.name)
WHERE verdict.version IS NULL OR verdict.version < position.version
   OR verdict.epoch < (SELECT current FROM epoch)
"""
_STILL: Final = """
SELECT count(DISTINCT asked.child_ref)
FROM unnest($1::text[], $2::bigint[]) AS asked (child_ref, version) CROSS JOIN judge
LEFT JOIN verdict ON (verdict.child_ref, verdict.judge) = (asked.child_ref, judge.name)
WHERE verdict.version IS NULL OR verdict.version < asked.version
   OR verdict.epoch < (SELECT current FROM epoch)
"""


@dataclass(frozen=True, slots=True)
class Swapped:
    """What a swap did; `known_from` is when the new beliefs begin."""

    epoch: int
    known_from: datetime
    ended: int
    begun: int
    republished: int
    unjudged: tuple[str, ...]


async def swap(connection: Connection, judges: list[str], policy_version: str) -> Swapped:
    """Make the new verdicts count. Beliefs that are the same stay, the others end and begin."""
    async with connection.transaction():
        epoch = 1 + await connection.fetchval(_LOCK)
        await connection.execute(_SETTLED, judges)
        await connection.execute("ANALYZE settled")
        await connection.execute(_ANSWER, epoch, policy_version)
        known_from = await store.tick(connection)
        ended = await connection.execute(_END, known_from)
        begun = await connection.execute(_BEGIN, known_from)
        await _recount(connection, known_from)
        stale = [row["child_ref"] for row in await connection.fetch(STALE)]
        await connection.execute(_REQUEST, stale)
        await connection.execute(_RAISE, epoch, policy_version)
        unjudged = tuple(row["child_ref"] for row in await connection.fetch(_UNJUDGED))
        await connection.execute(FORGET)
    return Swapped(epoch, known_from, _rows(ended), _rows(begun), len(stale), unjudged)


async def _recount(connection: Connection, known_from: datetime) -> None:
    """Make the new facts count, and the counts by them, at the tick at which the gaps change."""
    await connection.execute(_COUNTED)
    await connection.execute("ANALYZE counted")
    await connection.execute(_END_FACTS, known_from)
    await connection.execute(_BEGIN_FACTS, known_from)
    await connection.execute("SELECT roll_up($1)", known_from)
    await cases.swap(connection)


async def unanswered(connection: Connection) -> dict[str, int]:
    """Return the children whom some judge has not answered in this epoch, by their version."""
    return {row["child_ref"]: row["version"] for row in await connection.fetch(_UNANSWERED)}


async def request(connection: Connection, refs: Iterable[str]) -> None:
    """Have these children published again, as they stand."""
    await connection.execute(_REQUEST, list(refs))


async def still_unanswered(connection: Connection, asked: Mapping[str, int]) -> int:
    """Count those of these children whom some judge has not answered at that version yet."""
    count: int = await connection.fetchval(_STILL, list(asked), list(asked.values()))
    return count


def _rows(status: str) -> int:
    return int(status.rpartition(" ")[2])
