"""Alerts follow the ledger and people's words; nothing is lost by a stop, nothing done twice."""

from datetime import timedelta

from services.alerts.desk import Desk
from services.alerts.handlers import Keeper
from services.runtime import clock
from tests.gaps import HOUR
from tests.services.alerts.conftest import Say, Tell, owed, settle
from tests.services.conftest import Dsn, Pool, pool_of

ACKNOWLEDGED = "alert.acknowledged.v1"


async def states(pool: Pool) -> list[tuple[str, str | None]]:
    rows = await pool.fetch("SELECT state, reason FROM alert ORDER BY agency, rule, alert_id")
    return [(row["state"], row["reason"]) for row in rows]


async def test_an_open_gap_becomes_a_new_alert_and_a_closed_one_is_resolved(
    tell: Tell, keeper: Keeper, alerts_pool: Pool
) -> None:
    one = owed()
    await tell(one)
    await settle(keeper)
    assert await states(alerts_pool) == [("new", None)]
    await tell(owed(closes_at=clock.now() - timedelta(minutes=1)), version=2)
    await settle(keeper)
    assert await states(alerts_pool) == [("resolved", "gap-closed")]


async def test_two_gaps_of_one_rule_are_one_alert_and_two_rules_are_two(
    tell: Tell, keeper: Keeper, alerts_pool: Pool
) -> None:
    await tell(owed(1), owed(2), owed(3, rule="timeliness.referrer_not_told"))
    await settle(keeper)
    gaps = await alerts_pool.fetch("SELECT cardinality(gap_ids) AS gaps FROM alert ORDER BY 1")
    assert [row["gaps"] for row in gaps] == [1, 2]


async def test_history_that_was_over_when_it_came_is_no_alert(
    tell: Tell, keeper: Keeper, alerts_pool: Pool
) -> None:
    await tell(owed(hours=99, closes_at=clock.now() - HOUR), owed(2, observed=False))
    await settle(keeper)
    assert await states(alerts_pool) == []


async def test_a_word_is_heard_and_taken_back_by_a_retraction(
    tell: Tell, say: Say, keeper: Keeper, alerts_pool: Pool, chronology_pool: Pool
) -> None:
    one = owed()
    await tell(one)
    await settle(keeper)
    word = await say(ACKNOWLEDGED, one)
    await settle(keeper)
    assert await states(alerts_pool) == [("acknowledged", None)]
    target = {"source": word.source, "id": word.id}
    await say("event.retracted.v1", event_id="back", facts={"retracts": target})
    await chronology_pool.execute(
        "INSERT INTO retraction VALUES ('/norfolk-csc/pages', 'back', $1, $2)", *word.key
    )
    await settle(keeper)
    assert await states(alerts_pool) == [("new", None)]


async def test_a_word_stored_earlier_and_committed_later_is_heard_all_the_same(
    tell: Tell, say: Say, keeper: Keeper, alerts_pool: Pool
) -> None:
    one, other = owed(), owed(child_ref="child-b")
    await tell(one)
    await tell(other, child_ref="child-b")
    await say(ACKNOWLEDGED, one)
    await settle(keeper)
    late = clock.now() - timedelta(minutes=5)
    await say(ACKNOWLEDGED, other, child_ref="child-b", event_id="word-2", stored_at=late)
    await settle(keeper)
    assert await states(alerts_pool) == [("acknowledged", None)] * 2


async def test_who_starts_again_goes_on_where_it_was(
    tell: Tell, desk: Desk, keeper: Keeper, alerts_pool: Pool
) -> None:
    await tell(owed())
    await keeper.notice()
    again = Keeper(desk.pool, desk.telling, desk.registry)
    await tell(owed(child_ref="child-b"), child_ref="child-b")
    await settle(again)
    assert await states(alerts_pool) == [("new", None)] * 2
    before = await alerts_pool.fetch("SELECT * FROM alert ORDER BY alert_id")
    await settle(Keeper(desk.pool, desk.telling, desk.registry))
    await alerts_pool.execute("UPDATE position SET beliefs = '-infinity', words = '-infinity'")
    await settle(keeper)
    assert await alerts_pool.fetch("SELECT * FROM alert ORDER BY alert_id") == before


async def test_time_alone_makes_a_warning_of_what_is_still_to_come(
    tell: Tell, keeper: Keeper, alerts_pool: Pool
) -> None:
    await tell(owed(1, hours=-5), owed(2, hours=-99, rule="timeliness.referrer_not_told"))
    await settle(keeper)
    assert await states(alerts_pool) == [("warning", None)]
    due = await alerts_pool.fetchval("SELECT due_at FROM agenda")
    assert timedelta(hours=4.9) < due - clock.now() < timedelta(hours=5)


async def test_of_an_erased_child_counts_are_left_and_no_ref(
    dsn: Dsn, tell: Tell, say: Say, keeper: Keeper, alerts_pool: Pool
) -> None:
    one = owed()
    await tell(one)
    await say(ACKNOWLEDGED, one)
    await settle(keeper)
    async with pool_of(dsn("ledger")) as ledger:
        await ledger.execute("INSERT INTO erased_ref (digest) VALUES (digest_of('child-a'))")
        await ledger.execute("UPDATE gap SET child_ref = 'renamed', erased_at = now()")
    await keeper.tidy()
    assert await states(alerts_pool) == [("resolved", "erased")]
    assert await alerts_pool.fetchval("SELECT count(*) FROM agenda") == 0
    for table in ("alert", "agenda", "notice"):
        text = str(await alerts_pool.fetch(f"SELECT t::text FROM {table} AS t"))  # noqa: S608 - ours
        assert "child-a" not in text
        assert one.gap_id not in text


async def test_a_gap_that_is_gone_with_another_childs_erasure_ends_its_alert(
    dsn: Dsn, tell: Tell, keeper: Keeper, alerts_pool: Pool
) -> None:
    await tell(owed())
    await settle(keeper)
    async with pool_of(dsn("ledger")) as ledger:
        await ledger.execute("UPDATE gap SET child_ref = 'renamed', erased_at = now()")
    await keeper.tidy()
    await settle(keeper)
    assert await states(alerts_pool) == [("resolved", "gap-withdrawn")]
