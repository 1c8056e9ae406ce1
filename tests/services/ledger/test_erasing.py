"""Is an erased child nobody's in the ledger, and still counted? On a real Postgres."""

import asyncio
from datetime import timedelta
from typing import TypeAlias

import asyncpg

from services.ledger.beliefs import Erasure, Standing
from services.ledger.handlers import keep
from tests.gaps import HOUR, MONDAY, gap, verdict

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
_FIGURES = """
SELECT judge, rule, rule_version, policy_version, lesson, kind, observed, agency, visible_to, unit,
       opens_at, closes_at, why, known_from, known_to, count(*) OVER (PARTITION BY child_ref)
FROM measured ORDER BY opens_at, known_from, rule
"""


def standing(version: int, child: str = "child-a") -> Standing:
    return Standing(child, 1, version, None, erased=False)


def erased(version: int, *keys: str) -> Standing:
    return Standing("child-a", 1, version, None, erased=True, erasure=Erasure("5a17", list(keys)))


async def told(pool: Pool) -> None:
    """Two children, one of whom has a gap that is mended and one that is not."""
    await keep(pool, [standing(1)], [verdict(gap(1), gap(2), version=1)])
    mended = gap(1, closes_at=MONDAY + timedelta(days=2))
    await keep(pool, [standing(2)], [verdict(mended, gap(2), version=2)])
    other = gap(3, child_ref="child-b", opens_at=MONDAY + HOUR)
    await keep(pool, [standing(1, "child-b")], [verdict(other, child_ref="child-b", version=1)])


async def test_figures_stay_and_nobody_can_be_found_in_them(ledger_pool: Pool) -> None:
    await told(ledger_pool)
    before = await ledger_pool.fetch(_FIGURES)
    await keep(ledger_pool, [erased(3)], [])
    assert await ledger_pool.fetch(_FIGURES) == before
    rows = await ledger_pool.fetch("SELECT t::text FROM gap AS t WHERE erased_at IS NOT NULL")
    assert len(rows) == 3
    said = "".join(row[0] for row in rows)
    assert not [one for one in ("child-a", "made-1", "got-1", gap(1).gap_id) if one in said]
    children = await ledger_pool.fetch(
        "SELECT child_ref FROM child UNION ALL SELECT child_ref FROM verdict"
    )
    assert {row["child_ref"] for row in children} == {"child-b"}


async def test_nobody_is_asked_to_act_for_an_erased_child(ledger_pool: Pool) -> None:
    await told(ledger_pool)
    await keep(ledger_pool, [erased(3)], [])
    rows = await ledger_pool.fetch("SELECT DISTINCT child_ref FROM belief")
    assert [row["child_ref"] for row in rows] == ["child-b"]


async def test_what_comes_late_of_an_erased_child_is_refused_ever_after(ledger_pool: Pool) -> None:
    await told(ledger_pool)
    await keep(ledger_pool, [erased(3)], [verdict(gap(1), version=9)])
    before = await ledger_pool.fetch(_FIGURES)
    await keep(ledger_pool, [standing(7), erased(3)], [verdict(gap(1), version=9), verdict()])
    assert await ledger_pool.fetch(_FIGURES) == before
    assert await ledger_pool.fetchval("SELECT count(*) FROM child") == 1


async def test_what_was_once_believed_of_another_by_an_erased_event_is_nobodys_either(
    ledger_pool: Pool,
) -> None:
    await told(ledger_pool)
    (anchor,) = {"|".join(gap(3, child_ref="child-b").anchor)}
    await keep(ledger_pool, [erased(3, anchor)], [])
    assert await ledger_pool.fetchval("SELECT count(*) FROM belief") == 0


async def test_a_verdict_that_waits_for_the_erasure_is_refused(ledger_pool: Pool) -> None:
    await told(ledger_pool)
    late = [verdict(gap(1), version=version) for version in range(4, 12)]

    async def verdicts() -> None:
        for one in late:
            await keep(ledger_pool, [], [one])

    outcomes = await asyncio.gather(
        verdicts(), keep(ledger_pool, [erased(3)], []), return_exceptions=True
    )
    assert {type(one).__name__ for one in outcomes if isinstance(one, BaseException)} <= {"NotNow"}
    await keep(ledger_pool, [], late)
    assert "child-a" not in "".join(
        row[0] for row in await ledger_pool.fetch("SELECT t::text FROM measured AS t")
    )
