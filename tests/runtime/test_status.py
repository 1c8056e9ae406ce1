"""Does health tell a worker that works from one that is stuck, and name what is not there?"""

import asyncio

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from services.runtime import serving, status
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
    progress.seen({"t": (5, 10), "idle": (5, 0)})
    clock.seconds = 59
    progress.seen({"t": (5, 20), "idle": (5, 0)})
    assert progress.alive()
    clock.seconds = 60
    progress.seen({"t": (5, 20), "idle": (5, 0)})
    assert not progress.alive()


def test_a_worker_that_moves_idles_or_waits_is_alive() -> None:
    clock = Clock()
    moves, idles, waits, plods = (Progress(still=60, monotonic=clock) for _ in range(4))
    for clock.seconds in range(0, 600, 30):
        moves.seen({"t": (int(clock.seconds), 10), "idle": (5, 0)})
        idles.seen({"t": (5, 0)})
        waits.seen({"t": (5, 10)})
        waits.wait()
        plods.seen({"t": (5, 10)})
        plods.moved()
        assert plods.alive()
        assert moves.alive()
        assert idles.alive()
        assert waits.alive()


def test_a_partition_that_stands_still_is_not_hidden_by_one_that_moves() -> None:
    clock = Clock()
    progress = Progress(monotonic=clock)
    for clock.seconds in range(0, 500, 5):
        progress.seen({"moves": (int(clock.seconds), 10), "stands": (5, 10)})
        assert progress.alive() == (clock.seconds < 300)


def test_a_partition_that_has_nothing_has_all_its_time_when_something_comes() -> None:
    clock = Clock()
    progress = Progress(monotonic=clock)
    for clock.seconds in range(0, 900, 5):
        lag = 10 if clock.seconds > 500 else 0
        progress.seen({"moves": (int(clock.seconds), 10), "sleeps": (5, lag)})
        if clock.seconds < 800:
            assert progress.alive()
    assert not progress.alive()


def test_only_the_partitions_of_this_worker_are_its_own_fault() -> None:
    parts: status.Parts = {("t", 0): (1, 2), ("t", 1): (10, 20)}
    assert status.ours(parts, {("t", 1), ("u", 0)}) == {("t", 1): (10, 20)}


def test_while_no_partition_is_ours_the_group_counts_as_one() -> None:
    parts: status.Parts = {("t", 0): (1, 2), ("t", 1): (10, 20)}
    assert status.ours(parts, set()) == {"group": (11, 22)}
    assert status.ours({}, set()) == {}


async def holds() -> bool:
    return True


async def does_not_hold() -> bool:
    return False


async def raises() -> bool:
    raise ConnectionRefusedError("the password was hunter2")


async def ask(
    path: str,
    checks: dict[str, Check],
    progress: Progress | None = None,
    wishes: dict[str, Check] | None = None,
) -> object:
    app = Starlette(routes=status.routes(checks, progress, wishes))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://t") as client:
        answer = await client.get(path)
    return answer.status_code, answer.json()


async def test_ready_when_every_check_holds() -> None:
    assert await ask("/health/ready", {"a": holds}) == (200, {"status": "ok", "failing": []})


async def test_not_ready_names_every_check_that_fails_and_nothing_of_its_error() -> None:
    checks: dict[str, Check] = {"a": holds, "b": does_not_hold, "c": raises}
    answer = (503, {"status": "failing", "failing": ["b", "c"]})
    assert await ask("/health/ready", checks) == answer


async def test_what_one_does_without_for_a_while_is_named_and_no_failure() -> None:
    ready = {"status": "ok", "failing": []}
    missing = (200, ready | {"degraded": ["broker"]})
    assert await ask("/health/ready", {"a": holds}, None, {"broker": raises}) == missing
    assert await ask("/health/ready", {"a": holds}, None, {"broker": holds}) == (200, ready)


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


async def test_a_probe_is_counted_by_its_own_path_and_not_as_a_stranger() -> None:
    app = serving.whole(FastAPI(), "probed")
    app.router.routes.extend(status.routes({}))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://t") as client:
        await client.get("/health/live")
    labels = {"service": "probed", "route": "/health/live", "method": "GET", "status": "200"}
    assert REGISTRY.get_sample_value("rw_http_request_seconds_count", labels) == 1
