"""Are the measures' facts and counts the same live and rebuilt, and do counts outlive a child?"""

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

import asyncpg
import pytest
from pydantic import SecretStr

from services.ledger import facts, store
from services.ledger.beliefs import Erasure, Standing
from services.ledger.handlers import keep
from services.ledger.rebuild import rebuild
from services.ledger.settings import Settings
from tests.demo.lives_judged import policy
from tests.services.ledger.county import Live, told

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Counts = dict[tuple[str, ...], tuple[int, ...]]

_FACTS = f"SELECT {', '.join(facts.COLUMNS)} FROM fact WHERE known_to IS NULL"  # noqa: S608 - ours
_COUNTED = """
SELECT measure, by_one, by_two, agency, month::text, one, two, sum(units)::int, sum(met)::int,
       sum(missing)::int, sum(not_judged)::int
FROM rollup GROUP BY 1, 2, 3, 4, 5, 6, 7
HAVING (sum(units), sum(met), sum(missing), sum(not_judged)) <> (0, 0, 0, 0)
"""
DIMENSIONS = ("age", "area", "ethnicity", "sex", "unit")


@pytest.fixture
async def live(dsn: Callable[[str], str], ledger_pool: Pool) -> Any:  # noqa: ANN401 - a fixture
    async with asyncpg.create_pool(dsn("chronology"), min_size=1, max_size=4) as chronology:
        await store.deploy_judges(ledger_pool, settings(dsn).judges)
        live = Live(chronology, ledger_pool, policy())
        events = told()
        await live.hear(events[: len(events) // 2])
        await live.judge_due()
        await live.hear(events[len(events) // 2 :])
        await live.judge_due()
        yield live


def settings(dsn: Callable[[str], str]) -> Settings:
    return Settings(
        postgres_dsn=SecretStr(dsn("ledger")), kafka_bootstrap="unused", rebuild_chunk_events=60
    )


async def current(pool: Pool) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in await pool.fetch(_FACTS)}


async def counts(pool: Pool) -> Counts:
    return {tuple(row[:7]): tuple(row[7:]) for row in await pool.fetch(_COUNTED)}


async def counted_by_hand(pool: Pool) -> Counts:
    """Count every fact under none, one and two of the dimensions, without SQL."""
    found: dict[tuple[str, ...], Counter[int]] = {}
    for row in await pool.fetch("SELECT * FROM fact WHERE known_to IS NULL"):
        places = [(one, two) for one in DIMENSIONS for two in DIMENSIONS if one < two]
        for one, two in [("", ""), *((each, "") for each in DIMENSIONS), *places]:
            month = row["day"].replace(day=1).isoformat()
            groups = (row[one] if one else "", row[two] if two else "")
            key = (row["measure"], one, two, row["agency"], month, *groups)
            tally = found.setdefault(key, Counter())
            tally[0] += row["state"] in {"met", "missed"}
            tally[1] += row["state"] == "met"
            tally[2] += row["state"] == "missing"
            tally[3] += row["state"] == "not-judged"
    return {key: tuple(tally[place] for place in range(4)) for key, tally in found.items()}


async def test_counts_are_what_the_facts_add_up_to(live: Live) -> None:
    found = await counts(live.ledger)
    assert len(found) > 500
    assert found == await counted_by_hand(live.ledger)


async def test_a_rebuild_counts_as_live_judging_does(live: Live, dsn: Callable[[str], str]) -> None:
    facts_live, counts_live = await current(live.ledger), await counts(live.ledger)
    await live.ledger.execute("TRUNCATE fact, rollup")
    await rebuild(settings(dsn), policy(), 1)
    assert await current(live.ledger) == facts_live
    assert await counts(live.ledger) == counts_live


async def test_a_rebuild_that_changes_nothing_begins_and_ends_no_fact(
    live: Live, dsn: Callable[[str], str]
) -> None:
    before = await live.ledger.fetch("SELECT * FROM fact ORDER BY child_ref, unit_id, known_from")
    await rebuild(settings(dsn), policy(), 1)
    after = await live.ledger.fetch("SELECT * FROM fact ORDER BY child_ref, unit_id, known_from")
    assert after == before


async def test_what_was_believed_before_is_still_there(live: Live) -> None:
    then = await live.ledger.fetchval("SELECT last FROM belief_clock")
    row = await live.ledger.fetchrow(
        "SELECT child_ref, unit_id FROM fact WHERE known_to IS NULL LIMIT 1"
    )
    assert row is not None
    async with live.ledger.acquire() as connection, connection.transaction():
        now = await store.tick(connection)
        change = facts.Recount(ended=[(row["child_ref"], row["unit_id"])])
        await facts.write(connection, change, now)
    assert await counts(live.ledger) == await counted_by_hand(live.ledger)
    at = "known_from <= $1 AND (known_to IS NULL OR known_to > $1)"
    count = f"SELECT count(*) FROM fact WHERE {at}"  # noqa: S608 - our own words
    assert await live.ledger.fetchval(count, then) == 1 + await live.ledger.fetchval(count, now)


async def test_counts_outlive_a_child_who_is_erased_and_name_nobody(live: Live) -> None:
    before = await counts(live.ledger)
    child = await live.ledger.fetchval("SELECT max(child_ref) FROM fact WHERE known_to IS NULL")
    wire = await live.ledger.fetchrow("SELECT * FROM child WHERE child_ref = $1", child)
    assert wire is not None
    place = (child, wire["epoch"], wire["version"] + 1, None)
    heard = Standing(*place, erased=True, erasure=Erasure("salt", []))
    await keep(live.ledger, [heard], [])
    assert await counts(live.ledger) == before
    assert not await live.ledger.fetch("SELECT FROM fact WHERE child_ref = $1", child)
