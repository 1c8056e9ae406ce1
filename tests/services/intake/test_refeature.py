"""What older code has read is read again and published again, once, and never goes back."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.domain.events import Event
from services.intake.candidates import Offered
from services.intake.features import FEATURE_VERSION
from services.intake.handlers import Intake
from services.intake.matcher import Matcher
from services.intake.refeature import Refeature
from services.intake.vault import Vault
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from tests.services.conftest import Pool
from tests.services.intake.sending import child, detention, referral, training

VAULT = Vault.of(bytes(32))
OLD = FEATURE_VERSION - 1
POLICE = Caller("system", "norfolk-police", "agency", ())
_AGED = "UPDATE event SET feature_version = $1"


@pytest.fixture
async def intake(intake_pool: Pool, contracts: Contracts) -> Intake:
    return Intake(intake_pool, contracts, VAULT)


async def take(intake: Intake, *events: dict[str, Any]) -> None:
    for answer in await intake.take(POLICE, [Offered(event) for event in events]):
        assert answer.outcome == "accepted", answer


async def outbox(pool: Pool) -> list[Event]:
    rows = await pool.fetch("SELECT value FROM outbox ORDER BY seq")
    return [Event.from_wire(msgspec.json.decode(row["value"])) for row in rows]


async def states(pool: Pool) -> set[tuple[int, int]]:
    rows = await pool.fetch("SELECT feature_version, revision FROM event")
    return {(row["feature_version"], row["revision"]) for row in rows}


async def test_what_older_code_read_is_published_as_it_would_be_today(
    intake: Intake, intake_pool: Pool, contracts: Contracts
) -> None:
    await take(intake, referral(why="He is streetwise."), detention(), training())
    before = await outbox(intake_pool)
    keys = await intake_pool.fetch("SELECT topic, key FROM outbox ORDER BY value")
    await intake_pool.execute("DELETE FROM outbox")
    await intake_pool.execute(_AGED, OLD)
    work = Refeature(intake_pool, contracts, VAULT, size=2)
    await work.run()
    again = await outbox(intake_pool)
    assert sorted(again, key=lambda e: e.key) == sorted(before, key=lambda e: e.key)
    assert await intake_pool.fetch("SELECT topic, key FROM outbox ORDER BY value") == keys
    assert await states(intake_pool) == {(FEATURE_VERSION, 0)}
    (read,) = (e.facts["features"]["reason"]["why"] for e in again if "features" in e.facts)
    assert read == {"words": 3, "phrases": ["streetwise"]}
    assert (work.progress.behind, work.progress.published, work.progress.shut) == (3, 3, 0)


async def test_a_second_run_changes_nothing(
    intake: Intake, intake_pool: Pool, contracts: Contracts
) -> None:
    await take(intake, referral())
    await intake_pool.execute(_AGED, OLD)
    for _ in range(2):
        await Refeature(intake_pool, contracts, VAULT).run()
    assert len(await outbox(intake_pool)) == 2


async def test_a_run_goes_on_where_one_was_stopped(
    intake: Intake, intake_pool: Pool, contracts: Contracts
) -> None:
    await take(intake, *(detention(f"C-{n}") for n in range(5)))
    await intake_pool.execute(_AGED, OLD)
    some = await intake_pool.fetch("SELECT receipt FROM event ORDER BY receipt DESC LIMIT 2")
    await Refeature(intake_pool, contracts, VAULT).publish_again([r["receipt"] for r in some])
    work = Refeature(intake_pool, contracts, VAULT, size=2)
    await work.run()
    assert (work.progress.behind, work.progress.published) == (3, 3)
    assert await states(intake_pool) == {(FEATURE_VERSION, 0)}


async def test_two_runs_at_once_publish_each_event_once(
    intake: Intake, intake_pool: Pool, contracts: Contracts
) -> None:
    await take(intake, *(detention(f"C-{n}") for n in range(20)))
    await intake_pool.execute(_AGED, OLD)
    runs = [Refeature(intake_pool, contracts, VAULT, size=3) for _ in range(2)]
    await asyncio.gather(*(run.run() for run in runs))
    assert len(await outbox(intake_pool)) == 40
    assert sum(run.progress.published for run in runs) == 20


async def test_what_no_longer_opens_is_counted_and_the_rest_is_done(
    intake: Intake, intake_pool: Pool, contracts: Contracts
) -> None:
    await take(intake, detention(child=child(local_id="P-2")), detention("C-2"))
    await intake_pool.execute(_AGED, OLD)
    shut = await intake_pool.fetchval(
        "UPDATE record SET master_key_id = 'gone'"
        " WHERE record_ref = (SELECT min(record_ref) FROM record) RETURNING record_ref"
    )
    work = Refeature(intake_pool, contracts, VAULT)
    await work.run()
    assert (work.progress.published, work.progress.shut) == (1, 1)
    behind = await intake_pool.fetch("SELECT record_ref FROM event WHERE feature_version = $1", OLD)
    assert [row["record_ref"] for row in behind] == [shut]


async def test_the_age_last_published_and_the_revision_stay(
    intake: Intake, intake_pool: Pool, contracts: Contracts
) -> None:
    unborn = child()
    del unborn["date_of_birth"]
    await take(intake, detention(child=unborn))
    await take(intake, detention("C-2", time=datetime(2026, 3, 4, tzinfo=UTC).isoformat()))
    matcher = Matcher(intake_pool, contracts, VAULT)
    while await matcher.match():
        pass
    await intake_pool.execute(_AGED, OLD)
    await Refeature(intake_pool, contracts, VAULT).run()
    *_, one, other = await outbox(intake_pool)
    assert {one.age, other.age} == {16}
    assert {one.state, other.state} == {(FEATURE_VERSION, 1), (FEATURE_VERSION, 0)}


@pytest.mark.parametrize(
    ("held", "published"), [(OLD, FEATURE_VERSION), (FEATURE_VERSION + 1, FEATURE_VERSION + 1)]
)
async def test_an_age_put_right_meanwhile_never_lowers_the_feature_version(
    intake: Intake, intake_pool: Pool, contracts: Contracts, held: int, published: int
) -> None:
    unborn = child()
    del unborn["date_of_birth"]
    await take(intake, detention(child=unborn))
    await intake_pool.execute(_AGED, held)
    await take(intake, detention("C-2"))
    await Matcher(intake_pool, contracts, VAULT).match()
    *_, revised = await outbox(intake_pool)
    assert revised.state == (published, 1)
    assert (published, 1) in await states(intake_pool)


async def test_it_waits_while_a_matcher_decides(
    intake: Intake, intake_pool: Pool, contracts: Contracts
) -> None:
    await take(intake, detention())
    await intake_pool.execute(_AGED, OLD)
    receipt = await intake_pool.fetchval("SELECT receipt FROM event")
    async with intake_pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('intake matcher', 0))"
        )
        work = Refeature(intake_pool, contracts, VAULT)
        running = asyncio.create_task(work.publish_again([receipt]))
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not (running.done() or await connection.fetchval(waiting)):
            await asyncio.sleep(0.01)
        assert await states(intake_pool) == {(OLD, 0)}
    await running
    assert await states(intake_pool) == {(FEATURE_VERSION, 0)}
