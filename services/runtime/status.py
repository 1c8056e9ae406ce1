"""Is this process alive, is it ready, and what has it counted?"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.runtime import clock
from services.runtime.deadlines import Deadlines

Check = Callable[[], Awaitable[bool]]
Parts: TypeAlias = Mapping[object, tuple[int, int]]
"""Of each partition its acknowledged offset and how many messages lie beyond."""

CHECK_SECONDS: Final = 3.0
WISH_SECONDS: Final = 0.5  # less than a probe waits
STILL_SECONDS: Final = 60.0
PART_STILL_SECONDS: Final = 300.0  # the client reads what it fetched of one partition to its end


class Progress:
    """Tells a worker that works, idles or waits from one that is stuck.

    Stuck: messages lie before it and all offsets have stood still for `still` seconds, or those
    of one partition for `part_still`, though it has not said that it waits for the database or the
    broker.
    """

    def __init__(
        self,
        *,
        still: float = STILL_SECONDS,
        part_still: float = PART_STILL_SECONDS,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._still = still
        self._part_still = part_still
        self._monotonic = monotonic
        self._moved_at = self._excused_at = monotonic()
        self._parts: dict[object, tuple[int, float]] = {}

    def wait(self) -> None:
        """Note that the worker waits for something that is away: slow, but not stuck."""
        self._moved_at = self._excused_at = self._monotonic()

    def moved(self) -> None:
        """Note that a message was done with, though its offset is not yet acknowledged."""
        self.wait()

    def seen(self, parts: Parts) -> None:
        """Note how far each partition is."""
        now, before = self._monotonic(), self._parts
        moved = {part for part, (at, _) in parts.items() if before.get(part, (-1,))[0] != at}
        if moved or not any(lag for _, lag in parts.values()):
            self._moved_at = now
        self._parts = {
            part: (at, now if part in moved or lag == 0 else before[part][1])
            for part, (at, lag) in parts.items()
        }

    def alive(self) -> bool:
        """Say whether it moves, in every partition, or has nothing to do, or waits."""
        now = self._monotonic()
        first = min((since for _, since in self._parts.values()), default=now)
        return (
            now - self._moved_at < self._still
            and now - max(first, self._excused_at) < self._part_still
        )


def ours(parts: Parts, assigned: AbstractSet[object]) -> Parts:
    """Choose the partitions whose standing still is our fault.

    While none is ours the group counts as one: a spare worker lives as long as others move, and
    one whose joining hangs does not.
    """
    chosen = {part: at for part, at in parts.items() if part in assigned}
    if chosen or not parts:
        return chosen
    return {"group": (sum(at for at, _ in parts.values()), sum(lag for _, lag in parts.values()))}


def routes(
    checks: Mapping[str, Check],
    progress: Progress | None = None,
    wishes: Mapping[str, Check] | None = None,
) -> list[Route]:
    """Return `/metrics`, `/health/live`, `/health/ready`; a check answers whether all is well.

    What fails of `wishes` is named, and the process is ready all the same.
    """

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def live(_: Request) -> JSONResponse:
        alive = progress is None or progress.alive()
        return _answer([] if alive else ["progress"])

    async def ready(_: Request) -> JSONResponse:
        failed, missing = await asyncio.gather(failing(checks), failing(wishes or {}, WISH_SECONDS))
        return _answer(failed, missing)

    answers = {"/metrics": metrics, "/health/live": live, "/health/ready": ready}
    return [Route(path, answer, include_in_schema=False) for path, answer in answers.items()]


async def failing(checks: Mapping[str, Check], seconds: float = CHECK_SECONDS) -> list[str]:
    """Return the names of the checks that do not hold, that raise, or that take too long."""
    results = await asyncio.gather(
        *(asyncio.wait_for(check(), seconds) for check in checks.values()),
        return_exceptions=True,
    )
    return [name for name, result in zip(checks, results, strict=True) if result is not True]


def _answer(failing: list[str], degraded: Sequence[str] = ()) -> JSONResponse:
    """Answer 200, or 503 naming what fails; `degraded` is said where there is any."""
    content = {"status": "failing" if failing else "ok", "failing": failing}
    content |= {"degraded": list(degraded)} if degraded else {}
    return JSONResponse(content, status_code=503 if failing else 200)


class Server(uvicorn.Server):
    """A uvicorn server inside somebody else's loop: signals are not its business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the process."""
        yield


@contextlib.asynccontextmanager
async def serve(app: Starlette, host: str, port: int, grace: int = 5) -> AsyncIterator[None]:
    """Serve `app` in this loop for as long as the context lasts; then finish what is open.

    Raises OSError when the port is taken.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=grace,
        http=Deadlines,
        timeout_keep_alive=75,  # longer than clients keep idle connections, lest both act at once
    )
    server = Server(config)
    sock = socket.create_server((host, port), backlog=2048)
    task = asyncio.create_task(server.serve([sock]), name=f"http:{port}")
    try:
        yield
    finally:
        server.should_exit = True
        await task
        sock.close()


def status_app(checks: Mapping[str, Check], progress: Progress | None = None) -> Starlette:
    """Return the small application that a process without pages serves."""
    return Starlette(routes=routes(checks, progress))
