"""Which topics does the chronology read, and what runs beside it?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from services.chronology.erasing import Finisher
from services.chronology.handlers import Handlers
from services.chronology.publisher import SERVICE, Publisher
from services.chronology.settings import Settings
from services.runtime import stream
from services.runtime.guard import Message

TOPICS: Final = ("police.events", "social-care.events", "partner.events", "staff.events")
MIGRATIONS: Final = Path(__file__).parent / "migrations"


def worker(settings: Settings) -> stream.Worker:
    """Make the worker: it applies events, and publishes beside that what has changed."""

    async def handle(messages: Sequence[Message]) -> None:
        await Handlers(made.pool, settings.gather_ms).handle(messages)

    async def publish() -> None:
        await Publisher(made.pool, made.publisher).run()

    async def finish() -> None:
        await Finisher(made.pool, made.publisher).run()

    made = stream.Worker(
        service=SERVICE,
        topics=TOPICS,
        settings=settings,
        handle=handle,
        migrations=MIGRATIONS,
        background=(publish, finish),
    )
    return made
