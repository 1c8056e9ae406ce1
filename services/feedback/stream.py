"""From which topic does the feed hear of children, and what does it follow beside?"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from services.feedback import handlers
from services.feedback.settings import Settings
from services.runtime import clock
from services.runtime.contracts import Contracts
from services.runtime.guard import Message
from services.runtime.stream import Worker

SERVICE: Final = "feedback"
TOPIC: Final = "child.chronologies"
MIGRATIONS: Final = Path(__file__).with_name("migrations")


def worker(settings: Settings) -> Worker:
    """Compose the worker: it hears whose history has changed, and follows ledger and time."""
    contracts = Contracts.load(settings.schemas)
    settle = contracts.delivery().settle

    async def batch(messages: Sequence[Message]) -> None:
        await handlers.handle(made.pool, contracts.registry, messages, clock.now())

    async def follow() -> None:
        while True:
            if not await handlers.follow(made.pool, clock.now(), settle):
                await asyncio.sleep(settings.follow_seconds)

    made = Worker(
        service=SERVICE,
        topics=(TOPIC,),
        settings=settings,
        handle=batch,
        migrations=MIGRATIONS,
        background=(follow,),
        take=200,
    )
    return made
