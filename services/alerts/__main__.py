"""Runs the alerts: `python -m services.alerts`."""

from pathlib import Path
from tomllib import TOMLDecodeError

from services.alerts import stream
from services.alerts.api import create_app
from services.alerts.desk import Desk
from services.alerts.handlers import Keeper
from services.alerts.mailer import Mailer
from services.alerts.outbox import Outbox
from services.alerts.settings import Settings
from services.domain.alert_policy_file import AlertPolicyFaults
from services.domain.contacts import ContactFaults
from services.runtime import postgres, serving
from services.runtime.process import Process
from services.runtime.settings import Misconfigured
from services.runtime.status import Progress

SERVICE = "alerts"
READERS = "alerts_reader"
MIGRATIONS = Path(__file__).with_name("migrations")


def main() -> None:
    settings = Settings.load("jwks_file", "http_port")
    try:
        app = create_app(settings)
    except (AlertPolicyFaults, ContactFaults, OSError, TOMLDecodeError) as faults:
        raise Misconfigured(f"Cannot start: {faults}") from None
    desk: Desk = app.state.desk
    progress = Progress()

    def keeper() -> Keeper:
        return Keeper(desk.pool, desk.telling, desk.registry)

    def outbox() -> Outbox:
        mailer = Mailer(settings) if desk.mails else None
        return Outbox(desk.pool, desk.telling, settings.alerts_link, mailer)

    async def start() -> None:
        desk.pool = await postgres.create_pool(settings)
        desk.readers = await postgres.create_pool(settings, role=READERS)

    async def stop() -> None:
        desk.readers.terminate()
        desk.pool.terminate()

    Process(
        service=SERVICE,
        settings=settings,
        checks=postgres.checks(lambda: desk.pool, MIGRATIONS),
        on_start=start,
        on_stop=stop,
        background=[
            lambda: stream.keep(keeper(), progress),
            lambda: stream.tidy(keeper()),
            lambda: stream.deliver(outbox()),
            lambda: stream.report(outbox()),
            lambda: stream.measure(desk.pool),
        ],
        app=serving.whole(app, SERVICE),
        progress=progress,
    ).main()


if __name__ == "__main__":
    main()
