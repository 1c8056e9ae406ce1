"""How are standings, verdicts and beliefs kept?

Whoever writes about children holds their rows' locks, taken in child_ref order; the belief clock is
locked last, so that beliefs are dated in the order in which they are committed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, TypeAlias

import asyncpg
from asyncpg import Pool, Record
from asyncpg.pool import PoolConnectionProxy

from services.domain.gaps import Gap
from services.domain.verdicts import Position, Verdict
from services.ledger.beliefs import Change, Epoch, Pair, Standing
from services.runtime import beliefs

Connection: TypeAlias = "PoolConnectionProxy[Record]"

_MEET: Final = """
INSERT INTO child (child_ref) SELECT ref FROM unnest($1::text[]) AS ref ORDER BY ref
ON CONFLICT (child_ref) DO NOTHING
"""
_LOCK: Final = """
SELECT child_ref, epoch, version, merged_into, erased FROM child
WHERE child_ref = ANY($1::text[]) ORDER BY child_ref FOR UPDATE
"""
_MOVE: Final = """
UPDATE child SET (epoch, version, merged_into, erased)
    = (heard.epoch, heard.version, heard.merged_into, heard.erased)
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::boolean[])
    AS heard (child_ref, epoch, version, merged_into, erased)
WHERE child.child_ref = heard.child_ref
"""
_ANSWERED: Final = """
SELECT child_ref, judge, epoch, version FROM verdict WHERE child_ref = ANY($1::text[])
"""
_ANSWER: Final = """
INSERT INTO verdict (child_ref, judge, epoch, version, policy_version, answered_at)
SELECT *, clock_timestamp()
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
ON CONFLICT (child_ref, judge) DO UPDATE SET (epoch, version, policy_version, answered_at)
    = (excluded.epoch, excluded.version, excluded.policy_version, excluded.answered_at)
"""
# In the sweep's own order, so that neither waits for what the other holds.
_NO_LONGER_SILENT: Final = """
DELETE FROM sweep USING (
    SELECT child_ref, judge FROM sweep
    JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS answer (child_ref, judge, answered)
        USING (child_ref, judge)
    WHERE sweep.version <= answered ORDER BY child_ref, judge FOR UPDATE OF sweep) AS asked
WHERE (sweep.child_ref, sweep.judge) = (asked.child_ref, asked.judge)
"""
_HELD: Final = f"""
SELECT {", ".join(beliefs.COLUMNS)} FROM gap
WHERE child_ref = ANY($1::text[]) AND known_to IS NULL
"""  # noqa: S608 - column names of ours
_TICK: Final = """
UPDATE belief_clock SET last = greatest(last + interval '1 microsecond', clock_timestamp())
RETURNING last
"""
_END: Final = """
UPDATE gap SET known_to = $3
FROM unnest($1::text[], $2::uuid[]) AS ended (child_ref, gap_id)
WHERE (gap.child_ref, gap.gap_id) = (ended.child_ref, ended.gap_id) AND known_to IS NULL
"""


async def lock_children(connection: Connection, refs: Collection[str]) -> dict[str, Standing]:
    """Lock these children's rows, made where there are none, until the transaction ends.

    Rows are made before any is locked: who waits to make one holds no lock that others want.
    """
    await connection.execute(_MEET, list(refs))
    rows = await connection.fetch(_LOCK, list(refs))
    return {row["child_ref"]: Standing(**row) for row in rows}


async def move_children(connection: Connection, moved: Collection[Standing]) -> None:
    """Note how these chronologies stand now."""
    if moved:
        fields = ("child_ref", "epoch", "version", "merged_into", "erased")
        columns = [[getattr(one, field) for one in moved] for field in fields]
        await connection.execute(_MOVE, *columns)


async def current_epoch(connection: Connection) -> Epoch:
    """Return the epoch that counts; it cannot be swapped before the transaction ends."""
    row = await connection.fetchrow("SELECT current, policy_version FROM epoch FOR SHARE")
    if row is None:
        raise LookupError("the ledger has no epoch")
    return Epoch(row["current"], row["policy_version"])


async def answered(connection: Connection, refs: Collection[str]) -> dict[Pair, Position]:
    """Return the position of the verdict of every judge that has answered on these children."""
    rows = await connection.fetch(_ANSWERED, list(refs))
    return {(r["child_ref"], r["judge"]): (r["epoch"], r["version"]) for r in rows}


async def put_answers(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    """Note that these verdicts count now; of whom they are, nobody is silent any more."""
    if verdicts:
        fields = ("child_ref", "judge", "epoch", "version", "policy_version")
        columns = [[getattr(one, field) for one in verdicts] for field in fields]
        await connection.execute(_ANSWER, *columns)
        refs, judges, _, versions, _ = columns
        await connection.execute(_NO_LONGER_SILENT, refs, judges, versions)


async def held(connection: Connection, refs: Collection[str]) -> dict[Pair, list[Gap]]:
    """Return what is believed now of these children, by child and judge."""
    found: defaultdict[Pair, list[Gap]] = defaultdict(list)
    for row in await connection.fetch(_HELD, list(refs)):
        found[row["child_ref"], row["judge"]].append(beliefs.from_row(row))
    return dict(found)


async def believe(connection: Connection, change: Change, now: datetime) -> None:
    """Write a change of belief at a tick of the clock, whose lock makes every other writer wait."""
    if change.ended:
        refs, names = zip(*((gap.child_ref, gap.gap_id) for _, gap in change.ended), strict=True)
        await connection.execute(_END, list(refs), list(names), now)
    if change.begun:
        rows = [beliefs.to_row(judge, gap) for judge, gap in change.begun]
        await connection.copy_records_to_table(
            "gap", records=[(*row, now) for row in rows], columns=(*beliefs.COLUMNS, "known_from")
        )


async def tick(connection: "Connection | asyncpg.Connection[Record]") -> datetime:
    """Return the belief clock's next tick; its lock is held until the transaction ends."""
    now: datetime = await connection.fetchval(_TICK)
    return now


async def deploy_judges(pool: "Pool[Record]", judges: Iterable[str]) -> None:
    """Make the catalogue of deployed judges exactly these."""
    async with pool.acquire() as connection, connection.transaction():
        names = sorted(judges)
        await connection.execute("DELETE FROM judge WHERE name <> ALL($1::text[])", names)
        await connection.execute(
            "INSERT INTO judge SELECT unnest($1::text[]) ON CONFLICT (name) DO NOTHING", names
        )
