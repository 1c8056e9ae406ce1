"""How is each service asked in this process? One that answers HTTP is one more line in FACES."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI

from services.alerts.api import create_app as alerts
from services.alerts.settings import Settings as AlertsSettings
from services.dashboards.api import create_app as dashboards
from services.dashboards.behalf import Behalf
from services.dashboards.settings import Settings as DashboardsSettings
from services.directory.api import create_app as directory
from services.directory.settings import Settings as DirectorySettings
from services.intake.api import create_app as intake
from services.intake.settings import Settings as IntakeSettings
from services.responses.api import create_app as responses
from services.responses.settings import Settings as ResponsesSettings
from services.runtime import problems
from services.runtime.acting import Acting
from services.runtime.contracts import Contracts
from tests.access.people import PAGES_KEY
from tests.services.conftest import Dsn, Pool, pool_of, readers_of

PoolsOf = Callable[[str], Awaitable[tuple[Pool, Pool]]]
"""Opens a service's own pool and its readers' (`asking`), closed with the faces."""
Readers = Callable[[str, str], AbstractAsyncContextManager[Pool]]


@asynccontextmanager
async def faces(
    dsn: Dsn, contracts: Contracts, jwks: Path, folder: Path, readers: Readers = readers_of
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Give a client for every service, by its name."""
    async with AsyncExitStack() as stack:

        async def pools_of(service: str) -> tuple[Pool, Pool]:
            return (
                await stack.enter_async_context(pool_of(dsn(service))),
                await stack.enter_async_context(readers(dsn(service), service)),
            )

        made: dict[str, httpx.AsyncClient] = {}
        for name, make in FACES.items():
            app = await make(contracts, jwks, folder, pools_of)
            if name == "dashboards":  # its pages ask the others, which are made by then
                app.state.desk.behalf = Behalf(Acting(PAGES_KEY, "dashboards"), made)
            problems.install(app)
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url=f"http://{name}")
            made[name] = await stack.enter_async_context(client)
        yield made


def app_of(made: Mapping[str, httpx.AsyncClient], service: str) -> FastAPI:
    """Return the application behind a client."""
    app: FastAPI = made[service]._transport.app  # type: ignore[attr-defined]  # noqa: SLF001 - made below
    return app


async def work_off(made: Mapping[str, httpx.AsyncClient]) -> None:
    """Have intake work off the files that were sent in, as its process does by itself."""
    await app_of(made, "intake").state.desk.imports.work_off()


async def _intake(contracts: Contracts, jwks: Path, folder: Path, pools_of: PoolsOf) -> FastAPI:
    master = folder / "master"
    master.write_bytes(base64.b64encode(bytes(range(32))))
    keys = {"master_key_file": master, "sealing_key_file": master}
    settings = {**_SETTINGS, "jwks_file": jwks, **keys}
    app = intake(IntakeSettings.model_validate(settings), contracts)
    await app.state.desk.open(*await pools_of("intake"))
    return app


async def _dashboards(contracts: Contracts, jwks: Path, _: Path, pools_of: PoolsOf) -> FastAPI:
    settings = {**_SETTINGS, "jwks_file": jwks}
    app = dashboards(DashboardsSettings.model_validate(settings), contracts)
    app.state.desk.pool, app.state.desk.readers = await pools_of("dashboards")
    return app


async def _directory(contracts: Contracts, jwks: Path, _: Path, pools_of: PoolsOf) -> FastAPI:
    settings = {**_SETTINGS, "jwks_file": jwks}
    app = directory(DirectorySettings.model_validate(settings), contracts)
    app.state.desk.pool, app.state.desk.readers = await pools_of("directory")
    return app


async def _alerts(contracts: Contracts, jwks: Path, _: Path, pools_of: PoolsOf) -> FastAPI:
    settings = {**_SETTINGS, "jwks_file": jwks}
    app = alerts(AlertsSettings.model_validate(settings), contracts)
    app.state.desk.pool, app.state.desk.readers = await pools_of("alerts")
    return app


async def _responses(contracts: Contracts, jwks: Path, _: Path, pools_of: PoolsOf) -> FastAPI:
    settings = {**_SETTINGS, "jwks_file": jwks}
    app = responses(ResponsesSettings.model_validate(settings), contracts)
    app.state.desk.pool, _readers = await pools_of("responses")
    return app


_SETTINGS = {"postgres_dsn": "unused", "kafka_bootstrap": "127.0.0.1:9"}
FACES = {
    "intake": _intake,
    "directory": _directory,
    "dashboards": _dashboards,
    "alerts": _alerts,
    "responses": _responses,
}
