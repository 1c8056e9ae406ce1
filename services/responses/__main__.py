"""Runs the responses: `python -m services.responses`."""

import asyncio
from pathlib import Path

from services.responses import entering, watching
from services.responses.api import create_app
from services.responses.desk import Desk
from services.responses.settings import Settings
from services.runtime import postgres, serving
from services.runtime.process import Process

SERVICE = "responses"
MIGRATIONS = Path(__file__).with_name("migrations")


def main() -> None:
    settings = Settings.load("jwks_file", "http_port")
    app = create_app(settings)
    desk: Desk = app.state.desk

    async def start() -> None:
        desk.pool = await postgres.create_pool(settings)
        await postgres.patiently(lambda: entering.preload(desk.pool, desk.catalogue))

    async def stop() -> None:
        desk.pool.terminate()
        await desk.measures.close()

    async def watch() -> None:
        while True:
            await watching.look(desk)
            await asyncio.sleep(settings.findings_every.total_seconds())

    Process(
        service=SERVICE,
        settings=settings,
        checks=postgres.checks(lambda: desk.pool, MIGRATIONS),
        on_start=start,
        on_stop=stop,
        background=[watch],
        app=serving.whole(app, SERVICE),
    ).main()


if __name__ == "__main__":
    main()
