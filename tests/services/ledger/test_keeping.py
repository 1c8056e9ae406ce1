"""Is what the ledger hears kept, once, and in the order of its commits? On a real Postgres."""

from datetime import timedelta
from typing import TypeAlias

import asyncpg
import msgspec
import pytest

from services.ledger import handlers
from services.ledger.beliefs import Standing
from services.ledger.handlers import keep
from services.ledger.lag import Lag
from services.runtime import beliefs
from services.runtime.guard import Message, Never
from tests.demo.lives_judged import policy
from tests.gaps import HOUR, MONDAY, gap, verdict

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


def standing(version: int, merged_into: str | None = None, *, erased: bool = False) -> Standing:
    return Standing("child-a", 1, version, merged_into, erased)


async def current(pool: Pool) -> list[asyncpg.Record]:
    return await pool.fetch("SELECT * FROM gap WHERE known_to IS NULL ORDER BY child_ref, gap_id")


async def history(pool: Pool) -> list[asyncpg.Record]:
    return await pool.fetch("SELECT * FROM gap ORDER BY known_from, child_ref, gap_id")


def message(topic: str, content: object) -> Message:
    value = None if content is None else msgspec.json.encode(content)
    return Message(topic, 0, 0, b"child-a", value)


async def test_a_gap_comes_back_as_it_was_judged(ledger_pool: Pool) -> None:
    judged = gap(1, closes_at=MONDAY + 30 * HOUR)
    await keep(ledger_pool, [], [verdict(judged)])
    (row,) = await current(ledger_pool)
    assert beliefs.from_row(row) == judged
    assert row["event_keys"] == ["/norfolk-csc/cases|got-1", "/norfolk-police/referrals|made-1"]


async def test_messages_go_all_the_way_through_bytes(ledger_pool: Pool) -> None:
    chronology = {
        "schema": 1, "child_ref": "child-a", "epoch": 1, "version": 7, "merged_into": None,
        "erased": False, "events": [], "training": [],
    }  # fmt: skip
    said = verdict(gap(1), version=7)
    batch = [
        message("child.chronologies", chronology),
        message("child.chronologies", None),
        message("timeliness.gaps", said.to_wire()),
    ]
    await handlers.handle(ledger_pool, batch, policy(), Lag(MONDAY))
    (row,) = await current(ledger_pool)
    assert beliefs.from_row(row) == gap(1)
    assert await ledger_pool.fetchval("SELECT version FROM child") == 7
    assert await ledger_pool.fetchval("SELECT version FROM verdict_position") == 7


@pytest.mark.parametrize(
    ("topic", "content", "reason"),
    [
        ("timeliness.gaps", ["no", "object"], "undecodable"),
        ("timeliness.gaps", {"child_ref": "child-a"}, "unknown-schema"),
        ("timeliness.gaps", verdict(gap(1)).to_wire() | {"schema": 2}, "unknown-schema"),
        ("timeliness.gaps", verdict(gap(1), gap(1)).to_wire(), "undecodable"),
        ("timeliness.gaps", verdict(gap(1, child_ref="child-b")).to_wire(), "undecodable"),
        ("timeliness.gaps", verdict().to_wire() | {"version": "7"}, "undecodable"),
        ("equity.gaps", verdict().to_wire(), "wrong-topic"),
        ("child.chronologies", {"child_ref": "child-a"}, "undecodable"),
    ],
)
def test_what_is_no_verdict_and_no_chronology_will_never_be_one(
    topic: str, content: object, reason: str
) -> None:
    with pytest.raises(Never, match=f"^{reason}$"):
        handlers.read(message(topic, content))


