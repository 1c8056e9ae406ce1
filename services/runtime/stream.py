"""How does a service take messages from topics without losing one? A Faust worker, guarded.

An exception that leaves a Faust agent acknowledges its batch, and so does cancelling it; hence
the guard takes every exception, and a worker cancelled with a batch in hand leaves at once.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NoReturn

import asyncpg
import faust
from aiokafka import TopicPartition

from services.runtime import attempts, broker_tls, kafka, log, metrics, postgres
from services.runtime.guard import EXIT_FAILED, Guard, Handle, Message
from services.runtime.lag import LagReader
from services.runtime.process import Process, Step
from services.runtime.settings import Settings
from services.runtime.status import Check, Progress, ours

MEASURE_SECONDS: Final = 5.0
LEAVE_SECONDS: Final = 1.0
READY_LAG: Final = 10_000
_log = log.get(__name__)


class Worker:
    """Takes batches of `topics` in the group `service` and hands each to `handle`, at least once.

    `pool` and `publisher` are there when `on_start` runs and until `on_stop` has run. `migrations`
    is the service's folder, for the readiness check.
    """

    pool: "asyncpg.Pool[asyncpg.Record]"
    publisher: kafka.Publisher

    def __init__(  # noqa: PLR0913 - the composition root of a worker; by name only
        self,
        *,
        service: str,
        topics: Sequence[str],
        settings: Settings,
        handle: Handle,
        migrations: Path,
        on_start: "Callable[[Worker], Awaitable[None]] | None" = None,
        on_stop: "Callable[[Worker], Awaitable[None]] | None" = None,
        background: Sequence[Step] = (),
        checks: Mapping[str, Check] | None = None,
        take: int = 500,
        within: float = 0.05,
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        self.service = service
        self.settings = settings
        self.progress = Progress()
        self._topics = tuple(topics)
        self._handle = handle
        self._migrations = migrations
        self._on_start = on_start
        self._on_stop = on_stop
        self._background = tuple(background)
        self._checks = dict(checks or {})
        self._take = take
        self._within = within
        self._end = leave
        self._app: Any = None
        self._lag: int | None = None

    def main(self) -> NoReturn:
        """Run until told to stop; ends the process."""
        Process(
            service=self.service,
            settings=self.settings,
            checks={**self._own_checks(), **self._checks},
            on_start=self._start,
            on_stop=self._stop,
            background=(self._measure, *self._background, self._consume),
            progress=self.progress,
            leave=self._leave,
        ).main()

    def _own_checks(self) -> dict[str, Check]:
        """Return what every worker must have to be ready."""

        async def broker() -> bool:
            return await self.publisher.ready()

        async def lag() -> bool:
            return self._lag is not None and self._lag <= READY_LAG

        async def consumer() -> bool:
            return self._app is not None and self._app.started and not self._app.rebalancing

        return {
            "broker": broker,
            **postgres.checks(lambda: self.pool, self._migrations),
            "lag": lag,
            "consumer": consumer,
        }

    async def _start(self) -> None:
        self.pool = await postgres.create_pool(self.settings)
        self.publisher = kafka.Publisher(self.service, self.settings.kafka_bootstrap)
        if self._on_start is not None:
            await self._on_start(self)

    async def _stop(self) -> None:
        if self._on_stop is not None:
            await self._on_stop(self)
        await self.publisher.stop()
        self.pool.terminate()

    async def _consume(self) -> None:
        """Run Faust inside our loop until we are cancelled; its crash is ours."""
        with TemporaryDirectory(prefix="faust-") as folder:  # Faust insists on one; it stays empty
            self._app = _faust_app(self.service, self.settings, self._take, folder)
            await self._run(self._app)

    async def _run(self, app: Any) -> None:  # noqa: ANN401 - Faust has no types
        """Start the app with its one agent, and stop it when we are cancelled."""
        topic = app.topic(
            *self._topics,
            key_type=bytes,
            key_serializer="raw",
            value_type=bytes,
            value_serializer="raw",
        )
        app.agent(topic, name=self.service)(self._agent)
        app.finalize()
        try:
            await app.start()
            await app.wait_until_stopped()
            raise Crashed
        finally:
            await app.stop()

    async def _agent(self, stream: Any) -> None:  # noqa: ANN401 - Faust has no types
        """Handle batch after batch; nothing but the process's end stops this."""
        guard = Guard(
            self.service,
            attempts.PostgresAttempts(self.pool),
            progress=self.progress,
            leave=self._leave,
        )
        async for events in stream.take_events(self._take, within=self._within):
            try:
                await guard.run([_message(event) for event in events], self._handle)
            except asyncio.CancelledError:
                _log.warning("cancelled with a batch in hand, leaving", count=len(events))
                self._leave(0)
                raise

    async def _measure(self) -> None:
        """Watch how far behind we are, how many dead letters wait, and whether we move."""
        async with LagReader(self.settings.kafka_bootstrap) as reader:
            while True:
                lag = await reader.lag(self.service, self._topics)
                self._note(lag)
                self._leave_if_stuck()
                await attempts.measure(self.pool, self.service, self._topics)
                await asyncio.sleep(MEASURE_SECONDS)

    def _note(self, lag: Mapping[TopicPartition, tuple[int, int]]) -> None:
        for topic in self._topics:
            behind = sum(n for place, (_, n) in lag.items() if place.topic == topic)
            metrics.LAG.labels(self.service, topic).set(behind)
        self._lag = sum(n for _, n in lag.values())
        running = self._app is not None and self._app.started
        assigned = self._app.consumer.assignment() if running else set()
        self.progress.seen(ours({tuple(place): at for place, at in lag.items()}, assigned))

    def _leave_if_stuck(self) -> None:
        """End a worker whose consumer died in silence, which Faust's have been seen to do."""
        if not self.progress.alive():
            _log.critical("no progress, leaving", count=self._lag)
            self._leave(EXIT_FAILED)

    def _leave(self, code: int) -> None:
        """End the process without acknowledging anything.

        The broker is told first, so that whoever takes over need not wait for our session to end
        (measured: 4 s to the next message instead of 12). Faust has no word for it, hence the
        private names; should they change, the end of the session does it.
        """
        try:
            with contextlib.suppress(AttributeError, RuntimeError, TimeoutError):
                thread = self._app.consumer._thread  # noqa: SLF001
                leaving = thread._consumer._coordinator._maybe_leave_group()  # noqa: SLF001
                asyncio.run_coroutine_threadsafe(leaving, thread.thread_loop).result(LEAVE_SECONDS)
        finally:  # whatever else it was
            self._end(code)


