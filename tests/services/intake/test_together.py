"""Do events that arrive at the same time share a transaction, and each get its own answer?"""

import asyncio
from collections.abc import Sequence

import pytest

from services.intake.candidates import Answer, Offered
from services.intake.limits import TooMuch
from services.intake.together import Together
from services.runtime.auth import Caller

POLICE = Caller("norfolk-police", "norfolk-police", "agency")
SCHOOL = Caller("norfolk-school", "norfolk-school", "agency")


class Slow:
    """Keeps chunks only when it is let."""

    def __init__(self, error: Exception | None = None) -> None:
        self.chunks: list[tuple[str, int]] = []
        self.let = asyncio.Event()
        self._error = error

    async def take(self, caller: Caller, offered: Sequence[Offered]) -> list[Answer]:
        self.chunks.append((caller.agency, len(offered)))
        await self.let.wait()
        if self._error:
            raise self._error
        return [Answer("accepted", 202, "", "/s", str(one.event), "r") for one in offered]


def posted(together: Together, caller: Caller, *numbers: int) -> list["asyncio.Task[Answer]"]:
    return [asyncio.create_task(together.take(caller, Offered({"n": n}))) for n in numbers]


async def test_what_arrives_meanwhile_becomes_the_next_chunk_and_each_gets_its_own_answer() -> None:
    slow = Slow()
    together = Together(slow.take, waiting=10)
    first = posted(together, POLICE, 1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = posted(together, POLICE, 2, 3)
    await asyncio.sleep(0)
    slow.let.set()
    answers = await asyncio.gather(*first, *later)
    assert slow.chunks == [("norfolk-police", 1), ("norfolk-police", 2)]
    assert [answer.id for answer in answers] == [str({"n": n}) for n in (1, 2, 3)]


async def test_senders_do_not_wait_for_each_other() -> None:
    slow = Slow()
    together = Together(slow.take, waiting=10)
    tasks = posted(together, POLICE, 1) + posted(together, SCHOOL, 2)
    await asyncio.sleep(0.01)
    assert slow.chunks == [("norfolk-police", 1), ("norfolk-school", 1)]
    slow.let.set()
    await asyncio.gather(*tasks)


async def test_what_goes_wrong_is_told_to_each_and_the_next_is_taken() -> None:
    slow = Slow(ConnectionRefusedError())
    slow.let.set()
    together = Together(slow.take, waiting=10)
    for _ in range(2):
        (task,) = posted(together, POLICE, 1)
        with pytest.raises(ConnectionRefusedError):
            await task


async def test_a_sender_of_whom_too_many_wait_is_told_to_wait() -> None:
    slow = Slow()
    together = Together(slow.take, waiting=1)
    tasks = posted(together, POLICE, 1)
    await asyncio.sleep(0.01)
    tasks += posted(together, POLICE, 2)
    await asyncio.sleep(0.01)
    with pytest.raises(TooMuch):
        await together.take(POLICE, Offered({"n": 3}))
    slow.let.set()
    await asyncio.gather(*tasks)
