"""Of two writers whose messages concern each other the second waits, and then sees the first."""

import asyncio

import pytest

from services.chronology import store
from services.chronology.batch import read
from services.chronology.change import work_out
from services.chronology.handlers import Handlers
from services.domain.events import Event
from tests.services.chronology.said import event, link, message, retraction, training
from tests.services.conftest import Dsn, Pool, pool_of

A, B, C = ("a" * 32, "b" * 32, "c" * 32)
STAFF = "5" * 32
LONG_ENOUGH = 0.3

TARGET = event(A, "1")
UNDO = retraction(B, "2", TARGET.key)
REDO = retraction(C, "3", UNDO.key)
NAMED = event(A, "1", staff=STAFF)
COURSE = training(STAFF, "4")


async def both(pool: Pool, first: Event, second: Event) -> None:
    """Write the second while the first is written and not yet committed."""
    batch = read([message(first)])
    async with pool.acquire() as connection, connection.transaction():
        change = work_out(batch, await store.lock(connection, batch))
        await store.write(connection, change, gather_ms=0)
        other = asyncio.create_task(Handlers(pool, gather_ms=0).handle([message(second)]))
        await asyncio.wait({other}, timeout=LONG_ENOUGH)
    await other


async def version(pool: Pool, child_ref: str) -> int | None:
    found: int | None = await pool.fetchval(
        "SELECT version FROM child WHERE child_ref = $1", child_ref
    )
    return found


@pytest.mark.parametrize(
    ("first", "second", "touching"), [(TARGET, UNDO, UNDO), (NAMED, COURSE, COURSE)]
)
async def test_what_concerns_an_event_in_hand_touches_its_child(
    chronology_pool: Pool, first: Event, second: Event, touching: Event
) -> None:
    await both(chronology_pool, first, second)
    assert await version(chronology_pool, A) == 2
    touched = await chronology_pool.fetch("SELECT source, id, child_ref, child_version FROM touch")
    assert (*touching.key, A, 2) in {tuple(row) for row in touched}


@pytest.mark.parametrize(("first", "second"), [(UNDO, TARGET), (COURSE, NAMED)])
async def test_an_event_that_waited_for_what_concerns_it_holds_it_from_the_start(
    chronology_pool: Pool, first: Event, second: Event
) -> None:
    await both(chronology_pool, first, second)
    committed = await chronology_pool.fetch(
        "SELECT id FROM event ORDER BY pg_xact_commit_timestamp(xmin)"
    )
    assert [row["id"] for row in committed] == [first.id, second.id]


@pytest.mark.parametrize(("first", "second"), [(UNDO, REDO), (REDO, UNDO)])
async def test_a_chain_that_closes_in_two_hands_reaches_the_child(
    chronology_pool: Pool, first: Event, second: Event
) -> None:
    await Handlers(chronology_pool, gather_ms=0).handle([message(TARGET)])
    await both(chronology_pool, first, second)
    touched = await chronology_pool.fetch("SELECT child_version FROM touch WHERE child_ref = $1", A)
    assert max(row["child_version"] for row in touched) == await version(chronology_pool, A)
    reached = 3 if first is UNDO else 2  # else REDO reached nothing yet, and UNDO brings it along
    assert await version(chronology_pool, A) == reached


@pytest.mark.parametrize("link_first", [True, False])
async def test_an_event_of_a_record_that_is_moving_ends_with_the_right_child(
    chronology_pool: Pool, *, link_first: bool
) -> None:
    await Handlers(chronology_pool, gather_ms=0).handle([message(event(B, "0"))])
    said = (link(B, A, 1), event(B, "1"))
    await both(chronology_pool, *(said if link_first else reversed(said)))
    rows = await chronology_pool.fetch("SELECT child_ref, child_version FROM event_position")
    assert {row["child_ref"] for row in rows} == {A}
    assert max(row["child_version"] for row in rows) == await version(chronology_pool, A)
    assert await version(chronology_pool, A) == (2 if link_first else 1)


@pytest.mark.parametrize("late", [COURSE, retraction(C, "5", ("/norfolk-police/custody", "0"))])
async def test_what_concerns_a_record_that_is_moving_touches_where_it_goes(
    chronology_pool: Pool, late: Event
) -> None:
    await Handlers(chronology_pool, gather_ms=0).handle([message(event(B, "0", staff=STAFF))])
    await both(chronology_pool, link(B, A, 1), late)
    touched = await chronology_pool.fetch("SELECT child_ref, child_version FROM touch")
    assert [tuple(row) for row in touched] == [(A, 2)]


async def test_who_asks_for_a_publication_waits_for_the_child_and_ends_in_no_deadlock(
    chronology_pool: Pool, dsn: Dsn
) -> None:
    await Handlers(chronology_pool, gather_ms=0).handle([message(TARGET)])
    await chronology_pool.execute("DELETE FROM publication")
    ask = "SELECT chronology.request_publication($1)"
    batch = read([message(event(A, "9"))])
    async with (
        pool_of(dsn("ledger")) as ledger,
        chronology_pool.acquire() as connection,
        connection.transaction(),
    ):
        change = work_out(batch, await store.lock(connection, batch))
        asked = asyncio.create_task(ledger.execute(ask, A))
        await asyncio.wait({asked}, timeout=LONG_ENOUGH)
        await store.write(connection, change, gather_ms=0)
        await connection.execute("COMMIT; BEGIN")
        await asked
    assert await chronology_pool.fetchval("SELECT version FROM publication") == 2
