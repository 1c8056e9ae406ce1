"""Runs intake's API: `python -m services.intake`."""

import asyncio
from pathlib import Path

from services.intake.api import create_app
from services.intake.desk import Desk
from services.intake.settings import KEYS, Settings
from services.runtime import kafka, postgres, serving
from services.runtime.process import Process

SERVICE = "intake"
READERS = "intake_reader"
MIGRATIONS = Path(__file__).with_name("migrations")
SAMPLE_SECONDS = 1.0
TIDY_SECONDS = 3600.0


def main() -> None:
    settings = Settings.load(*KEYS, "http_port")
    app = create_app(settings)
    desk: Desk = app.state.desk

    async def start() -> None:
        await desk.open(
            await postgres.create_pool(settings),
            await postgres.create_pool(settings, role=READERS),
        )

    async def stop() -> None:
        desk.readers.terminate()
        desk.pool.terminate()

    async def sample() -> None:
        while True:
            await desk.sample()
            await asyncio.sleep(SAMPLE_SECONDS)

    async def tidy() -> None:
        while True:
            await postgres.patiently(desk.tidy)
            await asyncio.sleep(TIDY_SECONDS)

    async def broker() -> bool:
        return await kafka.reachable(settings.kafka_bootstrap)

    Process(
        service=SERVICE,
        settings=settings,
        checks=postgres.checks(lambda: desk.pool, MIGRATIONS),
        wishes={"broker": broker},  # the relay's need: events are accepted while it is away
        on_start=start,
        on_stop=stop,
        background=(sample, desk.work_off, desk.erase, tidy),
        app=serving.whole(app, SERVICE),
    ).main()


if __name__ == "__main__":
    main()
