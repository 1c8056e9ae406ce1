"""What do all tests share? The running stack, and the demand that nothing is left behind."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterator

import hypothesis
import pytest

from deploy.embedded import prometheus
from deploy.embedded.places import PROJECT
from deploy.embedded.progress import aloud
from deploy.embedded.stack import Stack
from services.runtime.contracts import Contracts
from tests.agencies import Agencies
from tests.thrown_away import thrown_away

hypothesis.settings.register_profile(
    "here",
    deadline=None,  # how fast a machine is, is no property of the code
    derandomize=True,  # the same examples everywhere: a red build is red again
    database=None,
)
hypothesis.settings.load_profile("here")

STACK = "stack"
EARLY = "early"
PATIENCE_SECONDS = 5


def pytest_configure() -> None:
    """Told to stop, end what was started, as where a person interrupts."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if STACK in getattr(item, "fixturenames", ()):
            item.add_marker(STACK)
    items.sort(key=lambda item: item.get_closest_marker(EARLY) is None)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Give the whole of Referral Watch, running, with a broker and a database of its own."""
    prometheus.fetch(aloud)
    with thrown_away("watch-stack-") as folder:
        running = Stack(folder)
        try:
            running.up(aloud)
            yield running
        finally:
            running.clean()


@pytest.fixture
async def agencies(stack: Stack) -> AsyncIterator[Agencies]:
    """Give the agencies' clients of the running stack."""
    async with Agencies(stack.endpoints) as clients:
        yield clients


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    """Give schemas/ as every service loads it."""
    return Contracts.load(PROJECT / "schemas")


@pytest.fixture(autouse=True)
async def _no_task_left() -> AsyncIterator[None]:
    """Fail a test that leaves a task running in the loop that all tests share."""
    before = asyncio.all_tasks()
    yield
    left = [t for t in asyncio.all_tasks() - before if t is not asyncio.current_task()]
    _, pending = await asyncio.wait(left, timeout=PATIENCE_SECONDS) if left else (set(), set())
    assert not pending, f"tasks left running: {[t.get_name() for t in pending]}"


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread behind which would keep the process alive."""
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in left:
        thread.join(PATIENCE_SECONDS)
    alive = [t.name for t in left if t.is_alive() and not t.name.startswith("asyncio_")]
    assert not alive, f"threads left running: {alive}"
