"""The alerts of a ledger, and of a chronology, that a test fills."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from services.alerts.api import create_app
from services.alerts.desk import Desk
from services.alerts.handlers import Keeper
from services.alerts.settings import Settings
from services.domain.events import Event
from services.domain.gaps import Gap
from services.ledger.handlers import keep
from services.runtime import clock
from services.runtime.contracts import Contracts
from tests.gaps import HOUR, gap, verdict
from tests.services import served
from tests.services.conftest import Dsn, Pool, pool_of, readers_of
from tests.services.served import Bearers

Tell = Callable[..., Awaitable[None]]
Say = Callable[..., Awaitable[Event]]
Ask = served.Ask


def owed(number: int = 1, hours: float = 1, **changes: Any) -> Gap:  # noqa: ANN401 - any field
    """A decision that has been owed for so many hours."""
    return gap(number, opens_at=clock.now() - hours * HOUR, **changes)


@pytest.fixture
async def tell(dsn: Dsn) -> AsyncIterator[Tell]:
    """Tell the ledger what is owed to a child at a version."""
    async with pool_of(dsn("ledger")) as pool:

        async def told(*gaps: Gap, version: int = 1, child_ref: str = "child-a") -> None:
            await keep(pool, [], [verdict(*gaps, version=version, child_ref=child_ref)])

        yield told


@pytest.fixture
async def say(chronology_pool: Pool) -> Say:
    """Have chronology hold what somebody said of a child's alerts."""

    async def said(  # noqa: PLR0913 - an event, by name
        event_type: str,
        *gaps: Gap,
        agency: str = "norfolk-csc",
        child_ref: str = "child-a",
        event_id: str = "word-1",
        facts: dict[str, Any] | None = None,
        stored_at: datetime | None = None,
    ) -> Event:
        now = clock.now()
        event = Event(
            source=f"/{agency}/pages",
            id=event_id,
            type=event_type,
            time=now,
            received_at=now,
            agency=agency,
            record_ref=child_ref,
            staff_ref=None,
            feature_version=1,
            revision=0,
            facts={"gap_ids": [each.gap_id for each in gaps]} | (facts or {}),
        )
        async with chronology_pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO child (child_ref) VALUES ($1) ON CONFLICT DO NOTHING", child_ref
            )
            await connection.execute(
                "INSERT INTO record (record_ref, child_ref) VALUES ($1, $1) ON CONFLICT DO NOTHING",
                child_ref,
            )
            await connection.execute(
                """INSERT INTO event (source, id, type, time, record_ref, feature_version, revision,
                    body, child_version, stored_at)
                VALUES ($1, $2, $3, $4, $5, 1, 0, $6, 1, $7)""",
                event.source, event.id, event.type, event.time, child_ref,
                msgspec.json.encode(event.to_wire()), stored_at or clock.now(),
            )  # fmt: skip
        return event

    return said


@pytest.fixture
async def alerts_pool(dsn: Dsn) -> AsyncIterator[Pool]:
    """A pool in the role of alerts."""
    async with pool_of(dsn("alerts")) as pool:
        yield pool


@pytest.fixture
async def alerts_readers(dsn: Dsn) -> AsyncIterator[Pool]:
    """A pool that shows nothing until a transaction says who asks."""
    async with readers_of(dsn("alerts"), "alerts") as pool:
        yield pool


@pytest.fixture
def app(
    alerts_pool: Pool, alerts_readers: Pool, contracts: Contracts, tmp_path: Path, bearers: Bearers
) -> FastAPI:
    """The service; `bearers` has made the keys that it checks by."""
    assert bearers
    settings = Settings(
        postgres_dsn=SecretStr("unused"), kafka_bootstrap="unused", jwks_file=tmp_path / "jwks.json"
    )
    app = create_app(settings, contracts)
    app.state.desk.pool = alerts_pool
    app.state.desk.readers = alerts_readers
    return app


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    """What the pages are answered by."""
    found: Desk = app.state.desk
    return found


@pytest.fixture
def keeper(desk: Desk) -> Keeper:
    """What keeps alerts, in this process."""
    return Keeper(desk.pool, desk.telling, desk.registry)


@pytest.fixture
async def ask(app: FastAPI, bearers: Bearers) -> AsyncIterator[Ask]:
    """Asks as a persona, with parameters by name."""
    async with served.client_of(app, "alerts") as client:
        yield served.asking(client, bearers, "/api/v1/alerts")


async def settle(keeper: Keeper) -> None:
    """Hear what there is to hear, and look until nobody is due."""
    await keeper.notice()
    while await keeper.look():
        pass
