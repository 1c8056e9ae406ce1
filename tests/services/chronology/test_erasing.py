"""Is an erased child gone from chronology, and only counted? On a real Postgres."""

import hashlib
from typing import Any

import msgspec
import pytest

from services.chronology.compose import compose
from services.chronology.erasing import Finisher
from services.chronology.handlers import Handlers
from services.chronology.publisher import Publisher
from services.domain.events import Event
from tests.services.chronology.said import (
    Broker,
    erasure,
    event,
    link,
    message,
    retraction,
    training,
)
from tests.services.conftest import Dsn, Pool, pool_of

A, B, C = ("a" * 32, "b" * 32, "c" * 32)
STAFF = "5" * 32
FACTS = {"child": {"age": 15, "sex": "F", "ethnicity": "BCRB"}, "indicators": ["knife"]}


async def say(pool: Pool, *events: Event) -> None:
    await Handlers(pool, gather_ms=0).handle([message(one) for one in events])


async def everything(pool: Pool) -> str:
    """Every row of every table, as text."""
    tables = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'chronology'")
    rows: list[str] = []
    for (table,) in tables:
        found = await pool.fetch(f"SELECT t::text FROM {table} AS t")  # noqa: S608 - our tables
        rows += [f"{table} {row[0]}" for row in found]
    return "\n".join(rows)


async def wire(pool: Pool, ref: str) -> dict[str, Any]:
    (composed,) = await compose(pool, [ref])
    found: dict[str, Any] = msgspec.json.decode(composed.value)
    return found


def digest(ref: str) -> bytes:
    return hashlib.sha256(ref.encode()).digest()


async def heard_by_ledger(dsn: Dsn, *refs: str) -> None:
    async with pool_of(dsn("ledger")) as pool:
        for ref in refs:
            await pool.execute("INSERT INTO erased_ref (digest) VALUES ($1)", digest(ref))


@pytest.fixture
async def linked(chronology_pool: Pool) -> Pool:
    """A child of two records and an officer, and another child."""
    await say(
        chronology_pool,
        event(A, "a-1", staff=STAFF, facts=FACTS),
        event(B, "b-1", minute=1),
        event(C, "c-1", staff=STAFF),
        training(STAFF, "t-1"),
        link(B, A, 1),
    )
    return chronology_pool


async def test_the_last_version_is_marked_and_says_how_refs_are_renamed(linked: Pool) -> None:
    before = await wire(linked, A)
    await say(linked, erasure(A, A, B))
    after = await wire(linked, A)
    assert (after["erased"], after["events"], after["training"]) == (True, [], [])
    assert after["version"] == before["version"] + 1
    assert after["erasure"]["salt"] == "5a17"
    assert sorted(after["erasure"]["keys"]) == [
        "/norfolk-police/custody|a-1",
        "/norfolk-police/custody|b-1",
    ]
    assert (await wire(linked, B))["erased"]
    assert [one["id"] for one in (await wire(linked, C))["events"]] == ["c-1"]


async def test_the_null_goes_out_once_the_ledger_has_heard_and_then_nothing_is_left(
    linked: Pool, dsn: Dsn
) -> None:
    await say(linked, erasure(A, A, B))
    broker = Broker()
    publisher, finisher = Publisher(linked, broker), Finisher(linked, broker)
    await publisher.publish_due()
    assert await finisher.finish() == 0
    await heard_by_ledger(dsn, A, B)
    assert await linked.fetchval("SELECT count(*) FROM erasure_done") == 0
    assert await finisher.finish() == 2
    assert [value for _, _, value in broker.sent[-2:]] == [None, None]
    assert await linked.fetchval("SELECT count(*) FROM erasure_done") == 2
    left = await everything(linked)
    assert "c-1" in left
    assert not [one for one in (A, B, "a-1", "b-1", "5a17") if one in left]


async def test_the_null_waits_for_a_version_that_is_still_to_be_published(
    linked: Pool, dsn: Dsn
) -> None:
    await say(linked, erasure(A, A, B))
    await heard_by_ledger(dsn, A, B)
    broker = Broker()
    assert await Finisher(linked, broker).finish() == 0
    await Publisher(linked, broker).publish_due()
    assert await Finisher(linked, broker).finish() == 2
    assert await Finisher(linked, broker).finish() == 0


async def test_what_comes_late_of_an_erased_child_is_refused_ever_after(
    linked: Pool, dsn: Dsn
) -> None:
    await say(linked, event(B, "b-2"), erasure(A, A, B), event(A, "a-2"), link(C, A, 1))
    await say(linked, event(A, "a-3"), link(C, B, 2), event(C, "c-2"), erasure(A, A, B))
    assert await linked.fetchval("SELECT count(*) FROM event WHERE record_ref IS NOT NULL") == 2
    assert await linked.fetchval("SELECT child_ref FROM record") == C
    await heard_by_ledger(dsn, A, B)
    await Publisher(linked, Broker()).publish_due()
    await Finisher(linked, Broker()).finish()
    await say(linked, event(A, "a-4"))
    assert await linked.fetchval("SELECT array_agg(child_ref) FROM child") == [C]


async def test_what_figures_count_of_the_child_stays_under_new_refs(linked: Pool) -> None:
    asked = ["police.child-missing.v1"]
    question = """
        SELECT type, at, age, sex, ethnicity, indicator, harms,
               count(*) OVER (PARTITION BY child_ref)
        FROM equity_events($1, '2026-03-01', '2026-04-01') ORDER BY 1, 2, 3
    """
    before = await linked.fetch(question, asked)
    await say(linked, erasure(A, A, B))
    assert await linked.fetch(question, asked) == before
    assert len(before) == 3
    kinds = "SELECT type, time FROM event_kind WHERE type <> 'training.completed.v1' ORDER BY 2"
    assert len(await linked.fetch(kinds)) == 3


async def test_a_retraction_of_what_is_erased_goes_with_it(linked: Pool) -> None:
    of = ("/norfolk-police/custody", "b-1")
    await say(linked, retraction(C, "x-1", of))
    await say(linked, erasure(A, A, B))
    assert not await linked.fetch("SELECT FROM retraction")
    assert [one["id"] for one in (await wire(linked, C))["events"]] == ["c-1"]
    found = await linked.fetch("SELECT target_id FROM erased_event WHERE target_id IS NOT NULL")
    stub = await linked.fetchval("SELECT id FROM erased_event WHERE id = $1", found[0]["target_id"])
    assert stub is not None


async def test_another_child_who_held_a_record_by_a_link_on_its_way_loses_it(linked: Pool) -> None:
    await say(linked, link(C, A, 1))
    before = await wire(linked, A)
    await say(linked, erasure(C, C))
    after = await wire(linked, A)
    assert after["version"] == before["version"] + 1
    assert "c-1" not in [one["id"] for one in after["events"]]


async def test_an_erased_child_is_not_shown_as_somebody_to_judge(linked: Pool) -> None:
    await say(linked, erasure(A, A, B))
    shown = await linked.fetch("SELECT child_ref FROM child_position")
    assert [row["child_ref"] for row in shown] == [C]
