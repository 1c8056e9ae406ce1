"""Are the referrals that samples and lists read what whole histories come to, come what may?"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, TypeAlias

import asyncpg
import msgspec
import pytest

from services.chronology.compose import compose
from services.domain.chronology import Chronology
from services.domain.events import agency_of
from services.ledger import store
from services.ledger.cases import TABLES, cases_of
from services.ledger.rebuild import rebuild
from tests.demo.lives_judged import policy
from tests.services.chronology.said import erasure, link, retraction
from tests.services.ledger.county import Live, told
from tests.services.ledger.test_counted import settings

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Cases = dict[str, set[str]]


@pytest.fixture
async def live(dsn: Callable[[str], str], ledger_pool: Pool) -> Any:  # noqa: ANN401 - a fixture
    """A county in random order, the links of its records among the events."""
    async with asyncpg.create_pool(dsn("chronology"), min_size=1, max_size=4) as chronology:
        await store.deploy_judges(ledger_pool, settings(dsn).judges)
        live = Live(chronology, ledger_pool, policy())
        events = told()
        for begin in range(0, len(events), 700):
            await live.hear(events[begin : begin + 700])
            await live.judge_due()
        yield live


async def held(pool: Pool) -> Cases:
    """What is held of children who are not erased, by table."""
    found = {}
    for table, columns in TABLES.items():
        own = "WHERE erased_at IS NULL" if table == "onward" else ""
        rows = await pool.fetch(f"SELECT {', '.join(columns)} FROM {table} {own}")  # noqa: S608 - ours
        found[table] = {repr(tuple(row)) for row in rows}
    return found


async def from_scratch(live: Live) -> Cases:
    """What every child's whole history comes to, erased children left out."""
    refs = [row["child_ref"] for row in await live.chronology.fetch("SELECT child_ref FROM child")]
    found: Cases = {table: set() for table in TABLES}
    for one in await compose(live.chronology, refs):
        child = Chronology.from_wire(msgspec.json.decode(one.value))
        for table, rows in zip(TABLES, cases_of(child, live.policy), strict=True):
            found[table] |= {repr(tuple(row)) for row in rows}
    return found


async def test_what_is_kept_as_events_come_is_what_whole_histories_come_to(live: Live) -> None:
    whole = await from_scratch(live)
    assert await held(live.ledger) == whole
    assert all(whole.values())


async def test_it_is_so_after_retractions_and_when_records_are_linked_and_parted(
    live: Live,
) -> None:
    rng = Random(3)  # noqa: S311 - nothing hidden rests on it
    before = await held(live.ledger)
    rows = await live.chronology.fetch(
        "SELECT source, id, record_ref FROM event WHERE type IN "
        "('referral.made.v1', 'service.referral-made.v1', 'service.support-started.v1') "
        "ORDER BY source, id"
    )
    events = [
        replace(
            retraction(row["record_ref"], f"undo-{row['id']}", (row["source"], row["id"])),
            source=row["source"],
            agency=agency_of(row["source"]),
        )
        for row in rng.sample(rows, 40)
    ]
    records = await live.chronology.fetch("SELECT * FROM record ORDER BY record_ref")
    for one in rng.sample(records, 30):
        away = one["child_ref"] != one["record_ref"]
        child = one["record_ref"] if away else rng.choice(records)["child_ref"]
        events.append(link(one["record_ref"], child, one["link_version"] + 1))
    await live.hear(events)
    await live.judge_due()
    whole = await from_scratch(live)
    assert await held(live.ledger) == whole
    assert all(whole[table] != before[table] for table in TABLES)


async def test_a_rebuild_finds_the_same_also_where_there_was_nothing(
    live: Live, dsn: Callable[[str], str]
) -> None:
    before = await held(live.ledger)
    await live.ledger.execute("DELETE FROM dip_referral WHERE lot % 2 = 0; TRUNCATE onward")
    await live.ledger.execute("UPDATE dip_referral SET general_cid = NOT general_cid")
    await rebuild(settings(dsn), policy(), 1)
    assert await held(live.ledger) == before


async def test_of_an_erased_child_figures_keep_what_names_nobody_and_samples_nothing(
    live: Live,
) -> None:
    child = await live.ledger.fetchval(
        "SELECT max(child_ref) FROM onward JOIN dip_referral USING (child_ref)"
    )
    counted = (
        "SELECT agency, provider, kind, made_at, state, days_to_accept, days_to_again "
        "FROM onward ORDER BY 1, 2, 3, 4, 5, 6, 7"
    )
    before = await live.ledger.fetch(counted)
    rows = await live.chronology.fetch("SELECT record_ref FROM record WHERE child_ref = $1", child)
    await live.hear([erasure(child, *(row["record_ref"] for row in rows))])
    await live.judge_due()
    assert await live.ledger.fetch(counted) == before
    assert await held(live.ledger) == await from_scratch(live)
    for table in TABLES:
        text = "".join(repr(row) for row in await live.ledger.fetch(f"SELECT * FROM {table}"))  # noqa: S608 - ours
        assert child not in text
    gone = await live.ledger.fetch("SELECT * FROM onward WHERE erased_at IS NOT NULL")
    assert gone
    assert {(row["service_ref"], row["item"]) for row in gone} == {("", "")}
