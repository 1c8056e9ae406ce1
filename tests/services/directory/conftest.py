"""The directory, served in this process over a Postgres of a test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from services.directory import reading, store
from services.directory.api import create_app
from services.directory.catalogue import Catalogue
from services.directory.settings import Settings
from services.runtime.contracts import Contracts
from tests.services import served
from tests.services.conftest import Dsn, Pool, pool_of, readers_of
from tests.services.served import Bearers

Ask = served.Ask
Bring = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture(scope="session")
def catalogue(contracts: Contracts) -> Catalogue:
    return Catalogue.load(contracts)


@pytest.fixture
async def pool(dsn: Dsn) -> AsyncIterator[Pool]:
    async with pool_of(dsn("directory")) as pool:
        yield pool


@pytest.fixture
async def readers(dsn: Dsn) -> AsyncIterator[Pool]:
    async with readers_of(dsn("directory"), "directory") as pool:
        yield pool


@pytest.fixture
async def filled(pool: Pool, catalogue: Catalogue) -> None:
    """The invented services of schemas/directory are in."""
    await store.keep(pool, reading.read_files(catalogue), store.FILES)


@pytest.fixture
async def client(
    pool: Pool, readers: Pool, contracts: Contracts, tmp_path: Path, bearers: Bearers
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service; `bearers` has made the keys that it checks by."""
    assert bearers
    settings = Settings(
        postgres_dsn=SecretStr("unused"), kafka_bootstrap="unused", jwks_file=tmp_path / "jwks.json"
    )
    app = create_app(settings, contracts)
    app.state.desk.pool = pool
    app.state.desk.readers = readers
    async with served.client_of(app, "directory") as client:
        yield client


@pytest.fixture
def ask(client: httpx.AsyncClient, bearers: Bearers) -> Ask:
    return served.asking(client, bearers)


@pytest.fixture
def bring(client: httpx.AsyncClient, bearers: Bearers) -> Bring:
    """Bring in a file as a persona."""

    async def brought(
        content: bytes, kind: str = "application/json", persona: str = "administrator", **query: str
    ) -> httpx.Response:
        headers = {**bearers[persona], "Content-Type": kind}
        return await client.post("/api/v1/imports", content=content, params=query, headers=headers)

    return brought
