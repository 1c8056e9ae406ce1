"""A real Chromium, and the services' pages over one database with something of every agency."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, async_playwright

from deploy.embedded import browser
from deploy.embedded.progress import aloud
from services.runtime.contracts import Contracts
from tests.access.conftest import clients, contracts, dsn, keys, objects, schemas
from tests.access.world import World
from tests.browser import county, offered
from tests.browser.looking import Looking
from tests.browser.served import Served, served
from tests.services.conftest import Dsn, postgres_port, template

__all__ = [
    "clients", "contracts", "dsn", "keys", "objects", "postgres_port", "schemas", "template",
]  # fmt: skip
FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def tools() -> None:
    """Chromium, axe-core and the validator; a test without them would show nothing."""
    assert browser.fetch(aloud), "`make deps` fetches what pages are looked at with, on Debian"


@pytest.fixture(scope="session")
async def sites(  # noqa: PLR0913 - what they are served over
    objects: World,
    dsn: Dsn,
    contracts: Contracts,
    keys: Path,
    clients: dict[str, httpx.AsyncClient],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Mapping[str, Served]]:
    """Every service with pages; the database is filled before."""
    assert objects
    await county.count(dsn, contracts)
    await offered.fill(dsn, contracts)
    async with served(dsn, contracts, keys, tmp_path_factory.mktemp("sites"), clients) as found:
        yield found


@pytest.fixture(scope="session")
async def chromium(tools: None) -> AsyncIterator[Browser]:
    """The browser."""
    del tools
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=browser.chromium(), args=FLAGS)
        yield launched
        await launched.close()


@pytest.fixture(scope="session")
async def looking(
    chromium: Browser, sites: Mapping[str, Served], objects: World
) -> AsyncIterator[Looking]:
    """Opens pages as personas."""
    async with Looking(chromium, sites, objects) as found:
        yield found
