"""The directory, served in this process over a Postgres of a test."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from deploy.embedded.tokens import PERSONAS, mint, signing_key
from services.directory import reading, store
from services.directory.api import create_app
from services.directory.catalogue import Catalogue
from services.directory.settings import Settings
from services.runtime import clock, problems
from services.runtime.contracts import Contracts
from tests.services.conftest import readers_of

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Ask = Callable[..., Awaitable[httpx.Response]]
Bearers = Mapping[str | None, Mapping[str, str]]
Bring = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture(scope="session")
def catalogue(contracts: Contracts) -> Catalogue:
    return Catalogue.load(contracts)


@pytest.fixture
async def pool(dsn: Callable[[str], str]) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(dsn("directory"), min_size=1) as pool:
        yield pool


@pytest.fixture
async def readers(dsn: Callable[[str], str]) -> AsyncIterator[Pool]:
    async with readers_of(dsn("directory"), "directory") as pool:
        yield pool


@pytest.fixture
async def filled(pool: Pool, catalogue: Catalogue) -> None:
    """The invented services of schemas/directory are in."""
    await store.keep(pool, reading.read_files(catalogue), store.FILES)


@pytest.fixture
def bearers(tmp_path: Path) -> Bearers:
    """What each persona says of itself; None says nothing."""
    key = signing_key(tmp_path / "private.json", tmp_path / "jwks.json")
    said: dict[str | None, Mapping[str, str]] = {None: {}}
    for persona in PERSONAS:
        said[persona] = {"Authorization": f"Bearer {mint(key, persona, clock.now())}"}
    return said


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
    problems.install(app)
    app.state.desk.pool = pool
    app.state.desk.readers = readers
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://directory") as client:
        yield client


@pytest.fixture
def ask(client: httpx.AsyncClient, bearers: Bearers) -> Ask:
    """Ask as a persona, with parameters by name."""

    async def asked(persona: str | None, path: str, **query: str) -> httpx.Response:
        return await client.get(path, params=query, headers=bearers[persona])

    return asked


@pytest.fixture
def bring(client: httpx.AsyncClient, bearers: Bearers) -> Bring:
    """Bring in a file as a persona."""

    async def brought(
        content: bytes, kind: str = "application/json", persona: str = "administrator", **query: str
    ) -> httpx.Response:
        headers = {**bearers[persona], "Content-Type": kind}
        return await client.post("/api/v1/imports", content=content, params=query, headers=headers)

    return brought
