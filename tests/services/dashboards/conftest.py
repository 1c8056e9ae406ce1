"""The dashboards, served in this process over a ledger that a test fills."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from services.dashboards.api import create_app
from services.dashboards.settings import Settings
from services.domain.gaps import Gap
from services.ledger.handlers import keep
from services.runtime.contracts import Contracts
from tests.gaps import verdict
from tests.services import served
from tests.services.conftest import Dsn, Pool, pool_of, readers_of
from tests.services.served import Bearers

Ask = served.Ask
Tell = Callable[..., Awaitable[None]]


@pytest.fixture
async def tell(dsn: Dsn) -> AsyncIterator[Tell]:
    """Tell the ledger what is owed to a child at a version."""
    async with pool_of(dsn("ledger")) as pool:

        async def told(*gaps: Gap, version: int = 1, child_ref: str = "child-a") -> None:
            await keep(pool, [], [verdict(*gaps, version=version, child_ref=child_ref)])

        yield told


@pytest.fixture
async def dashboards_pool(dsn: Dsn) -> AsyncIterator[Pool]:
    async with pool_of(dsn("dashboards")) as pool:
        yield pool


@pytest.fixture
async def dashboards_readers(dsn: Dsn) -> AsyncIterator[Pool]:
    async with readers_of(dsn("dashboards"), "dashboards") as pool:
        yield pool


@pytest.fixture
async def ask(
    dashboards_pool: Pool,
    dashboards_readers: Pool,
    contracts: Contracts,
    tmp_path: Path,
    bearers: Bearers,
) -> AsyncIterator[Ask]:
    """Asks for gaps as a persona; `bearers` has made the keys that it is known by."""
    settings = Settings(
        postgres_dsn=SecretStr("unused"), kafka_bootstrap="unused", jwks_file=tmp_path / "jwks.json"
    )
    app = create_app(settings, contracts)
    app.state.desk.pool = dashboards_pool
    app.state.desk.readers = dashboards_readers
    async with served.client_of(app, "dashboards") as client:
        yield served.asking(client, bearers, "/api/v1/gaps")


def ids(answer: httpx.Response) -> list[int]:
    """The numbers of the gaps on a page, in its order."""
    assert answer.status_code == 200, answer.text
    return [int(item["gap_id"].replace("-", ""), 16) for item in answer.json()["items"]]
