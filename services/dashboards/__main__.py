"""Runs the dashboards: `python -m services.dashboards`."""

from pathlib import Path

from services.dashboards import silence
from services.dashboards.api import create_app
from services.dashboards.behalf import behalf_of
from services.dashboards.desk import Desk
from services.dashboards.elsewhere import Elsewhere
from services.dashboards.settings import Settings
from services.runtime import postgres, serving
from services.runtime.process import Process

SERVICE = "dashboards"
READERS = "dashboards_reader"
MIGRATIONS = Path(__file__).with_name("migrations")


def main() -> None:
    settings = Settings.load(
        "jwks_file", "http_port", "acting_key_file", "intake_url", "directory_url"
    )
    app = create_app(settings)
    desk: Desk = app.state.desk
    elsewhere: Elsewhere = app.state.elsewhere
    desk.behalf = behalf_of(settings)

    async def start() -> None:
        desk.pool = await postgres.create_pool(settings)
        desk.readers = await postgres.create_pool(settings, role=READERS)

    async def stop() -> None:
        await elsewhere.close()
        desk.readers.terminate()
        desk.pool.terminate()
        await desk.behalf.close()

    async def watch() -> None:
        await silence.watch(desk)

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
