"""One child, one writer, one truth: on a real Postgres."""

import asyncio
import random
from collections.abc import Iterable, Sequence

import msgspec
import pytest

from services.chronology.compose import compose
from services.chronology.handlers import Handlers
from services.chronology.publisher import Publisher
from services.domain.chronology import Chronology
from services.domain.events import Event, Key
from services.runtime import attempts, kafka, postgres
from services.runtime.guard import Message, Never, NotNow
from tests.services.chronology.said import (
    Broker,
    event,
    expected,
    link,
    message,
    retraction,
    training,
)
from tests.services.conftest import Pool

A, B, C = ("a" * 32, "b" * 32, "c" * 32)
STAFF = "5" * 32


class Told:
    """A chronology service that is told events one batch at a time."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.handlers = Handlers(pool, gather_ms=0)

    async def say(self, *events: Event) -> None:
        await self.handlers.handle([message(one) for one in events])

    async def children(self, *refs: str) -> list[Chronology]:
        composed = {one.child_ref: one for one in await compose(self.pool, refs)}
        return [Chronology.from_wire(msgspec.json.decode(composed[ref].value)) for ref in refs]

    async def child(self, ref: str) -> Chronology:
        return (await self.children(ref))[0]


@pytest.fixture
def told(chronology_pool: Pool) -> Told:
    return Told(chronology_pool)


def keys(events: Iterable[Event]) -> list[Key]:
    return [one.key for one in events]


async def test_events_stand_in_order_of_time_whatever_the_order_they_came_in(told: Told) -> None:
    late, early, same = event(A, "2", minute=9), event(A, "3", minute=1), event(A, "1", minute=9)
    await told.say(late)
    await told.say(early, same)
    child = await told.child(A)
    assert keys(child.events) == keys([early, same, late])
    assert child.version == 2


async def test_a_batch_delivered_twice_changes_nothing(told: Told) -> None:
    one = event(A, "1", staff=STAFF)
    batch = [one, retraction(B, "2", one.key), training(STAFF, "3"), link(B, A, 1)]
    await told.say(*batch)
    before = await told.pool.fetch("SELECT * FROM child ORDER BY 1")
    waiting = await told.pool.fetch("SELECT child_ref, version FROM publication ORDER BY 1")
    await told.say(*batch)
    assert await told.pool.fetch("SELECT * FROM child ORDER BY 1") == before
    again = await told.pool.fetch("SELECT child_ref, version FROM publication ORDER BY 1")
    assert again == waiting


async def test_a_higher_revision_replaces_and_a_lower_one_changes_nothing(told: Told) -> None:
    await told.say(event(A, "1", revision=2, facts={"grade": "red"}))
    await told.say(event(A, "1", revision=1, facts={"grade": "green"}))
    child = await told.child(A)
    assert child.events[0].facts["grade"] == "red"
    assert child.version == 1


async def test_a_retraction_that_came_first_waits_for_its_target(told: Told) -> None:
    target = event(A, "1")
    undo = retraction(B, "2", target.key, minute=5)
    await told.say(undo)
    await told.say(target)
    assert keys((await told.child(A)).events) == keys([target, undo])
    assert keys((await told.child(B)).events) == keys([undo])


async def test_a_retraction_touches_the_child_of_what_it_retracts(told: Told) -> None:
    target = event(A, "1")
    await told.say(target)
    undo = retraction(B, "2", target.key)
    await told.say(undo)
    child = await told.child(A)
    assert child.version == 2
    assert undo.key in keys(child.events)
    touched = await told.pool.fetchrow("SELECT * FROM touch WHERE child_ref = $1", A)
    assert touched is not None
    assert (touched["source"], touched["id"], touched["child_version"]) == (*undo.key, 2)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
async def test_a_chain_of_retractions_reaches_the_child_in_any_order(
    told: Told, order: Sequence[int]
) -> None:
    target = event(A, "1")
    undo = retraction(B, "2", target.key, minute=1)
    redo = retraction(C, "3", undo.key, minute=2)
    events = [target, undo, redo]
    for place in order:
        await told.say(events[place])
    assert keys((await told.child(A)).events) == keys(events)


async def test_training_that_comes_late_touches_every_child_whose_events_name_the_person(
    told: Told,
) -> None:
    await told.say(event(A, "1", staff=STAFF), event(B, "2", staff=STAFF), event(C, "3"))
    course = training(STAFF, "4")
    await told.say(course)
    a, b, c = await told.children(A, B, C)
    assert keys(a.training) == keys(b.training) == [course.key]
    assert (a.version, b.version, c.version) == (2, 2, 1)
    assert not c.training


async def test_training_that_came_first_is_there_for_who_is_named_later(told: Told) -> None:
    course = training(STAFF, "4")
    await told.say(course)
    await told.say(event(A, "1", staff=STAFF))
    assert keys((await told.child(A)).training) == [course.key]


async def test_a_retraction_of_training_reaches_the_children_it_concerned(told: Told) -> None:
    course = training(STAFF, "4")
    await told.say(event(A, "1", staff=STAFF), course)
    undo = retraction(B, "5", course.key, minute=3)
    await told.say(undo)
    child = await told.child(A)
    assert undo.key in keys(child.events)
    assert child.version == 2


async def test_a_merge_gives_both_refs_their_next_version(told: Told) -> None:
    await told.say(event(A, "1"), event(B, "2", minute=1))
    await told.say(link(B, A, 1))
    a, b = await told.children(A, B)
    assert (a.version, b.version) == (2, 2)
    assert len(a.events) == 2
    assert (b.events, b.merged_into, a.merged_into) == ((), A, None)


async def test_counters_go_on_after_an_unlink(told: Told) -> None:
    await told.say(event(A, "1"), event(B, "2"))
    await told.say(link(B, A, 1))
    await told.say(link(B, B, 2))
    a, b = await told.children(A, B)
    assert (a.version, b.version) == (3, 3)
    assert (len(a.events), len(b.events), b.merged_into) == (1, 1, None)
    move = await told.pool.fetchrow("SELECT * FROM move WHERE link_version = 2")
    assert move is not None
    assert tuple(move) == (B, 2, A, 3, B, 3)


async def test_an_older_link_that_comes_late_changes_nothing(told: Told) -> None:
    await told.say(event(B, "1"), link(B, C, 2))
    await told.say(link(B, A, 1))
    assert (await told.child(B)).merged_into == C


async def test_an_emptied_ref_follows_its_record_when_that_moves_on(told: Told) -> None:
    await told.say(event(A, "1"), event(B, "2"), event(C, "3"), link(B, A, 1))
    await told.say(link(B, C, 2))
    a, b, c = await told.children(A, B, C)
    assert (a.merged_into, b.merged_into, c.merged_into) == (None, C, None)


async def test_a_link_may_come_before_anything_of_its_record(told: Told) -> None:
    await told.say(link(B, A, 1))
    await told.say(event(B, "1"))
    a, b = await told.children(A, B)
    assert (len(a.events), len(b.events), b.merged_into) == (1, 0, A)


async def test_an_event_says_the_first_version_of_its_present_child_that_holds_it(
    told: Told,
) -> None:
    await told.say(event(A, "1"))
    await told.say(event(B, "2"))
    await told.say(link(B, A, 1))
    await told.say(event(A, "3"))
    rows = await told.pool.fetch("SELECT id, child_ref, child_version FROM event_position")
    assert {tuple(row) for row in rows} == {("1", A, 1), ("2", A, 2), ("3", A, 3)}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "undecodable"),
        (b"\xff", "undecodable"),
        (b"[1]", "undecodable"),
        (b'{"schema":2}', "unknown-schema"),
        (b'{"schema":1,"source":3}', "malformed"),
        (msgspec.json.encode(event(A, "1", kind="event.retracted.v1").to_wire()), "malformed"),
        (msgspec.json.encode(event(A, "1", kind="identity.linked.v1").to_wire()), "malformed"),
    ],
)
async def test_what_nobody_can_read_is_never_handled(
    told: Told, value: bytes | None, reason: str
) -> None:
    with pytest.raises(Never) as refusal:
        await told.handlers.handle([Message("police.events", 0, 1, b"", value)])
    assert refusal.value.reason == reason


async def test_changes_to_one_child_are_published_once_and_then_no_more(told: Told) -> None:
    broker = Broker()
    publisher = Publisher(told.pool, broker)
    await told.say(event(A, "1"))
    await told.say(event(A, "2"))
    assert await publisher.publish_due() == 1
    assert await publisher.publish_due() == 0
    assert [(topic, key) for topic, key, _ in broker.sent] == [("child.chronologies", A.encode())]
    assert broker.last()[A]["version"] == 2


async def test_a_child_is_not_due_before_its_changes_are_gathered(chronology_pool: Pool) -> None:
    await Handlers(chronology_pool, gather_ms=60_000).handle([message(event(A, "1"))])
    assert await Publisher(chronology_pool, Broker()).publish_due() == 0


async def test_a_change_during_publication_is_published_next(told: Told) -> None:
    class Slow(Broker):
        async def publish(self, messages: Sequence[kafka.Outgoing]) -> list[kafka.Refused | None]:
            if not self.sent:
                await told.say(event(A, "2"))
            return await super().publish(messages)

    broker = Slow()
    publisher = Publisher(told.pool, broker)
    await told.say(event(A, "1"))
    await publisher.publish_due()
    await publisher.publish_due()
    versions = [msgspec.json.decode(value or b"")["version"] for _, _, value in broker.sent]
    assert versions == [1, 2]


async def test_what_is_claimed_is_let_go_when_the_broker_is_away(told: Told) -> None:
    class Away(Broker):
        async def publish(self, messages: Sequence[kafka.Outgoing]) -> list[kafka.Refused | None]:
            raise NotNow(str(len(messages)))

    await told.say(event(A, "1"))
    with pytest.raises(NotNow):
        await Publisher(told.pool, Away()).publish_due()
    assert await Publisher(told.pool, Broker()).publish_due() == 1


async def test_a_chronology_too_large_blocks_nobody(told: Told) -> None:
    broker = Broker(too_large=700)
    await told.say(event(A, "1"), event(A, "2"), event(A, "3"), event(B, "4"))
    publisher = Publisher(told.pool, broker)
    await publisher.publish_due()
    assert broker.last().keys() == {B}
    assert await publisher.publish_due() == 0


async def test_a_chronology_too_large_is_a_dead_letter_and_is_not_tried_again_and_again(
    told: Told,
) -> None:
    await told.say(event(A, "1"))
    publisher = Publisher(told.pool, Broker(too_large=0))
    await publisher.publish_due()
    assert await publisher.publish_due() == 0
    [letter] = await attempts.waiting(told.pool)
    assert (letter.reason, letter.message.key, letter.message.value) == (
        "too-large", A.encode(), None,
    )  # fmt: skip
    assert await told.pool.fetchval("SELECT count(*) FROM publication") == 1


@pytest.mark.parametrize("again", ["change", "start"])
async def test_a_parked_chronology_goes_out_after_a_change_or_a_new_start(
    told: Told, again: str
) -> None:
    await told.say(event(A, "1"))
    await Publisher(told.pool, Broker(too_large=0)).publish_due()
    broker = Broker()
    publisher = Publisher(told.pool, broker)
    if again == "change":
        await told.say(event(A, "2"))
        await publisher.publish_due()
    else:
        running = asyncio.create_task(publisher.run())
        while await attempts.waiting(told.pool):
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert broker.last().keys() == {A}
    assert await attempts.waiting(told.pool) == []


async def test_an_erased_child_is_published_without_events(told: Told) -> None:
    await told.say(event(A, "1", staff=STAFF), training(STAFF, "2"))
    await told.pool.execute("UPDATE child SET erased = true")
    child = await told.child(A)
    assert (child.erased, child.events, child.training) == (True, (), ())


def invented(seed: int) -> list[Event]:
    """A story of nine records and three officers, with every kind of message in it."""
    dice = random.Random(seed)  # noqa: S311 - a story, not a secret
    records = [f"{number:032x}" for number in range(9)]
    staff = [f"{number:032x}" for number in range(100, 103)]
    events: list[Event] = []
    versions = dict.fromkeys(records, 0)
    for number in range(260):
        record = dice.choice(records)
        kind = dice.random()
        minute = dice.randrange(500)
        if kind < 0.25:
            versions[record] += 1
            events.append(link(record, dice.choice(records), versions[record]))
        elif kind < 0.5 and events:
            target = dice.choice([f"n{dice.randrange(260)}", f"n{number + 1}"])
            of = ("/norfolk-police/custody", target)
            events.append(retraction(record, f"n{number}", of, minute=minute))
        elif kind < 0.6:
            events.append(training(dice.choice(staff), f"n{number}", minute=minute))
        else:
            who = dice.choice([None, *staff])
            events += [
                event(record, f"n{number}", staff=who, revision=revision, minute=minute)
                for revision in range(dice.choice([1, 1, 1, 3]))
            ]
    return events


@pytest.mark.parametrize("seed", range(3))
async def test_writers_at_once_come_to_what_one_by_one_would(told: Told, seed: int) -> None:
    events = invented(seed)
    dice = random.Random(seed + 100)  # noqa: S311 - the same
    messages = [message(one) for one in events for _ in range(dice.choice([1, 1, 2]))]
    dice.shuffle(messages)
    broker = Broker()
    publisher = Publisher(told.pool, broker)

    async def write(mine: list[Message]) -> None:
        while mine:
            size = dice.randrange(1, 25)
            batch, mine = mine[:size], mine[size:]
            await postgres.patiently(lambda batch=batch: told.handlers.handle(batch))  # type: ignore[misc]

    async def publish() -> None:
        while await publisher.publish_due() or writing:
            await asyncio.sleep(0.001)

    writing = {asyncio.create_task(write(messages[part::3])) for part in range(3)}
    for one in writing.copy():
        one.add_done_callback(writing.discard)
    await asyncio.gather(publish(), publish(), *writing)
    await _same_as(told, broker, expected(events))


async def _same_as(
    told: Told, broker: Broker, wanted: dict[str, tuple[list[Key], list[Key]]]
) -> None:
    refs = sorted(wanted)
    children = await told.children(*refs)
    found = {c.child_ref: (keys(c.events), keys(c.training)) for c in children}
    assert found == wanted
    published = broker.last()
    for child in children:
        if child.version:
            assert Chronology.from_wire(published[child.child_ref]) == child
