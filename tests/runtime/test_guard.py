"""Does the guard keep its promises: nothing lost, nobody stopped by another's poison?"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import asyncpg
import pytest

from services.runtime import guard as guarding
from services.runtime.guard import Guard, Message, Never, NotNow


class Left(BaseException):
    """What the injected exit raises, so that a test sees where the process would have ended."""


def leave(code: int) -> None:
    raise Left(code)


@dataclass
class MemoryAttempts:
    """The tables of attempts and dead letters, kept in memory."""

    counts: Counter[Message] = field(default_factory=Counter)
    graves: dict[Message, tuple[str, str | None]] = field(default_factory=dict)

    async def count(self, message: Message) -> int:
        return self.counts[message]

    async def add(self, message: Message, error: str) -> int:
        assert error
        self.counts[message] += 1
        return self.counts[message]

    async def bury(self, message: Message, reason: str, error: str | None) -> bool:
        known = message in self.graves
        self.graves.setdefault(message, (reason, error))
        return not known


@dataclass
class Handler:
    """Handles what it is given, unless `fail` has something against one of the messages."""

    fail: Callable[[Message], Exception | None] = lambda _: None
    handled: list[int] = field(default_factory=list)

    async def __call__(self, messages: Sequence[Message]) -> None:
        for error in map(self.fail, messages):
            if error is not None:
                raise error
        self.handled += [message.offset for message in messages]


def batch(count: int) -> list[Message]:
    return [Message("t", 0, n, b"key", b"value") for n in range(count)]


def raising(offset: int, error: Exception) -> Callable[[Message], Exception | None]:
    return lambda message: error if message.offset == offset else None


@pytest.fixture
def attempts() -> MemoryAttempts:
    return MemoryAttempts()


async def at_once(_: float) -> None:
    """Pause for no time."""


def guard(attempts: MemoryAttempts) -> Guard:
    return Guard("s", attempts, leave=leave, pause=at_once)


async def test_a_batch_that_succeeds_is_handled_once(attempts: MemoryAttempts) -> None:
    handler = Handler()
    await guard(attempts).run(batch(3), handler)
    assert handler.handled == [0, 1, 2]
    assert not attempts.counts
    assert not attempts.graves


async def test_nothing_to_handle_does_not_call_the_handler(attempts: MemoryAttempts) -> None:
    handler = Handler(lambda _: ValueError())
    await guard(attempts).run([], handler)


async def test_a_message_for_never_is_set_aside_and_the_others_are_handled(
    attempts: MemoryAttempts,
) -> None:
    handler = Handler(raising(1, Never("undecodable")))
    messages = batch(3)
    await guard(attempts).run(messages, handler)
    assert handler.handled == [0, 2]
    assert attempts.graves == {messages[1]: ("undecodable", "Never")}
    assert not attempts.counts


async def test_a_failing_message_is_counted_before_the_process_leaves(
    attempts: MemoryAttempts,
) -> None:
    handler = Handler(raising(1, KeyError("a name")))
    messages = batch(3)
    with pytest.raises(Left) as left:
        await guard(attempts).run(messages, handler)
    assert left.value.args == (guarding.EXIT_FAILED,)
    assert attempts.counts == {messages[1]: 1}
    assert handler.handled == [0]


async def test_after_three_exits_the_message_is_set_aside_and_the_worker_moves_on(
    attempts: MemoryAttempts,
) -> None:
    messages = batch(3)
    handler = Handler(raising(1, KeyError("a name")))
    exits = 0
    for _ in range(10):
        try:
            await guard(attempts).run(messages, handler)
        except Left:
            exits += 1
        else:
            break
    assert exits == guarding.MAX_ATTEMPTS
    assert attempts.graves == {messages[1]: ("attempts-exhausted", None)}
    assert set(handler.handled) == {0, 2}


async def test_a_redelivered_dead_letter_is_not_tried_again(attempts: MemoryAttempts) -> None:
    [message] = batch(1)
    attempts.counts[message] = guarding.MAX_ATTEMPTS
    handler = Handler()
    await guard(attempts).run([message], handler)
    assert handler.handled == []
    assert message in attempts.graves


async def test_a_batch_that_fails_only_as_a_batch_is_handled_one_by_one(
    attempts: MemoryAttempts,
) -> None:
    handled: list[int] = []

    async def handle(messages: Sequence[Message]) -> None:
        if len(messages) > 1:
            raise ValueError
        handled.append(messages[0].offset)

    await guard(attempts).run(batch(3), handle)
    assert handled == [0, 1, 2]
    assert not attempts.counts


@pytest.mark.parametrize(
    "error",
    [
        NotNow("broker"),
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InvalidPasswordError(),
        asyncpg.exceptions.TargetServerAttributeNotMatched("no primary"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_not_now_is_tried_again_in_place_until_it_succeeds(
    attempts: MemoryAttempts, error: Exception
) -> None:
    tries = 0
    handler = Handler()

    async def handle(messages: Sequence[Message]) -> None:
        nonlocal tries
        tries += 1
        if tries <= 20:
            raise error
        await handler(messages)

    await guard(attempts).run(batch(2), handle)
    assert handler.handled == [0, 1]
    assert not attempts.counts


async def test_an_argument_postgres_cannot_take_is_a_fault_and_not_waited_for(
    attempts: MemoryAttempts,
) -> None:
    handler = Handler(raising(0, asyncpg.DataError("invalid input for query argument $1")))
    with pytest.raises(Left):
        await guard(attempts).run(batch(1), handler)


async def test_a_database_away_while_counting_is_waited_for() -> None:
    class Flaky(MemoryAttempts):
        tries = 0

        async def add(self, message: Message, error: str) -> int:
            self.tries += 1
            if self.tries < 5:
                raise ConnectionRefusedError
            return await super().add(message, error)

    attempts = Flaky()
    with pytest.raises(Left):
        await guard(attempts).run(batch(1), Handler(lambda _: ValueError()))
    assert attempts.counts.total() == 1


class Broken(MemoryAttempts):
    """Tables that are not there, or not ours: no waiting heals it."""

    def __init__(self, broken: str) -> None:
        super().__init__()
        setattr(self, broken, self.refuse)

    async def refuse(self, *_: object) -> int:
        raise asyncpg.UndefinedTableError


@pytest.mark.parametrize("broken", ["count", "add", "bury"])
async def test_a_failure_to_count_or_bury_leaves_the_process_and_acknowledges_nothing(
    broken: str,
) -> None:
    error = Never("undecodable") if broken == "bury" else ValueError()
    messages = batch(2)
    with pytest.raises(Left):
        await guard(Broken(broken)).run(messages, Handler(raising(0, error)))


@pytest.mark.parametrize("broken", ["count", "add", "nothing"])
async def test_nothing_is_acknowledged_should_leaving_return(broken: str) -> None:
    codes: list[int] = []
    handler = Handler(raising(0, ValueError()))
    one = Guard("s", Broken(broken), leave=codes.append, pause=at_once)
    with pytest.raises(asyncio.CancelledError):
        await one.run(batch(2), handler)
    assert codes == [guarding.EXIT_FAILED]
    assert handler.handled == []


async def test_a_batch_too_slow_as_a_batch_is_handled_one_by_one(
    attempts: MemoryAttempts,
) -> None:
    handled: list[int] = []

    async def handle(messages: Sequence[Message]) -> None:
        if len(messages) > 1:
            raise asyncpg.QueryCanceledError
        handled.append(messages[0].offset)

    async with asyncio.timeout(10):
        await guard(attempts).run(batch(3), handle)
    assert handled == [0, 1, 2]
    assert not attempts.counts


async def test_a_message_too_slow_ten_times_goes_the_way_of_poison(
    attempts: MemoryAttempts,
) -> None:
    handler = Handler(raising(1, asyncpg.QueryCanceledError()))
    messages = batch(3)
    for _ in range(guarding.MAX_ATTEMPTS):
        with pytest.raises(Left):
            async with asyncio.timeout(10):
                await guard(attempts).run(messages, handler)
    await guard(attempts).run(messages, handler)
    assert attempts.graves == {messages[1]: ("attempts-exhausted", None)}
    assert set(handler.handled) == {0, 2}


async def test_a_message_too_slow_now_and_then_is_waited_for(attempts: MemoryAttempts) -> None:
    tries = 0

    async def handle(_: Sequence[Message]) -> None:
        nonlocal tries
        tries += 1
        if tries < guarding.MESSAGE_TIMEOUTS:
            raise asyncpg.QueryCanceledError

    await guard(attempts).run(batch(1), handle)
    assert not attempts.counts


def test_the_digest_tells_a_missing_value_and_key_from_other_contents() -> None:
    contents: list[tuple[bytes | None, bytes | None]] = [(b"a", b"b"), (b"ab", None), (None, b"ab")]
    assert len({Message("t", 0, 0, key, value).digest for key, value in contents}) == 3
