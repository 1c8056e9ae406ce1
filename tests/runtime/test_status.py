"""Does health tell a worker that works from one that is stuck, and name what is not there?"""

import asyncio

from httpx import ASGITransport, AsyncClient

from services.runtime import status
from services.runtime.status import Check, Progress


class Clock:
    """A monotonic clock that a test moves on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_worker_with_messages_before_it_that_stands_still_is_dead() -> None:
    clock = Clock()
    progress = Progress(still=60, monotonic=clock)
    progress.seen({"t": 5}, 10)
    clock.seconds = 59
    progress.seen({"t": 5}, 20)
    assert progress.alive()
    clock.seconds = 60
    progress.seen({"t": 5}, 20)
    assert not progress.alive()


def test_a_worker_that_moves_idles_or_waits_is_alive() -> None:
    clock = Clock()
    moves, idles, waits, plods = (Progress(still=60, monotonic=clock) for _ in range(4))
    for clock.seconds in range(0, 600, 30):
        moves.seen({"t": int(clock.seconds)}, 10)
        idles.seen({"t": 5}, 0)
        waits.seen({"t": 5}, 10)
        waits.wait()
        plods.seen({"t": 5}, 10)
        plods.moved()
        assert plods.alive()
        assert moves.alive()
        assert idles.alive()
        assert waits.alive()


async def holds() -> bool:
    return True


async def does_not_hold() -> bool:
    return False


async def raises() -> bool:
    raise ConnectionRefusedError("the password was hunter2")


async def ask(path: str, checks: dict[str, Check], progress: Progress | None = None) -> object:
    app = status.status_app(checks, progress)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://t") as client:
        answer = await client.get(path)
    return answer.status_code, answer.json()


async def test_ready_when_every_check_holds() -> None:
    assert await ask("/health/ready", {"a": holds}) == (200, {"status": "ok", "failing": []})


async def test_not_ready_names_every_check_that_fails_and_nothing_of_its_error() -> None:
    checks: dict[str, Check] = {"a": holds, "b": does_not_hold, "c": raises}
    answer = (503, {"status": "failing", "failing": ["b", "c"]})
    assert await ask("/health/ready", checks) == answer


async def test_a_check_that_hangs_fails() -> None:
    async def hangs() -> bool:
        await asyncio.Event().wait()
        return True

    assert await status.failing({"a": hangs}, seconds=0.01) == ["a"]


async def test_live_does_not_ask_the_checks() -> None:
    assert await ask("/health/live", {"a": raises}) == (200, {"status": "ok", "failing": []})


async def test_a_stuck_worker_is_not_live() -> None:
    clock = Clock()
    progress = Progress(monotonic=clock)
    clock.seconds = 61
    answer = (503, {"status": "failing", "failing": ["progress"]})
    assert await ask("/health/live", {}, progress) == answer


async def test_metrics_are_served_without_anything_to_ask_for_them() -> None:
    app = status.status_app({})
    async with AsyncClient(transport=ASGITransport(app), base_url="http://t") as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "process_resident_memory_bytes" in answer.text
