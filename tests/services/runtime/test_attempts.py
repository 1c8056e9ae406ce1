"""Are attempts and dead letters kept as the guard needs them, and sent again when asked?"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg
import pytest
from prometheus_client import REGISTRY

from services.runtime import attempts, migration, postgres
from services.runtime.attempts import PostgresAttempts
from services.runtime.guard import Message
from services.runtime.kafka import Outgoing, Refused
from services.runtime.redrive import redrive
from tests.services.conftest import Dsn, Pool, pool_of

MESSAGE = Message("police.events", 3, 42, b"key", b"value")


@pytest.fixture
async def pool(dsn: Dsn) -> AsyncIterator[Pool]:
    async with pool_of(dsn("chronology")) as opened:
        yield opened


@pytest.fixture
def kept(pool: Pool) -> PostgresAttempts:
    return PostgresAttempts(pool)


async def test_a_message_never_seen_has_no_attempts(kept: PostgresAttempts) -> None:
    assert await kept.count(MESSAGE) == 0


async def test_attempts_are_counted_by_the_place_of_the_message(kept: PostgresAttempts) -> None:
    assert [await kept.add(MESSAGE, "KeyError") for _ in range(3)] == [1, 2, 3]
    assert await kept.count(MESSAGE) == 3
    assert await kept.count(replace(MESSAGE, offset=43)) == 0
    assert await kept.count(replace(MESSAGE, partition=4)) == 0


async def test_what_lies_at_the_place_of_old_poison_in_a_topic_made_anew_starts_from_nothing(
    kept: PostgresAttempts, pool: Pool
) -> None:
    innocent = replace(MESSAGE, value=b"innocent")
    for _ in range(3):
        await kept.add(MESSAGE, "KeyError")
    await kept.bury(MESSAGE, "attempts-exhausted", None)
    assert await kept.count(innocent) == 0
    await kept.bury(innocent, "undecodable", "Never")
    assert [one.attempts for one in await attempts.waiting(pool)] == [3, 0]
    assert await kept.add(innocent, "ValueError") == 1
    assert await kept.count(innocent) == 1


async def test_an_attempt_counted_before_there_were_digests_still_counts(
    kept: PostgresAttempts, pool: Pool
) -> None:
    await kept.add(MESSAGE, "KeyError")
    await pool.execute("update attempt set digest = null")
    assert await kept.count(MESSAGE) == 1
    assert await kept.add(MESSAGE, "KeyError") == 2


async def test_the_gauges_follow_what_waits_down_to_nothing(
    kept: PostgresAttempts, pool: Pool
) -> None:
    def shown(name: str, topic: str) -> float | None:
        return REGISTRY.get_sample_value(name, {"service": "gauges", "topic": topic})

    await kept.add(replace(MESSAGE, offset=1), "KeyError")
    await kept.bury(replace(MESSAGE, topic="elsewhere"), "too-large", None)
    await attempts.measure(pool, "gauges", ["police.events"])
    assert shown("rw_attempts_open", "police.events") == 1
    assert shown("rw_dead_letters_waiting", "elsewhere") == 1
    [letter] = await attempts.waiting(pool)
    await attempts.mark_redriven(pool, [letter.dead_letter_id])
    await attempts.measure(pool, "gauges", ["police.events"])
    assert shown("rw_dead_letters_waiting", "elsewhere") == 0


async def test_a_dead_letter_keeps_content_reason_and_the_class_that_killed_it(
    kept: PostgresAttempts, pool: Pool
) -> None:
    await kept.add(MESSAGE, "KeyError")
    assert await kept.bury(MESSAGE, "attempts-exhausted", None)
    [letter] = await attempts.waiting(pool)
    assert letter.message == MESSAGE
    assert (letter.reason, letter.error, letter.attempts) == ("attempts-exhausted", "KeyError", 1)


async def test_burying_twice_is_once_but_another_content_at_the_same_place_is_another(
    kept: PostgresAttempts, pool: Pool
) -> None:
    assert await kept.bury(MESSAGE, "undecodable", "Never")
    assert not await kept.bury(MESSAGE, "undecodable", "Never")
    assert await kept.bury(replace(MESSAGE, value=None), "undecodable", "Never")
    assert [one.message.value for one in await attempts.waiting(pool)] == [b"value", None]


@dataclass
class Publisher:
    """Acknowledges everything but what it refuses."""

    refuse: bytes = b"-"
    sent: list[Outgoing] = field(default_factory=list)

    async def publish(self, messages: Sequence[Outgoing]) -> list[Refused | None]:
        taken = [message for message in messages if message[2] != self.refuse]
        self.sent += taken
        return [None if message in taken else Refused("too-large") for message in messages]


async def test_redriving_sends_to_the_topic_it_came_from_and_marks_what_was_acknowledged(
    kept: PostgresAttempts, pool: Pool
) -> None:
    for offset, value in enumerate([b"one", b"two", b"three"]):
        await kept.bury(Message("police.events", 0, offset, b"k", value), "undecodable", "Never")
    publisher = Publisher(refuse=b"two")
    first, *_ = await attempts.waiting(pool)
    chosen = await attempts.waiting(pool, [first.dead_letter_id])
    assert await redrive(pool, publisher, chosen) == 1
    assert publisher.sent == [("police.events", b"k", b"one")]
    assert await redrive(pool, publisher, await attempts.waiting(pool)) == 1
    assert [one.message.value for one in await attempts.waiting(pool)] == [b"two"]


async def test_a_letter_that_never_lay_on_its_topic_is_not_sent_there_as_an_empty_message(
    kept: PostgresAttempts, pool: Pool
) -> None:
    await kept.bury(Message("child.chronologies", -1, 7, b"child", None), "too-large", None)
    publisher = Publisher()
    assert await redrive(pool, publisher, await attempts.waiting(pool)) == 0
    assert publisher.sent == []
    assert len(await attempts.waiting(pool)) == 1


async def test_migrating_twice_or_at_once_applies_each_file_once(
    dsn: Dsn, pool: Pool, tmp_path: Path
) -> None:
    folder = tmp_path / "trial" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_one.sql").write_text("create table one (n int)")
    assert not await postgres.migrated(pool, folder)
    both = await asyncio.gather(*(postgres.migrate(dsn("chronology"), folder) for _ in range(2)))
    assert sorted(both) == [[], ["0001_one.sql"]]
    assert await postgres.migrated(pool, folder)


async def test_a_file_that_fails_leaves_nothing_of_itself(
    dsn: Dsn, pool: Pool, tmp_path: Path
) -> None:
    folder = tmp_path / "trial" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_one.sql").write_text("create table one (n int); select 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await postgres.migrate(dsn("chronology"), folder)
    assert await pool.fetchval("select to_regclass('one')") is None
    assert not await postgres.migrated(pool, folder)


async def test_a_file_changed_after_it_was_applied_is_refused(dsn: Dsn, tmp_path: Path) -> None:
    folder = tmp_path / "trial" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_one.sql").write_text("create table one (n int)")
    await postgres.migrate(dsn("chronology"), folder)
    (folder / "0001_one.sql").write_text("create table one (n bigint)")
    with pytest.raises(migration.Changed, match=r"0001_one\.sql"):
        await postgres.migrate(dsn("chronology"), folder)


async def test_a_file_not_named_by_its_number_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "trial" / "migrations"
    folder.mkdir(parents=True)
    (folder / "one.sql").write_text("select 1")
    with pytest.raises(ValueError, match=r"one\.sql"):
        migration.wanted(folder)
