"""Does a rebuild give exactly the current beliefs of live judging? On a real Postgres."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, TypeAlias

import asyncpg
import pytest
from pydantic import SecretStr

from services.domain.gaps import Gap
from services.domain.policy import Policy
from services.ledger import store, swap
from services.ledger.crew import Stopped
from services.ledger.handlers import keep
from services.ledger.rebuild import rebuild
from services.ledger.settings import Settings
from services.runtime import beliefs
from services.runtime.contracts import Contracts
from tests.demo.lives_judged import policy as in_force
from tests.gaps import gap, verdict
from tests.services.ledger.county import Live, told

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Believed = dict[tuple[str, str], Gap]

_CURRENT = "SELECT * FROM gap WHERE known_to IS NULL"
_THEN = "SELECT * FROM gap WHERE known_from <= $1 AND (known_to IS NULL OR known_to > $1)"


@pytest.fixture(scope="session")
def stricter() -> Policy:
    """The policy in force, but that a decision is due after two working days."""
    policy = in_force()
    name = "timeliness.decision_overdue.limit"
    longer = tuple(replace(line, value=2) for line in policy.numbers[name])
    return replace(policy, numbers={**policy.numbers, name: longer}, version="stricter")


@pytest.fixture
async def chronology(dsn: Callable[[str], str]) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(dsn("chronology"), min_size=1, max_size=4) as pool:
        yield pool


@pytest.fixture
async def live(chronology: Pool, ledger_pool: Pool, settings: Settings) -> Live:
    """Half of the county, judged live."""
    await store.deploy_judges(ledger_pool, settings.judges)
    live = Live(chronology, ledger_pool, in_force())
    events = told()
    await live.hear(events[: len(events) // 2])
    await live.judge_due()
    return live


@pytest.fixture
def settings(dsn: Callable[[str], str]) -> Settings:
    return Settings(
        postgres_dsn=SecretStr(dsn("ledger")), kafka_bootstrap="unused", rebuild_chunk_events=60
    )


async def believed(pool: Pool, query: str = _CURRENT, *at: Any) -> Believed:  # noqa: ANN401
    rows = await pool.fetch(query, *at)
    found = {(row["child_ref"], str(row["gap_id"])): beliefs.from_row(row) for row in rows}
    assert len(found) == len(rows)
    return found


async def live_beliefs(live: Live) -> Believed:
    """What live judging of everything, from the beginning, would believe now."""
    await live.chronology.execute(
        "SELECT request_publication(child_ref) FROM child ORDER BY child_ref"
    )
    fresh = Live(live.chronology, live.ledger, live.policy, live.epoch)
    await fresh.ledger.execute("UPDATE verdict SET version = 0")
    await fresh.judge_due()
    return await believed(live.ledger)


async def test_the_same_policy_changes_no_belief_and_raises_the_epoch(
    live: Live, settings: Settings
) -> None:
    rows = "SELECT * FROM gap ORDER BY child_ref, gap_id, known_from"
    before = await live.ledger.fetch(rows)
    await live.ledger.execute("UPDATE epoch SET current = 4")
    swapped = await rebuild(settings, live.policy, 1)
    assert len(before) > 100
    assert (swapped.epoch, swapped.begun, swapped.ended, swapped.republished) == (5, 0, 0, 0)
    assert await live.ledger.fetch(rows) == before
    epochs = await live.ledger.fetch("SELECT DISTINCT epoch, policy_version FROM verdict")
    assert [tuple(row) for row in epochs] == [(5, live.policy.version)]


async def test_another_policy_gives_what_live_judging_by_it_would_and_keeps_what_was_believed(
    live: Live, settings: Settings, stricter: Policy
) -> None:
    before = await believed(live.ledger)
    watermark = await live.ledger.fetchval("SELECT last FROM watermark")
    swapped = await rebuild(settings, stricter, 1)
    after = await believed(live.ledger)
    assert {gap.policy_version for gap in after.values()} == {"stricter"}
    assert {(g.opens_at, g.closes_at) for g in before.values()} != {
        (g.opens_at, g.closes_at) for g in after.values()
    }
    live.policy, live.epoch = stricter, swapped.epoch
    assert await live_beliefs(live) == after
    assert await believed(live.ledger, _THEN, watermark) == before
    assert await believed(live.ledger, _THEN, swapped.known_from) == after


async def test_children_who_move_on_during_a_rebuild_are_not_missed(
    live: Live, settings: Settings, stricter: Policy
) -> None:
    events = told()
    late = events[len(events) // 2 :]

    async def go_on() -> None:
        for start in range(0, len(late), 25):
            await live.hear(late[start : start + 25])
            await live.judge_due()
            if await live.ledger.fetchval("SELECT current FROM epoch") > 1:
                live.policy, live.epoch = stricter, 2
            await asyncio.sleep(0.05)
        while await live.ledger.fetchval("SELECT current FROM epoch") == 1:
            await asyncio.sleep(0.05)
        live.policy, live.epoch = stricter, 2
        while await swap.unanswered(live.ledger):  # type: ignore[arg-type]
            await live.judge_due()
            await live.ledger.execute(
                "SELECT chronology.request_publication(child_ref) FROM chronology.child_position"
            )

    _, swapped = await asyncio.gather(go_on(), rebuild(settings, stricter, 1))
    after = await believed(live.ledger)
    assert swapped.epoch == 2
    assert await live_beliefs(live) == after
    assert len(after) > 100


async def test_whoever_moved_on_since_keeps_the_later_belief_and_is_asked_for_again(
    chronology: Pool, ledger_pool: Pool, settings: Settings
) -> None:
    await store.deploy_judges(ledger_pool, ["timeliness"])
    await chronology.execute("INSERT INTO child (child_ref, version) VALUES ('child-a', 2)")
    await keep(ledger_pool, [], [verdict(gap(2), version=2)])
    await ledger_pool.execute("INSERT INTO rebuild_child VALUES ('child-a', 1)")
    connection = await asyncpg.connect(settings.postgres_dsn.get_secret_value())
    swapped = await swap.swap(connection, ["timeliness"], "p2")
    assert await swap.unanswered(connection) == {"child-a": 2}
    await connection.close()
    assert (swapped.epoch, swapped.ended, swapped.republished) == (2, 0, 1)
    assert list((await believed(ledger_pool)).values()) == [gap(2)]
    assert await chronology.fetchval("SELECT child_ref FROM publication") == "child-a"


async def test_a_verdict_of_the_epoch_gone_by_is_refused_and_its_child_is_asked_for_again(
    live: Live, settings: Settings, stricter: Policy
) -> None:
    await live.hear(told()[-40:])
    swapping = asyncio.create_task(rebuild(settings, stricter, 1))
    while await live.ledger.fetchval("SELECT current FROM epoch") == 1:
        await asyncio.sleep(0.02)
    ((child, version),) = await live.chronology.fetch(
        "SELECT child_ref, version FROM child LIMIT 1"
    )
    late = verdict(child_ref=child, version=version + 1, policy_version="stricter")
    outcome = await keep(live.ledger, [], [late])
    assert [reason for _, reason in outcome.refused] == ["epoch"]
    other = verdict(child_ref=child, version=version + 1, epoch=2, policy_version="another")
    outcome = await keep(live.ledger, [], [other])
    assert [reason for _, reason in outcome.refused] == ["policy"]
    await swapping


async def test_a_rebuild_that_is_stopped_changes_nothing_and_goes_on_where_it_left_off(
    live: Live, settings: Settings, stricter: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await believed(live.ledger)
    started = asyncio.create_task(_ended(rebuild(settings, stricter, 1)))
    done = "SELECT count(*) FROM rebuild_chunk WHERE done_at IS NOT NULL"
    while not await live.ledger.fetchval(done):
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
    assert "goes on from here" in await started
    finished = await live.ledger.fetchval(done)
    assert 0 < finished < await live.ledger.fetchval("SELECT count(*) FROM rebuild_chunk")
    assert await believed(live.ledger) == before
    first = await live.ledger.fetch(
        "SELECT number, done_at FROM rebuild_chunk WHERE done_at < now()"
    )
    swapped = await rebuild(settings, stricter, 1)
    assert len(first) == finished
    assert "Going on where an earlier rebuild was stopped" in capsys.readouterr().out
    assert swapped.begun
    assert {g.policy_version for g in (await believed(live.ledger)).values()} == {"stricter"}


async def _ended(run: Any) -> str:  # noqa: ANN401 - a coroutine of any result
    try:
        await run
    except Stopped as stopped:
        return str(stopped)
    return ""


async def test_half_a_rebuild_by_another_policy_is_thrown_away(
    live: Live, settings: Settings, stricter: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    await live.ledger.execute("INSERT INTO rebuild (basis) VALUES ('another policy')")
    await live.ledger.execute("INSERT INTO rebuild_child VALUES ('nobody', 1)")
    await rebuild(settings, stricter, 1)
    assert "Going on" not in capsys.readouterr().out
    assert not await live.ledger.fetchval("SELECT count(*) FROM verdict WHERE child_ref = 'nobody'")


async def test_a_second_rebuild_at_once_is_refused_with_one_sentence(
    live: Live, settings: Settings
) -> None:
    async with live.ledger.acquire() as connection:
        await connection.execute("SELECT pg_advisory_lock(hashtext('ledger rebuild'))")
        with pytest.raises(
            Stopped, match=r"^Another rebuild is running; let it end, or stop it\.$"
        ):
            await rebuild(settings, live.policy, 1)
        await connection.execute("SELECT pg_advisory_unlock_all()")


async def test_whom_a_judge_cannot_judge_is_believed_of_as_before(
    live: Live, settings: Settings, contracts: Contracts
) -> None:
    policy = contracts.policy()
    ended = replace(policy.calendar, last=policy.calendar.first)
    before = await believed(live.ledger)
    swapped = await rebuild(settings, replace(policy, calendar=ended, version="ended"), 1)
    after = await believed(live.ledger)
    assert len(swapped.unjudged) > 10
    refs = {ref for ref, _ in before if ref in swapped.unjudged}
    kept = {key: gap for key, gap in before.items() if gap.rule.startswith("timeliness.")}
    assert refs
    assert {k: g for k, g in kept.items() if k[0] in refs}.items() <= after.items()
