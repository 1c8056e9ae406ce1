"""Are two ledgers at once right, and is belief dated as it is committed? On a real Postgres."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

import asyncpg

from services.domain.verdicts import Verdict
from services.ledger.beliefs import Standing
from services.ledger.handlers import keep
from services.runtime import beliefs
from tests.gaps import HOUR, MONDAY, gap, verdict

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


async def current(pool: Pool) -> list[asyncpg.Record]:
    return await pool.fetch("SELECT * FROM gap WHERE known_to IS NULL ORDER BY child_ref, gap_id")


async def _someone_waits(pool: Pool) -> None:
    # Another session waits in the server: there is no event of ours to wait for.
    while not await pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        await asyncio.sleep(0.01)


async def test_a_belief_that_had_to_wait_is_dated_after_the_one_it_waited_for(
    ledger_pool: Pool,
) -> None:
    async with ledger_pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT last FROM belief_clock FOR UPDATE")
        waiting = asyncio.create_task(keep(ledger_pool, [], [verdict(gap(1))]))
        await _someone_waits(ledger_pool)
        settled = await connection.fetchval(
            "UPDATE belief_clock SET last = clock_timestamp() RETURNING last"
        )
    outcome = await waiting
    assert outcome.known_from is not None
    assert outcome.known_from > settled


def _shuffled(seed: int) -> list[Verdict]:
    """Return 30 versions on each of 12 children, gaps coming, changing and going, in disorder."""
    dice = random.Random(seed)  # noqa: S311 - disorder, not secrecy
    verdicts = [
        verdict(
            *(
                gap(n, child_ref=child, closes_at=MONDAY + (n + 1 + version % 3) * HOUR)
                for n in range(1, 6)
                if (n + version) % 4
            ),
            version=version,
            child_ref=child,
        )
        for child in (f"child-{n}" for n in range(12))
        for version in range(1, 31)
    ]
    dice.shuffle(verdicts)
    return verdicts


async def _write(
    pool: Pool, verdicts: Sequence[Verdict], seen: list[tuple[datetime, datetime]]
) -> None:
    """Keep verdicts in small batches, watching after each that belief is settled."""
    for start in range(0, len(verdicts), 7):
        batch = verdicts[start : start + 7]
        heard = [Standing(v.child_ref, 1, v.version, None, erased=False) for v in batch]
        outcome = await keep(pool, heard, batch)
        if outcome.known_from is not None:
            watermark = await pool.fetchval("SELECT last FROM watermark")
            seen.append((outcome.known_from, watermark))


async def test_writers_at_once_agree_and_date_beliefs_in_order_of_commit(
    ledger_pool: Pool,
) -> None:
    verdicts = _shuffled(1)
    seen: list[tuple[datetime, datetime]] = []
    settled: dict[datetime, list[asyncpg.Record]] = {}
    done = asyncio.Event()

    async def watch() -> None:
        """Read what was believed at the watermark, over and over."""
        while not done.is_set():
            at = await ledger_pool.fetchval("SELECT last FROM watermark")
            settled[at] = await _believed_at(ledger_pool, at)

    watching = asyncio.create_task(watch())
    writers = [_write(ledger_pool, verdicts[n::3] + verdicts, seen) for n in range(3)]
    await asyncio.gather(*writers)
    done.set()
    await watching

    assert all(known_from <= watermark for known_from, watermark in seen)
    assert len({known_from for known_from, _ in seen}) == len(seen)
    assert len(settled) > 1
    for at, believed in settled.items():
        assert await _believed_at(ledger_pool, at) == believed
    expected = {
        (one.child_ref, one.gap_id): one for v in verdicts if v.version == 30 for one in v.gaps
    }
    rows = [beliefs.from_row(row) for row in await current(ledger_pool)]
    assert len(rows) == len(expected)
    assert {(one.child_ref, one.gap_id): one for one in rows} == expected


async def _believed_at(pool: Pool, at: datetime) -> list[asyncpg.Record]:
    return await pool.fetch(
        "SELECT child_ref, gap_id, closes_at, known_from FROM gap "
        "WHERE known_from <= $1 AND (known_to IS NULL OR known_to > $1) "
        "ORDER BY child_ref, gap_id",
        at,
    )


async def test_of_two_verdicts_kept_at_once_the_higher_stands_whoever_was_first(
    ledger_pool: Pool,
) -> None:
    children = [f"child-{n}" for n in range(20)]
    for version in range(2, 60, 2):
        low, high = (
            [verdict(gap(at, child_ref=one), version=at, child_ref=one) for one in children]
            for at in (version, version + 1)
        )
        await asyncio.gather(keep(ledger_pool, [], high), keep(ledger_pool, [], low[::-1]))
        positions = await ledger_pool.fetch("SELECT DISTINCT version FROM verdict")
        assert [row["version"] for row in positions] == [version + 1]
    names = {beliefs.from_row(row).gap_id for row in await current(ledger_pool)}
    assert names == {gap(version + 1).gap_id}


async def test_no_two_beliefs_about_one_gap_overlap(ledger_pool: Pool) -> None:
    verdicts = _shuffled(2)
    await asyncio.gather(*(_write(ledger_pool, verdicts[n::2], []) for n in range(2)))
    overlapping = await ledger_pool.fetchval(
        """SELECT count(*) FROM gap AS a JOIN gap AS b USING (child_ref, gap_id)
           WHERE a.known_from < b.known_from
             AND (a.known_to IS NULL OR a.known_to > b.known_from)"""
    )
    assert await ledger_pool.fetchval("SELECT count(*) FROM gap WHERE known_to IS NOT NULL")
    assert overlapping == 0
