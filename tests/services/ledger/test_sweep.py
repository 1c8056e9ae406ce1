"""Is a child on whom a judge is silent published again, and nobody else?"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import asyncpg
import pytest
from pydantic import SecretStr

from services.ledger import store, sweep
from services.ledger.beliefs import Pair
from services.ledger.handlers import keep
from services.ledger.settings import Settings
from tests.gaps import verdict

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SETTINGS = Settings(
    postgres_dsn=SecretStr("unused"),
    kafka_bootstrap="unused",
    sweep_after=10 * SECOND,
    sweep_longest=60 * SECOND,
    sweep_tries=3,
    sweep_children=2,
)


@pytest.fixture
async def chronology(dsn: Callable[[str], str], ledger_pool: Pool) -> AsyncIterator[Pool]:
    """Chronology's pool, with child-a at version 3; timeliness is deployed."""
    await store.deploy_judges(ledger_pool, ["timeliness"])
    async with asyncpg.create_pool(dsn("chronology"), min_size=1) as pool:
        await pool.execute("INSERT INTO child (child_ref, version) VALUES ('child-a', 3)")
        yield pool


async def once(pool: Pool, after: int, caught_up: int | None = None) -> list[Pair]:
    """Sweep once, `after` seconds on; the judge has caught up with all there was until then."""
    at = NOW + (after if caught_up is None else caught_up) * SECOND
    return await sweep.once(pool, SETTINGS, NOW + after * SECOND, {"timeliness": at})


async def many(chronology: Pool, count: int, name: str = "child") -> None:
    """Begin so many children besides, each at version 1."""
    await chronology.execute(
        "INSERT INTO child SELECT $2 || '-' || n, 1 FROM generate_series(1, $1) AS n", count, name
    )


async def publications(chronology: Pool) -> list[str]:
    rows = await chronology.fetch("SELECT child_ref FROM publication ORDER BY child_ref")
    return [row["child_ref"] for row in rows]


async def test_a_child_the_ledger_never_heard_of_is_published_again(
    ledger_pool: Pool, chronology: Pool
) -> None:
    assert await once(ledger_pool, 0) == []
    assert await once(ledger_pool, 9) == []
    assert await publications(chronology) == []
    assert await once(ledger_pool, 10) == [("child-a", "timeliness")]
    assert await publications(chronology) == ["child-a"]


async def test_a_judge_that_still_has_messages_before_it_is_not_silent(
    ledger_pool: Pool, chronology: Pool
) -> None:
    await once(ledger_pool, 0)
    assert await once(ledger_pool, 20, caught_up=9) == []
    assert await sweep.once(ledger_pool, SETTINGS, NOW + 30 * SECOND, {"timeliness": None}) == []
    assert await publications(chronology) == []


async def test_a_child_that_was_answered_is_left_alone(ledger_pool: Pool, chronology: Pool) -> None:
    await once(ledger_pool, 0)
    await keep(ledger_pool, [], [verdict(version=3)])
    assert await once(ledger_pool, 20) == []
    assert await publications(chronology) == []
    assert await ledger_pool.fetchval("SELECT count(*) FROM sweep") == 0


async def test_silence_that_goes_on_is_borne_longer_each_time_and_then_given_up(
    ledger_pool: Pool, chronology: Pool
) -> None:
    await once(ledger_pool, 0)
    swept = [after for after in range(400) if await once(ledger_pool, after)]
    assert swept == [10, 30, 70]
    assert await publications(chronology) == ["child-a"]


async def test_a_new_version_is_waited_for_afresh(ledger_pool: Pool, chronology: Pool) -> None:
    for after in range(0, 400, 10):
        await once(ledger_pool, after)
    await chronology.execute("UPDATE child SET version = 4")
    assert await once(ledger_pool, 400) == []
    assert await once(ledger_pool, 410) == [("child-a", "timeliness")]


async def test_one_pass_publishes_no_more_than_its_share(
    ledger_pool: Pool, chronology: Pool
) -> None:
    await many(chronology, 9)
    await once(ledger_pool, 0)
    assert len(await once(ledger_pool, 10)) == 2
    assert len(await publications(chronology)) == 2


def test_a_group_has_caught_up_with_what_there_was_when_it_has_acknowledged_that() -> None:
    group = sweep.CaughtUp()
    group.see(NOW, {"p0": (5, 3), "p1": (2, 0)})
    assert group.at is None
    group.see(NOW + SECOND, {"p0": (7, 9), "p1": (2, 1)})
    assert group.at is None
    group.see(NOW + 2 * SECOND, {"p0": (8, 20), "p1": (2, 5)})
    assert group.at == NOW
    group.see(NOW + 3 * SECOND, {"p0": (40, 0), "p1": (9, 0)})
    assert group.at == NOW + 3 * SECOND


def test_a_judge_counts_as_caught_up_only_as_far_as_the_ledger_has_heard_it() -> None:
    judge, ledger = sweep.CaughtUp(), sweep.CaughtUp()
    judge.see(NOW + SECOND, {"p0": (1, 0)})
    assert sweep.both(judge, ledger) is None
    ledger.see(NOW, {"p0": (1, 0)})
    assert sweep.both(judge, ledger) == NOW


