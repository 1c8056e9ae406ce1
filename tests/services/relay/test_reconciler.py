"""What got lost between intake and chronology is published again, and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
import pytest

from services.intake.reconciler import TRIES, Reconciler
from services.runtime import clock, metrics
from tests.services.conftest import Pool

MINUTE = timedelta(minutes=1)
AFTER = 5 * MINUTE
WAITING = "SELECT convert_from(value, 'UTF8') FROM outbox WHERE published_at IS NULL ORDER BY seq"


@dataclass(frozen=True)
class World:
    """An event and a link of its record, published an hour ago; chronology as told."""

    intake: Pool
    chronology: Pool
    now: datetime

    async def event(self, event_id: str = "e1", revision: int = 0, minutes: int = 60) -> bytes:
        """Keep an event, and publish what it is at each revision, `minutes` ago."""
        at = self.now - minutes * MINUTE
        await self.intake.execute(
            "INSERT INTO staff VALUES ('s','a','m','w','k') ON CONFLICT DO NOTHING"
        )
        await self.intake.execute(
            "INSERT INTO event (receipt, source, id, type, time, received_at, agency, staff_ref,"
            " body_mac, sealed, feature_version, revision, published_at)"
            " VALUES ($1, '/a/b', $1, 't', $2, $2, 'a', 's', '', '', 1, $3, $2)",
            event_id, at, revision,
        )  # fmt: skip
        value = b""
        for each in range(revision + 1):
            value = msgspec.json.encode({"id": event_id, "feature_version": 1, "revision": each})
            await self.publish(event_id, value, at)
        return value

    async def publish(self, receipt: str | None, value: bytes, at: datetime) -> None:
        await self.intake.execute(
            "INSERT INTO outbox (receipt, topic, key, value, published_at)"
            " VALUES ($1, 'police.events', 'r1', $2, $3)",
            receipt, value, at,
        )  # fmt: skip

    async def link(self, version: int) -> None:
        """Link a record `version` times, each published an hour ago."""
        await self.intake.execute(
            "INSERT INTO record VALUES ('r1', 'a', 'm', 'w', 'k', 'other', $1, now())", version
        )
        for each in range(1, version + 1):
            value = msgspec.json.encode({"facts": {"record_ref": "r1", "link_version": each}})
            await self.publish(None, value, self.now - 60 * MINUTE)

    async def arrived(self, event_id: str = "e1", revision: int = 0) -> None:
        await self.chronology.execute(
            "INSERT INTO event (source, id, type, time, staff_ref, feature_version, revision, body,"
            " child_version) VALUES ('/a/b', $1, 't', now(), 's', 1, $2, '', 0)",
            event_id, revision,
        )  # fmt: skip

    async def waiting(self) -> list[bytes]:
        rows = await self.intake.fetch(WAITING)
        return [row[0].encode() for row in rows]

    async def relayed(self, at: datetime) -> None:
        """Publish what waits, as the relay would."""
        await self.intake.execute(
            "UPDATE outbox SET published_at = $1 WHERE published_at IS NULL", at
        )

    async def reconcile(self, at: datetime | None = None, caught_up: datetime | None = None) -> int:
        """Look once through all; chronology has caught up with what there was unless told."""
        at = at or self.now
        return await Reconciler(self.intake, AFTER, page=2).reconcile(at, caught_up or at)


@pytest.fixture
def world(intake_pool: Pool, chronology_pool: Pool) -> World:
    return World(intake_pool, chronology_pool, clock.now())


async def test_an_event_that_never_arrived_is_published_again(world: World) -> None:
    lost = await world.event("e1")
    await world.event("e2")
    await world.arrived("e2")
    assert await world.reconcile() == 1
    assert await world.waiting() == [lost]


async def test_what_arrived_is_left_alone(world: World) -> None:
    await world.event()
    await world.arrived()
    assert await world.reconcile() == 0


async def test_an_older_revision_does_not_stand_for_the_last_one(world: World) -> None:
    lost = await world.event(revision=2)
    await world.arrived(revision=1)
    assert await world.reconcile() == 1
    assert await world.waiting() == [lost]


async def test_of_links_the_last_one_is_published_again(world: World) -> None:
    await world.link(2)
    assert await world.reconcile() == 1
    ((sent),) = await world.waiting()
    assert msgspec.json.decode(sent)["facts"]["link_version"] == 2
    await world.chronology.execute("INSERT INTO child (child_ref) VALUES ('other')")
    await world.chronology.execute("INSERT INTO record VALUES ('r1', 'other', 2)")
    await world.relayed(world.now)
    assert await world.reconcile(world.now + 60 * MINUTE) == 0


async def test_nothing_is_lost_before_its_time_or_while_chronology_is_behind(world: World) -> None:
    await world.event("young", minutes=4)
    await world.event("ahead", minutes=30)
    assert await world.reconcile(caught_up=world.now - 31 * MINUTE) == 0
    assert await world.reconcile(caught_up=world.now - 29 * MINUTE) == 1


async def test_what_was_published_more_than_a_week_ago_is_not_looked_at(world: World) -> None:
    await world.event(minutes=8 * 24 * 60)
    assert await world.reconcile() == 0


async def test_what_chronology_has_buried_is_left_to_people_until_it_is_sent_again(
    world: World,
) -> None:
    value = await world.event()
    await world.chronology.execute(
        'INSERT INTO dead_letter (topic, partition, "offset", digest, reason)'
        " VALUES ('police.events', 0, 1, $1, 'r')",
        sha256(b"r1\0" + value).digest(),
    )
    assert await world.reconcile() == 0
    await world.chronology.execute("UPDATE dead_letter SET redriven_at = now()")
    assert await world.reconcile() == 1


async def test_it_is_tried_less_and_less_often_and_then_given_up(world: World) -> None:
    await world.event()
    sent = []
    for minute in range(400):
        at = world.now + minute * MINUTE
        if await world.reconcile(at):
            sent.append(minute)
            await world.relayed(at)
    assert sent == [0, 10, 30, 70, 150]
    assert len(sent) == TRIES
    assert metrics.RECONCILE_GIVEN_UP._value.get() == 1  # noqa: SLF001 - what is scraped


async def test_two_that_reconcile_at_once_publish_once(world: World) -> None:
    await world.event()
    assert await world.reconcile() + await world.reconcile() == 1
