"""What is committed gets out, whatever stands in its way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from services.intake.relay import KEPT, Relay
from services.runtime import clock, kafka
from services.runtime.guard import NotNow
from tests.services.conftest import Pool


@dataclass
class Broker:
    """A broker that refuses for ever what is poison, may be away or silent."""

    sent: list[bytes] = field(default_factory=list)
    away: bool = False
    silent: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, messages: Sequence[kafka.Outgoing]) -> list[kafka.Refused | None]:
        if self.away:
            raise NotNow("broker")
        self.asked.set()
        if self.silent:
            await asyncio.Event().wait()
        self.sent += [value or b"" for _, _, value in messages if value != b"poison"]
        return [kafka.Refused("too-large") if m[2] == b"poison" else None for m in messages]


async def put(pool: Pool, *values: bytes) -> None:
    await pool.executemany(
        "INSERT INTO outbox (topic, key, value) VALUES ('police.events', 'k', $1)",
        [(value,) for value in values],
    )


async def waiting(pool: Pool) -> int:
    count: int = await pool.fetchval(
        "SELECT count(*) FROM outbox WHERE published_at IS NULL AND parked_at IS NULL"
    )
    return count


async def test_what_waits_is_published_once_and_marked(intake_pool: Pool) -> None:
    await put(intake_pool, b"1", b"2", b"3")
    broker = Broker()
    relay = Relay(intake_pool, broker)
    assert await relay.relay() == 3
    assert await relay.relay() == 0
    assert broker.sent == [b"1", b"2", b"3"]
    assert await waiting(intake_pool) == 0


async def test_the_event_of_a_row_is_marked_the_first_time_only(intake_pool: Pool) -> None:
    await intake_pool.execute(
        "INSERT INTO staff VALUES ('s', 'a', 'm', 'w', 'k');"
        "INSERT INTO event (receipt, source, id, type, time, received_at, agency, staff_ref,"
        " body_mac, sealed, feature_version) VALUES"
        " ('r', '/a/b', '1', 't', now(), now(), 'a', 's', 'm', 's', 1);"
        "INSERT INTO outbox (receipt, topic, key, value) VALUES ('r', 't', 'k', 'v')"
    )
    relay = Relay(intake_pool, Broker())
    await relay.relay()
    first = await intake_pool.fetchval("SELECT published_at FROM event")
    assert first is not None
    await intake_pool.execute(
        "INSERT INTO outbox (receipt, topic, key, value) VALUES ('r', 't', 'k', 'revised')"
    )
    assert await relay.relay() == 1
    assert await intake_pool.fetchval("SELECT published_at FROM event") == first


async def test_a_row_that_commits_late_with_a_lower_number_goes_out_too(intake_pool: Pool) -> None:
    broker = Broker()
    relay = Relay(intake_pool, broker)
    async with intake_pool.acquire() as late:
        transaction = late.transaction()
        await transaction.start()
        await late.execute("INSERT INTO outbox (topic, key, value) VALUES ('t', 'k', 'late')")
        await put(intake_pool, b"early")
        await relay.relay()
        await transaction.commit()
    await relay.relay()
    assert broker.sent == [b"early", b"late"]


async def test_what_is_refused_for_ever_is_parked_and_stops_nobody(intake_pool: Pool) -> None:
    await put(intake_pool, b"1", b"poison", b"2")
    broker = Broker()
    relay = Relay(intake_pool, broker)
    await relay.relay()
    assert broker.sent == [b"1", b"2"]
    assert await waiting(intake_pool) == 0
    parked = await intake_pool.fetchrow("SELECT * FROM outbox WHERE parked_at IS NOT NULL")
    assert parked is not None
    assert (parked["value"], parked["parked_reason"]) == (b"poison", "too-large")


async def test_nothing_is_marked_while_the_broker_is_away(intake_pool: Pool) -> None:
    await put(intake_pool, b"1")
    broker = Broker(away=True)
    relay = Relay(intake_pool, broker)
    with pytest.raises(NotNow):
        await relay.relay()
    assert await waiting(intake_pool) == 1
    broker.away = False
    assert await relay.relay() == 1
    assert broker.sent == [b"1"]


async def test_relays_at_once_send_each_row_once(intake_pool: Pool) -> None:
    await put(intake_pool, *(str(number).encode() for number in range(3000)))
    broker = Broker()
    relays = [Relay(intake_pool, broker) for _ in range(3)]
    while await waiting(intake_pool):
        await asyncio.gather(*(relay.relay() for relay in relays))
    assert len(broker.sent) == len(set(broker.sent)) == 3000


async def test_a_relay_that_dies_lets_go_of_its_rows(intake_pool: Pool) -> None:
    await put(intake_pool, b"1")
    broker = Broker(silent=True)
    dying = asyncio.create_task(Relay(intake_pool, broker).relay())
    other = Relay(intake_pool, Broker())
    await broker.asked.wait()
    assert await other.relay() == 0
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert await other.relay() == 1


async def test_rows_published_long_ago_are_pruned_and_no_others(intake_pool: Pool) -> None:
    await put(intake_pool, b"old", b"recent", b"waiting")
    now = clock.now()
    for value, at in ((b"old", now - KEPT - timedelta(hours=1)), (b"recent", now - KEPT / 2)):
        await intake_pool.execute("UPDATE outbox SET published_at = $1 WHERE value = $2", at, value)
    await Relay(intake_pool, Broker()).prune()
    rows = await intake_pool.fetch("SELECT value FROM outbox ORDER BY seq")
    assert [row["value"] for row in rows] == [b"recent", b"waiting"]
