"""Is this process alive, is it ready, and what has it counted?"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping
from typing import Final

import uvicorn
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.runtime import clock

Check = Callable[[], Awaitable[bool]]

CHECK_SECONDS: Final = 3.0
STILL_SECONDS: Final = 60.0


class Progress:
    """Tells a worker that works, idles or waits from one that is stuck.

    Stuck: messages lie before it and its offsets have stood still for `still` seconds, though it
    has not said that it waits for the database or the broker.
    """

    def __init__(
        self, *, still: float = STILL_SECONDS, monotonic: Callable[[], float] = clock.monotonic
    ) -> None:
        self._still = still
        self._monotonic = monotonic
        self._moved_at = monotonic()
        self._offsets: Mapping[object, int] = {}

    def wait(self) -> None:
        """Note that the worker waits for something that is away: slow, but not stuck."""
        self._moved_at = self._monotonic()

    def moved(self) -> None:
        """Note that a message was done with, though its offset is not yet acknowledged."""
        self._moved_at = self._monotonic()

    def seen(self, offsets: Mapping[object, int], lag: int) -> None:
        """Note the acknowledged offset of each partition and how many messages lie beyond."""
        if lag == 0 or offsets != self._offsets:
            self._moved_at = self._monotonic()
        self._offsets = dict(offsets)

    def alive(self) -> bool:
        """Say whether it moves, has nothing to do, or waits."""
        return self._monotonic() - self._moved_at < self._still


def router(checks: Mapping[str, Check], progress: Progress | None = None) -> APIRouter:
    """Return `/metrics`, `/health/live`, `/health/ready`; a check answers whether all is well."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @routes.get("/health/live")
    async def live() -> JSONResponse:
        alive = progress is None or progress.alive()
        return _answer([] if alive else ["progress"])

    @routes.get("/health/ready")
    async def ready() -> JSONResponse:
        return _answer(await failing(checks))

    return routes


async def failing(checks: Mapping[str, Check], seconds: float = CHECK_SECONDS) -> list[str]:
    """Return the names of the checks that do not hold, that raise, or that take too long."""
    results = await asyncio.gather(
        *(asyncio.wait_for(check(), seconds) for check in checks.values()),
        return_exceptions=True,
    )
    return [name for name, result in zip(checks, results, strict=True) if result is not True]


def _answer(failing: list[str]) -> JSONResponse:
    """Answer 200, or 503 naming what fails."""
    content = {"status": "failing" if failing else "ok", "failing": failing}
    return JSONResponse(content, status_code=503 if failing else 200)


class Server(uvicorn.Server):
    """A uvicorn server inside somebody else's loop: signals are not its business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the process."""
        yield


@contextlib.asynccontextmanager
async def serve(app: FastAPI, host: str, port: int, grace: int = 5) -> AsyncIterator[None]:
    """Serve `app` in this loop for as long as the context lasts; then finish what is open.

    Raises OSError when the port is taken.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=grace,
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


def status_app(checks: Mapping[str, Check], progress: Progress | None = None) -> FastAPI:
    """Return the small application that a process without pages serves."""
    app = FastAPI(openapi_url=None)
    app.include_router(router(checks, progress))
    return app