async def test_a_child_judged_in_an_epoch_gone_by_is_asked_for_again(
    ledger_pool: Pool, chronology: Pool
) -> None:
    await keep(ledger_pool, [], [verdict(version=3)])
    await ledger_pool.execute("UPDATE epoch SET current = 2")
    await once(ledger_pool, 0)
    assert await once(ledger_pool, 10) == [("child-a", "timeliness")]
    assert await publications(chronology) == ["child-a"]
    await keep(ledger_pool, [], [verdict(version=3, epoch=2)])
    await once(ledger_pool, 20)
    assert await ledger_pool.fetchval("SELECT count(*) FROM sweep") == 0


async def test_whoever_changed_is_looked_at_and_no_more_of_all_the_others(
    ledger_pool: Pool, chronology: Pool
) -> None:
    await chronology.execute(
        "INSERT INTO child SELECT 'of-old-' || n, 1 FROM generate_series(1, 9) n"
    )
    await keep(ledger_pool, [], [verdict(version=3)])
    await once(ledger_pool, 0)
    await ledger_pool.execute("DELETE FROM sweep")  # as if they had been answered
    await chronology.execute("UPDATE child SET version = 4 WHERE child_ref = 'child-a'")
    await once(ledger_pool, 20)
    assert await chronology.fetchval("SELECT count(*) FROM changed") == 0
    noticed = await ledger_pool.fetch("SELECT child_ref, version FROM sweep")
    assert [tuple(row) for row in noticed] == [("child-a", 4)]
    assert await once(ledger_pool, 30) == [("child-a", "timeliness")]


@pytest.mark.parametrize("occasion", ["day", "epoch", "judge"])
async def test_all_children_are_looked_at_once_a_day_and_where_something_is_new(
    ledger_pool: Pool, chronology: Pool, occasion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "MOST", 3)
    await chronology.execute("DELETE FROM child")
    await chronology.execute(
        "INSERT INTO child SELECT 'child-' || n, 1 FROM generate_series(1, 8) n"
    )
    for after in range(5):
        await once(ledger_pool, after)
    assert await ledger_pool.fetchval("SELECT count(*) FROM sweep") == 8
    await ledger_pool.execute("DELETE FROM sweep")  # lost, and nobody noted it
    await once(ledger_pool, 9)
    assert await ledger_pool.fetchval("SELECT count(*) FROM sweep") == 0
    later = 9 + (86_400 if occasion == "day" else 0)
    if occasion == "epoch":
        await ledger_pool.execute("UPDATE epoch SET current = 2")
    if occasion == "judge":
        await store.deploy_judges(ledger_pool, ["timeliness", "oversight"])
    for after in range(3):
        assert (
            await ledger_pool.fetchval("SELECT count(DISTINCT child_ref) FROM sweep") == after * 3
        )
        await once(ledger_pool, later + after)
    expected = 16 if occasion == "judge" else 8
    assert await ledger_pool.fetchval("SELECT count(*) FROM sweep") == expected


async def test_more_changes_than_one_pass_looks_at_are_left_for_the_next(
    ledger_pool: Pool, chronology: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await once(ledger_pool, 0)
    monkeypatch.setattr(sweep, "MOST", 3)
    await chronology.execute(
        "INSERT INTO child SELECT 'child-' || n, 1 FROM generate_series(1, 8) n"
    )
    found = []
    for after in range(4):
        found.append(await ledger_pool.fetchval("SELECT count(*) FROM sweep"))
        await once(ledger_pool, after)
    assert found == [1, 4, 7, 9]


async def test_a_version_of_a_transaction_that_ends_late_is_not_passed_over(
    ledger_pool: Pool, chronology: Pool
) -> None:
    await keep(ledger_pool, [], [verdict(version=3)])
    await once(ledger_pool, 0)
    async with chronology.acquire() as slow, slow.transaction():
        await slow.execute("UPDATE child SET version = 4")
        await chronology.execute("INSERT INTO child VALUES ('child-b', 1)")
        await once(ledger_pool, 1)
        assert await ledger_pool.fetchval("SELECT child_ref FROM sweep") == "child-b"
    await once(ledger_pool, 2)
    noticed = await ledger_pool.fetch("SELECT child_ref FROM sweep ORDER BY 1")
    assert [row[0] for row in noticed] == ["child-a", "child-b"]


async def test_an_answer_that_passes_a_look_is_found_when_its_time_is_over(
    ledger_pool: Pool, chronology: Pool
) -> None:
    await once(ledger_pool, 0)
    await ledger_pool.execute(
        "INSERT INTO verdict VALUES ('child-a', 'timeliness', 1, 3, 'p', now())"
    )  # by somebody who did not see what the sweep was noting
    assert await once(ledger_pool, 20) == []
    assert await publications(chronology) == []
    assert await ledger_pool.fetchval("SELECT count(*) FROM sweep") == 0