async def test_duplicates_and_older_versions_change_nothing(ledger_pool: Pool) -> None:
    await keep(ledger_pool, [], [verdict(gap(1), version=5)])
    before = await history(ledger_pool)
    clock = await ledger_pool.fetchval("SELECT last FROM belief_clock")
    again = await keep(ledger_pool, [], [verdict(gap(1), version=5)])
    older = await keep(ledger_pool, [], [verdict(gap(2), version=4)])
    assert [reason for _, reason in again.refused + older.refused] == ["duplicate", "older"]
    assert await history(ledger_pool) == before
    assert await ledger_pool.fetchval("SELECT last FROM belief_clock") == clock


async def test_a_new_version_that_says_the_same_leaves_beliefs_and_moves_the_answer(
    ledger_pool: Pool,
) -> None:
    await keep(ledger_pool, [], [verdict(gap(1), version=5)])
    before = await history(ledger_pool)
    outcome = await keep(ledger_pool, [], [verdict(gap(1), version=6)])
    assert outcome.known_from is None
    assert await history(ledger_pool) == before
    assert await ledger_pool.fetchval("SELECT version FROM verdict") == 6


async def test_a_changed_gap_is_believed_anew_from_the_moment_the_old_belief_ends(
    ledger_pool: Pool,
) -> None:
    await keep(ledger_pool, [], [verdict(gap(1), gap(2), version=1)])
    closed = gap(1, closes_at=MONDAY + 20 * HOUR)
    await keep(ledger_pool, [], [verdict(closed, version=2)])
    rows = await history(ledger_pool)
    ended = [row for row in rows if row["known_to"] is not None]
    (now,) = await current(ledger_pool)
    assert beliefs.from_row(now) == closed
    assert len(ended) == 2
    assert {row["known_to"] for row in ended} == {now["known_from"]}


async def test_a_merged_child_loses_its_gaps_before_any_judge_has_answered(
    ledger_pool: Pool,
) -> None:
    await keep(ledger_pool, [standing(1)], [verdict(gap(1), version=1)])
    await keep(ledger_pool, [standing(2, "child-b")], [])
    assert await current(ledger_pool) == []
    await keep(ledger_pool, [], [verdict(version=2, merged_into="child-b")])
    await keep(ledger_pool, [standing(3)], [verdict(gap(1), version=3)])
    assert len(await current(ledger_pool)) == 1


async def test_a_merge_heard_late_takes_nothing_from_a_verdict_on_a_later_version(
    ledger_pool: Pool,
) -> None:
    await keep(ledger_pool, [], [verdict(gap(1), version=7)])
    await keep(ledger_pool, [standing(6, "child-b")], [])
    assert len(await current(ledger_pool)) == 1
    await keep(ledger_pool, [standing(7)], [verdict(gap(1), version=7)])
    assert len(await current(ledger_pool)) == 1
    assert len(await history(ledger_pool)) == 1


async def test_an_erased_child_is_refused_ever_after(ledger_pool: Pool) -> None:
    await keep(ledger_pool, [standing(1)], [verdict(gap(1), version=1)])
    await keep(ledger_pool, [standing(2, erased=True)], [])
    await keep(ledger_pool, [standing(3)], [verdict(gap(1), version=3)])
    assert await current(ledger_pool) == []
    assert await ledger_pool.fetchval("SELECT erased FROM child")


async def test_a_verdict_of_an_epoch_gone_by_is_refused(ledger_pool: Pool) -> None:
    await ledger_pool.execute("UPDATE epoch SET current = 2")
    outcome = await keep(ledger_pool, [], [verdict(gap(1), version=9, epoch=1)])
    assert [reason for _, reason in outcome.refused] == ["epoch"]
    assert await current(ledger_pool) == []


async def test_belief_goes_forward_when_the_servers_clock_has_gone_back(ledger_pool: Pool) -> None:
    ahead = await ledger_pool.fetchval(
        "UPDATE belief_clock SET last = clock_timestamp() + interval '1 day' RETURNING last"
    )
    outcome = await keep(ledger_pool, [], [verdict(gap(1))])
    assert outcome.known_from == ahead + timedelta(microseconds=1)
