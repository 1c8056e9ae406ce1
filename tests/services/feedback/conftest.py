"""The feed over a real database: chronology and ledger are filled by their own services."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.chronology.handlers import Handlers
from services.domain.gaps import Gap
from services.domain.registry import Registry
from services.feedback import handlers
from services.ledger.handlers import keep
from services.runtime.contracts import Contracts
from services.runtime.guard import Message
from tests.domain.rules.build import Wire, when
from tests.gaps import verdict
from tests.services.conftest import Dsn, Pool, pool_of

ROOT = Path(__file__).resolve().parents[3]
NOW = when("2026-03-10 09:00")
SETTLE = timedelta(seconds=60)
_offsets = count()


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Contracts.load(ROOT / "schemas").registry


@dataclass
class Told:
    """What the feed is told, and what it tells; `now` is its time."""

    feedback: Pool
    chronology: Pool
    ledger: Pool
    registry: Registry
    now: datetime = NOW
    versions: dict[str, int] = field(default_factory=dict)

    async def happened(self, *events: Wire) -> None:
        """Store events in the chronology, and tell of their children."""
        await self.stored(*events)
        await self.heard()

    async def stored(self, *events: Wire) -> None:
        messages = [
            Message("police.events", 0, next(_offsets), b"r", msgspec.json.encode(event))
            for event in events
        ]
        await Handlers(self.chronology).handle(messages)

    async def heard(self, said: bytes | None = b'{"erased": false}') -> None:
        """Hear that every child's history has changed."""
        rows = await self.chronology.fetch("SELECT child_ref FROM child")
        messages = [
            Message("child.chronologies", 0, next(_offsets), row["child_ref"].encode(), said)
            for row in rows
        ]
        await handlers.handle(self.feedback, self.registry, messages, self.now)

    async def believed(self, *gaps: Gap, child_ref: str = "child-a", **more: Any) -> None:  # noqa: ANN401 - of a verdict
        """Let the ledger believe these gaps of a child, and follow it."""
        version = self.versions[child_ref] = self.versions.get(child_ref, 0) + 1
        said = verdict(*gaps, version=version, child_ref=child_ref, **more)
        await keep(self.ledger, [], [said])
        await self.followed()

    async def followed(self) -> None:
        while await handlers.follow(self.feedback, self.now, SETTLE):
            pass

    async def entries(self, agency: str = "norfolk-police") -> list[dict[str, Any]]:
        rows = await self.feedback.fetch(
            "SELECT * FROM entry WHERE agency = $1 ORDER BY seq", agency
        )
        return [dict(row) | {"data": msgspec.json.decode(row["data"])} for row in rows]

    async def types(self, agency: str = "norfolk-police") -> list[str]:
        """What an agency was told, in a word each."""
        every = await self.entries(agency)
        return [one["type"].removeprefix("feedback.").removesuffix(".v1") for one in every]


@pytest.fixture
async def told(dsn: Dsn, chronology_pool: Pool, registry: Registry) -> AsyncIterator[Told]:
    async with pool_of(dsn("feedback")) as feedback, pool_of(dsn("ledger")) as ledger:
        yield Told(feedback, chronology_pool, ledger, registry)
