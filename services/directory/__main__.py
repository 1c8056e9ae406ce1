"""Runs the directory: `python -m services.directory`."""

from pathlib import Path

from services.directory import reading, store
from services.directory.api import create_app
from services.directory.desk import Desk
from services.directory.settings import Settings
from services.runtime import postgres, serving
from services.runtime.process import Process

SERVICE = "directory"
READERS = "directory_reader"
MIGRATIONS = Path(__file__).with_name("migrations")


def main() -> None:
    settings = Settings.load("jwks_file", "http_port")
    app = create_app(settings)
    desk: Desk = app.state.desk
    rows = reading.read_files(desk.catalogue)

    async def start() -> None:
        desk.pool = await postgres.create_pool(settings)
        desk.readers = await postgres.create_pool(settings, role=READERS)
        await postgres.patiently(lambda: store.keep(desk.pool, rows, store.FILES))

    async def stop() -> None:
        desk.readers.terminate()
        desk.pool.terminate()

    Process(
        service=SERVICE,
        settings=settings,
        checks=postgres.checks(lambda: desk.pool, MIGRATIONS),
        on_start=start,
        on_stop=stop,
        app=serving.whole(app, SERVICE),
    ).main()


if __name__ == "__main__":
    main()
