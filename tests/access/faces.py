"""How is each service asked in this process? One that answers HTTP is one more line in FACES."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
from fastapi import FastAPI

from services.dashboards.api import create_app as dashboards
from services.dashboards.settings import Settings as DashboardsSettings
from services.directory.api import create_app as directory
from services.directory.settings import Settings as DirectorySettings
from services.intake.api import create_app as intake
from services.intake.settings import Settings as IntakeSettings
from services.runtime import problems
from services.runtime.contracts import Contracts
from tests.services.conftest import Dsn, Pool

PoolOf = Callable[[str], Awaitable[Pool]]
"""Opens a pool in a role, closed with the faces."""


@asynccontextmanager
async def faces(
    dsn: Dsn, contracts: Contracts, jwks: Path, folder: Path
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Give a client for every service, by its name."""
    async with AsyncExitStack() as stack:

        async def pool_of(role: str) -> Pool:
            opened = asyncpg.create_pool(dsn(role), min_size=1)
            return await stack.enter_async_context(opened)

        made = {}
        for name, make in FACES.items():
            app = await make(contracts, jwks, folder, pool_of)
            problems.install(app)
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url=f"http://{name}")
            made[name] = await stack.enter_async_context(client)
        yield made


async def _intake(contracts: Contracts, jwks: Path, folder: Path, pool_of: PoolOf) -> FastAPI:
    master = folder / "master"
    master.write_bytes(base64.b64encode(bytes(range(32))))
    settings = {**_SETTINGS, "jwks_file": jwks, "master_key_file": master}
    app = intake(IntakeSettings.model_validate(settings), contracts)
    await app.state.desk.open(await pool_of("intake"))
    return app


async def _dashboards(contracts: Contracts, jwks: Path, _: Path, pool_of: PoolOf) -> FastAPI:
    settings = {**_SETTINGS, "jwks_file": jwks}
    app = dashboards(DashboardsSettings.model_validate(settings), contracts)
    app.state.desk.pool = await pool_of("dashboards")
    return app


async def _directory(contracts: Contracts, jwks: Path, _: Path, pool_of: PoolOf) -> FastAPI:
    settings = {**_SETTINGS, "jwks_file": jwks}
    app = directory(DirectorySettings.model_validate(settings), contracts)
    app.state.desk.pool = await pool_of("directory")
    return app


_SETTINGS = {"postgres_dsn": "unused", "kafka_bootstrap": "127.0.0.1:9"}
FACES = {"intake": _intake, "dashboards": _dashboards, "directory": _directory}
