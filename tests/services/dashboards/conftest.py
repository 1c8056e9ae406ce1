"""The dashboards, served in this process over a ledger that a test fills."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from deploy.embedded.tokens import PERSONAS, mint, signing_key
from services.dashboards.api import create_app
from services.dashboards.settings import Settings
from services.domain.gaps import Gap
from services.ledger.handlers import keep
from services.runtime import clock, problems
from services.runtime.contracts import Contracts
from services.runtime.settings import REPOSITORY
from tests.gaps import verdict
from tests.services.conftest import readers_of

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Ask = Callable[..., Awaitable[httpx.Response]]
Tell = Callable[..., Awaitable[None]]


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    return Contracts.load(REPOSITORY / "schemas")


@pytest.fixture
async def tell(dsn: Callable[[str], str]) -> AsyncIterator[Tell]:
    """Tell the ledger what is owed to a child at a version."""
    async with asyncpg.create_pool(dsn("ledger"), min_size=1) as pool:

        async def told(*gaps: Gap, version: int = 1, child_ref: str = "child-a") -> None:
            await keep(pool, [], [verdict(*gaps, version=version, child_ref=child_ref)])

        yield told


@pytest.fixture
async def dashboards_pool(dsn: Callable[[str], str]) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(dsn("dashboards"), min_size=1) as pool:
        yield pool


@pytest.fixture
async def dashboards_readers(dsn: Callable[[str], str]) -> AsyncIterator[Pool]:
    async with readers_of(dsn("dashboards"), "dashboards") as pool:
        yield pool


@pytest.fixture
async def ask(
    dashboards_pool: Pool, dashboards_readers: Pool, contracts: Contracts, tmp_path: Path
) -> AsyncIterator[Ask]:
    """Asks for gaps as a persona, with parameters by name."""
    key = signing_key(tmp_path / "private.json", tmp_path / "jwks.json")
    tokens = {persona: mint(key, persona, clock.now()) for persona in PERSONAS}
    settings = Settings(
        postgres_dsn=SecretStr("unused"), kafka_bootstrap="unused", jwks_file=tmp_path / "jwks.json"
    )
    app = create_app(settings, contracts)
    problems.install(app)
    app.state.desk.pool = dashboards_pool
    app.state.desk.readers = dashboards_readers
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://dashboards") as client:

        async def asked(
            persona: str | None, path: str = "/api/v1/gaps", *, accept: str = "*/*", **query: str
        ) -> httpx.Response:
            bearer = {} if persona is None else {"Authorization": f"Bearer {tokens[persona]}"}
            return await client.get(path, params=query, headers={"Accept": accept, **bearer})

        yield asked


def ids(answer: httpx.Response) -> list[int]:
    """The numbers of the gaps on a page, in its order."""
    assert answer.status_code == 200, answer.text
    return [int(item["gap_id"].replace("-", ""), 16) for item in answer.json()["items"]]
