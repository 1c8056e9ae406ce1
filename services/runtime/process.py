"""How does a process of ours start, run its tasks, and end?

Ends with 0 on SIGTERM or SIGINT within ten seconds, with 70 when a task fails, so that its
supervisor starts it again.
"""

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import Final, NoReturn

from starlette.applications import Starlette

from services.runtime import broker_tls, guard, log, metrics, postgres, status, tracing
from services.runtime.settings import Settings

Step = Callable[[], Awaitable[None]]

TRACES_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 7.0  # what a stop may take; then we leave, which may take two more
_log = log.get(__name__)


class Process:
    """One service's process: status server, start, tasks for as long as it runs, stop.

    Every task of `background` runs for ever; "not now" starts it again after a pause, any other
    exception ends the process with 70. They are stopped last first. `app` (see `serving`) is served
    on RW_HTTP_PORT, with the status' routes; RW_STATUS_PORT, where set, serves the status alone.
    """

    def __init__(  # noqa: PLR0913 - the composition root of a process; by name only
        self,
        *,
        service: str,
        settings: Settings,
        checks: Mapping[str, status.Check],
        wishes: Mapping[str, status.Check] | None = None,
        on_start: Step | None = None,
        on_stop: Step | None = None,
        background: Sequence[Step] = (),
        app: Starlette | None = None,
        progress: status.Progress | None = None,
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        self._service = service
        self._settings = settings
        self._checks = checks
        self._wishes = wishes  # what the pages do without for a while
        self._on_start = on_start
        self._on_stop = on_stop
        self._background = background
        self._app = app
        self._progress = progress  # without one the process is alive while it answers
        self._leave = leave

    def main(self) -> NoReturn:
        """Run until told to stop; ends the process."""
        log.configure(self._service, self._settings.log_level)
        broker_tls.configure(self._settings.kafka_tls)
        tracing.configure(self._settings.otlp_endpoint, self._service)
        metrics.UP.labels(self._service, _version()).set(1)
        made_of = (_version(), python_version(), _schemas(self._settings))
        metrics.BUILD.labels(self._service, *made_of).set(1)
        postgres.measure_pools(self._service)
        asyncio.run(self._until_told())
        raise AssertionError("left before this")

    async def _until_told(self) -> None:
        """Run, and end at once: a library's thread that hangs must not hold up a stop."""
        await self.run()
        with contextlib.suppress(TimeoutError):  # what was not sent of traces is no loss
            await asyncio.wait_for(asyncio.to_thread(tracing.stop), TRACES_SECONDS)
        sys.stdout.flush()
        self._leave(0)

    async def run(self) -> None:
        """Live until SIGTERM or SIGINT; leaves when living fails or stopping takes too long."""
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        told, ended = threading.Event(), threading.Event()
        threading.Thread(target=self._in_time, args=(told, ended), daemon=True).start()

        def tell(*_: object) -> None:
            told.set()
            loop.call_soon_threadsafe(stopping.set)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, tell)
        living = asyncio.create_task(self._guarded(self._live), name=self._service)
        await stopping.wait()
        _log.info("stopping")
        await _cancel(living)
        ended.set()
        _log.info("stopped")

    async def _live(self) -> None:
        """Serve, start, run the tasks; on the way out undo it in reverse order."""
        async with AsyncExitStack() as stack:
            await self._serve(stack)
            if self._on_start is not None:
                await self._on_start()
            if self._on_stop is not None:
                stack.push_async_callback(self._on_stop)
            if self._app is not None:
                await self._serve_pages(stack, self._app)
            for step in self._background:
                task = asyncio.create_task(self._guarded(self._tirelessly(step)))
                stack.push_async_callback(_cancel, task)
            _log.info("started")
            await asyncio.Event().wait()

    async def _serve(self, stack: AsyncExitStack) -> None:
        """Open the status port, if there is one: before anything that may have to wait."""
        port = self._settings.status_port
        if port is not None:
            app = status.status_app(self._checks, self._progress)
            await stack.enter_async_context(status.serve(app, self._settings.status_host, port))

    async def _serve_pages(self, stack: AsyncExitStack, app: Starlette) -> None:
        """Open the service's own port."""
        if self._settings.http_port is None:
            raise SystemExit("Cannot start, the environment is not right: RW_HTTP_PORT is missing")
        app.router.routes.extend(status.routes(self._checks, self._progress, self._wishes))
        host, port = self._settings.http_host, self._settings.http_port
        await stack.enter_async_context(status.serve(app, host, port))

    def _tirelessly(self, step: Step) -> Step:
        """Start a task again whenever it ends with "not now"."""

        def waiting(_: Exception) -> None:
            if self._progress is not None:
                self._progress.wait()

        async def tireless() -> None:
            await postgres.patiently(step, also=(guard.NotNow,), waiting=waiting)

        return tireless

    async def _guarded(self, step: Step) -> None:
        """Run a task; whatever it raises ends the process."""
        try:
            await step()
        except Exception as error:  # noqa: BLE001 - the guard of tasks: none may die unseen
            _log.critical("task failed, leaving", error=error)
            self._leave(guard.EXIT_FAILED)

    def _in_time(self, told: threading.Event, ended: threading.Event) -> None:
        """Leave although something still hangs: what is not acknowledged comes again.

        In a thread of its own: Faust waits for its consumer's thread inside our loop, where no
        timer of the loop would be heard.
        """
        told.wait()
        if not ended.wait(PATIENCE_SECONDS):
            _log.warning("left before all was done")
            self._leave(0)


async def _cancel(task: "asyncio.Task[None]") -> None:
    """Cancel a task and see it end."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _schemas(settings: Settings) -> str:
    """Return the beginning of the digest of the schemas that this process knows."""
    return sha256((settings.schemas / "released.lock").read_bytes()).hexdigest()[:12]


def _version() -> str:
    """Return the version of the distribution, or say that there is none."""
    try:
        return version("referral-watch")
    except PackageNotFoundError:
        return "unpackaged"
