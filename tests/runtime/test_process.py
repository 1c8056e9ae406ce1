"""Does a process start, answer, and end as its supervisor expects?"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI

from services.runtime import kafka
from services.runtime.guard import EXIT_FAILED, NotNow
from services.runtime.process import Process
from services.runtime.settings import REPOSITORY, Settings


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def settings(**ports: int) -> Settings:
    return Settings.model_validate(
        {"postgres_dsn": "postgresql://h/d", "kafka_bootstrap": "h:1", **ports}
    )


def stop_us() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def must_not_leave(code: int) -> None:
    raise AssertionError(code)


async def yes() -> bool:
    return True


class Journal:
    """Notes what a process does, in order."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def step(self, note: str) -> Callable[[], "asyncio.Future[None]"]:
        async def take() -> None:
            self.notes.append(note)

        return lambda: asyncio.ensure_future(take())

    def task(self, note: str) -> Callable[[], "asyncio.Future[None]"]:
        async def run() -> None:
            self.notes.append(f"{note} runs")
            try:
                await asyncio.Event().wait()
            finally:
                self.notes.append(f"{note} stops")

        return lambda: asyncio.ensure_future(run())


async def test_a_process_starts_runs_its_tasks_and_stops_them_last_first() -> None:
    journal = Journal()

    async def stopper() -> None:
        stop_us()
        await asyncio.Event().wait()

    await Process(
        service="trial",
        settings=settings(),
        checks={},
        on_start=journal.step("start"),
        on_stop=journal.step("stop"),
        background=[journal.task("first"), journal.task("second"), stopper],
        leave=must_not_leave,
    ).run()
    assert journal.notes == [
        "start",
        "first runs",
        "second runs",
        "second stops",
        "first stops",
        "stop",
    ]


async def test_a_task_that_says_not_now_is_started_again() -> None:
    tries = 0

    async def task() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise NotNow
        stop_us()

    await Process(
        service="trial", settings=settings(), checks={}, background=[task], leave=must_not_leave
    ).run()
    assert tries == 2


@pytest.mark.parametrize("where", ["on_start", "background"])
async def test_a_failure_ends_the_process_with_70(where: str) -> None:
    codes: list[int] = []

    async def fails() -> None:
        raise KeyError

    def leave(code: int) -> None:
        codes.append(code)
        stop_us()

    process = Process(
        service="trial",
        settings=settings(),
        checks={},
        on_start=fails if where == "on_start" else None,
        background=[fails] if where == "background" else [],
        leave=leave,
    )
    await process.run()
    assert codes == [EXIT_FAILED]


async def test_a_process_that_cannot_stop_leaves_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.runtime.process.PATIENCE_SECONDS", 0.01)
    hanging, loop = asyncio.Event(), asyncio.get_running_loop()
    codes: list[int] = []

    def leave(code: int) -> None:
        codes.append(code)
        loop.call_soon_threadsafe(hanging.set)

    async def hangs() -> None:
        try:
            stop_us()
            await asyncio.Event().wait()
        finally:
            await hanging.wait()

    await Process(
        service="trial", settings=settings(), checks={}, background=[hangs], leave=leave
    ).run()
    assert codes == [0]


async def test_a_process_whose_loop_stands_still_in_its_stop_leaves_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.runtime.process.PATIENCE_SECONDS", 0.01)
    left = threading.Event()
    while_it_stood: list[bool] = []

    def leave(code: int) -> None:
        assert code == 0
        left.set()

    async def blocks() -> None:
        """As Faust does, which waits inside our loop for the thread of its consumer."""
        try:
            stop_us()
            await asyncio.Event().wait()
        finally:
            while_it_stood.append(left.wait(5))

    await Process(
        service="trial", settings=settings(), checks={}, background=[blocks], leave=leave
    ).run()
    assert while_it_stood == [True]


async def test_the_status_port_and_the_pages_answer_while_it_runs() -> None:
    status_port, http_port = free_port(), free_port()
    answers: dict[str, int] = {}
    app = FastAPI()

    async def ask() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            for port in (status_port, http_port):
                for path in ("/health/live", "/health/ready", "/metrics", "/nowhere"):
                    answer = await client.get(f"http://127.0.0.1:{port}{path}")
                    answers[f"{port}{path}"] = answer.status_code
        stop_us()

    await Process(
        service="trial",
        settings=settings(status_port=status_port, http_port=http_port),
        checks={"all": yes},
        background=[ask],
        app=app,
        leave=must_not_leave,
    ).run()
    assert list(answers.values()) == [200, 200, 200, 404] * 2


async def test_a_process_whose_progress_nobody_notes_is_alive_while_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.runtime.status.Progress.alive", lambda _: False)
    port, answers = free_port(), list[int]()

    async def ask() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            answers.append((await client.get(f"http://127.0.0.1:{port}/health/live")).status_code)
        stop_us()

    await Process(
        service="trial",
        settings=settings(status_port=port),
        checks={},
        background=[ask],
        leave=must_not_leave,
    ).run()
    assert answers == [200]


async def test_pages_are_ready_without_the_broker_and_say_that_it_is_away() -> None:
    port, broker, answers = free_port(), free_port(), list[object]()

    async def ask() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            answers.append((await client.get(f"http://127.0.0.1:{port}/health/ready")).json())
            async with await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", broker):
                answers.append((await client.get(f"http://127.0.0.1:{port}/health/ready")).json())
        stop_us()

    await Process(
        service="trial",
        settings=settings(http_port=port),
        checks={},
        wishes={"broker": lambda: kafka.reachable(f"127.0.0.1:{broker}")},
        background=[ask],
        app=FastAPI(),
        leave=must_not_leave,
    ).run()
    ready = {"status": "ok", "failing": []}
    assert answers == [ready | {"degraded": ["broker"]}, ready]


HANGING = """
import asyncio, os, signal, threading, time
from services.runtime.process import Process
from services.runtime.settings import REPOSITORY, Settings

async def start():
    threading.Thread(target=time.sleep, args=(60,)).start()
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)

told = Settings.model_validate({"postgres_dsn": "postgresql://h/d", "kafka_bootstrap": "h:1"})
Process(service="trial", settings=told, checks={}, on_start=start).main()
"""


def test_a_thread_that_some_library_left_does_not_hold_up_the_end() -> None:
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", HANGING], cwd=REPOSITORY, timeout=30, check=False
    )
    assert done.returncode == 0
