"""The services in this process, over a real database that holds something of every agency."""

import json
import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from deploy import access
from deploy.embedded.places import PROJECT
from services.runtime.contracts import Contracts
from tests.access import faces, world
from tests.access.people import published
from tests.services.conftest import Dsn, as_owner, fresh_database, postgres_port, template

__all__ = ["postgres_port", "template"]


@pytest.fixture(scope="session")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """schemas/ with two agencies of another county in its registry."""
    folder = tmp_path_factory.mktemp("access") / "schemas"
    shutil.copytree(PROJECT / "schemas", folder)
    registry = folder / "agencies.toml"
    registry.write_text(registry.read_text() + world.REGISTERED)
    return folder


@pytest.fixture(scope="session")
def contracts(schemas: Path) -> Contracts:
    return Contracts.load(schemas)


@pytest.fixture(scope="session")
async def dsn(postgres_port: int, template: str, contracts: Contracts) -> AsyncIterator[Dsn]:
    """The address, by role, of the one database of the matrix."""
    agencies = contracts.registry.agencies.values()
    async with fresh_database(postgres_port, template) as found:
        await as_owner(found("postgres"), partial(access.prepare, agencies=agencies))
        yield found


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys by which the services know tokens."""
    jwks = tmp_path_factory.mktemp("keys") / "jwks.json"
    jwks.write_text(json.dumps(published()))
    return jwks


@pytest.fixture(scope="session")
async def clients(
    dsn: Dsn, contracts: Contracts, keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A client for every service."""
    folder = tmp_path_factory.mktemp("faces")
    async with faces.faces(dsn, contracts, keys, folder) as found:
        yield found


@pytest.fixture(scope="session")
async def objects(
    dsn: Dsn, clients: dict[str, httpx.AsyncClient], contracts: Contracts
) -> world.World:
    """Something of every agency."""
    return await world.build(dsn, clients["intake"], contracts)