class Crashed(RuntimeError):
    """Faust stopped by itself."""


def _message(event: Any) -> Message:  # noqa: ANN401 - Faust has no types
    """Read one Faust event as ours."""
    raw = event.message
    headers = (
        tuple(raw.headers.items()) if isinstance(raw.headers, dict) else tuple(raw.headers or ())
    )
    place = (raw.topic, raw.partition, raw.offset)
    return Message(*place, raw.key, raw.value, headers, raw.timestamp)


def _faust_app(service: str, settings: Settings, take: int, folder: str) -> Any:  # noqa: ANN401
    """Make the app; each setting was measured or is explained in reliability.md 3.2."""
    return faust.App(
        service,
        loop=asyncio.get_running_loop(),
        broker=f"kafka://{settings.kafka_bootstrap}",
        broker_credentials=broker_tls.credentials(),
        broker_client_id=service,
        store="memory://",
        datadir=folder,
        autodiscover=False,
        topic_allow_declare=False,  # topics are made from schemas/asyncapi
        topic_disable_leader=True,
        web_enabled=False,  # else it binds 0.0.0.0:6066
        stream_wait_empty=True,  # without it a SIGTERM loses what is in flight
        processing_guarantee="at_least_once",
        broker_session_timeout=10,  # the default of 60 s delays take-over after a crash
        broker_heartbeat_interval=3,
        broker_commit_every=100,
        broker_commit_interval=1.0,
        broker_max_poll_records=take,
        stream_buffer_maxsize=max(256, take),
        consumer_max_fetch_size=kafka.MAX_BYTES,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        producer_request_timeout=30,
    )
