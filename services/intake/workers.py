"""How do the processes beside intake's API (relay, matcher) start, run and stop?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

import asyncpg

from services.runtime import kafka, postgres
from services.runtime.guard import NotNow
from services.runtime.process import Process
from services.runtime.settings import Settings
from services.runtime.status import Progress

Step = Callable[[], Awaitable[None]]
Steps: TypeAlias = "Callable[[Worker], Awaitable[Sequence[Step]]]"

MIGRATIONS: Final = Path(__file__).parent / "migrations"


class Worker:
    """A process without pages that runs steps for ever.

    `steps` makes them once `pool` is open; they tell `progress` of every pass, and of "not now",
    which they bear themselves. Any exception that leaves a step ends the process.
    """

    pool: "asyncpg.Pool[asyncpg.Record]"

    def __init__(self, service: str, settings: Settings, steps: Steps) -> None:
        self.settings = settings
        self.publisher = kafka.Publisher(service, settings.kafka_bootstrap)
        self.progress = Progress()
        self._service = service
        self._steps = steps

    def main(self) -> NoReturn:
        """Run until told to stop; ends the process."""
        Process(
            service=self._service,
            settings=self.settings,
            checks={
                "broker": self.publisher.ready,
                **postgres.checks(lambda: self.pool, MIGRATIONS),
            },
            on_start=self._start,
            on_stop=self._stop,
            background=(self._run,),
            progress=self.progress,
        ).main()

    async def _start(self) -> None:
        self.pool = await postgres.create_pool(self.settings)

    async def _stop(self) -> None:
        await self.publisher.stop()
        self.pool.terminate()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for step in await self._steps(self):
                tasks.create_task(postgres.patiently(step, also=(NotNow,)))
