"""From which topics does the ledger hear, and what does it do beside?"""

from collections.abc import Sequence
from pathlib import Path

from services.ledger import handlers, lately, overrules, practice, store, sweep
from services.ledger.lag import Lag
from services.ledger.settings import Settings
from services.runtime import clock
from services.runtime.contracts import Contracts
from services.runtime.guard import Message
from services.runtime.stream import Worker

SERVICE = "ledger"


def topics(settings: Settings) -> list[str]:
    """Return what the ledger listens to: chronologies, and every deployed judge."""
    return [handlers.CHRONOLOGIES, *(handlers.topic_of(judge) for judge in settings.judges)]


def worker(settings: Settings) -> Worker:
    """Compose the worker: it keeps what it hears, sweeps for what it does not, and counts."""
    policy = Contracts.load(settings.schemas, settings.policy_pack).policy()
    lag = Lag(clock.now())

    async def batch(messages: Sequence[Message]) -> None:
        await handlers.handle(made.pool, messages, policy, lag)

    async def start(worker: Worker) -> None:
        await store.deploy_judges(worker.pool, settings.judges)

    async def sweeping() -> None:
        await sweep.run(made.pool, settings, SERVICE, topics(settings))

    async def counting() -> None:
        await overrules.run(made.pool)

    async def practising() -> None:
        await practice.run(made.pool)

    async def looking_back() -> None:
        await lately.run(made.pool, policy)

    made = Worker(
        service=SERVICE,
        topics=topics(settings),
        settings=settings,
        handle=batch,
        migrations=Path(__file__).with_name("migrations"),
        on_start=start,
        background=[sweeping, counting, practising, looking_back],
    )
    return made
