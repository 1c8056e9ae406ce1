"""The services with pages, each on a port of its own, over a database with something of everybody.

A service is one more line in SERVED, and where people sign in to it also in PAGES.
"""

import base64
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI

from deploy.embedded.ports import HOST
from deploy.embedded.tokens import PERSONAS, acting_key
from services.alerts.api import create_app as alerts
from services.alerts.settings import Settings as AlertsSettings
from services.dashboards.api import create_app as dashboards
from services.dashboards.behalf import Behalf
from services.dashboards.settings import Settings as DashboardsSettings
from services.directory.api import create_app as directory
from services.directory.settings import Settings as DirectorySettings
from services.responses.api import create_app as responses
from services.responses.settings import Settings as ResponsesSettings
from services.runtime import problems, status
from services.runtime.acting import Acting
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from services.runtime.sessions import Sessions
from services.runtime.settings import Settings
from services.runtime.sign_in import People
from tests.access.people import PAGES_KEY
from tests.browser import responding
from tests.services.conftest import Dsn, Pool, free_port, pool_of, readers_of

Create = Callable[[Any, Contracts], FastAPI]
SERVED: Final[Mapping[str, tuple[Create, type[Settings]]]] = {
    "dashboards": (dashboards, DashboardsSettings),
    "responses": (responses, ResponsesSettings),
    "alerts": (alerts, AlertsSettings),
    "directory": (directory, DirectorySettings),
}
PAGES: Final = ("dashboards", "responses")
"""Those of them that people sign in to."""


@dataclass(frozen=True, slots=True)
class Served:
    """One service: where it answers, and how its cookie is made."""

    url: str
    people: People
    sessions: Sessions
    pool: Pool

    async def cookie(self, persona: str) -> dict[str, str]:
        """Sign a persona in; return the cookie that their browser holds."""
        who = PERSONAS[persona]
        caller = Caller(persona, who.agency, who.role, purposes=tuple(who.purposes))
        token = await self.sessions.open(self.pool, caller, None)
        return {"name": self.people.cookie, "value": token, "url": self.url}


@asynccontextmanager
async def served(
    dsn: Dsn,
    contracts: Contracts,
    jwks: Path,
    folder: Path,
    others: Mapping[str, httpx.AsyncClient],
) -> AsyncIterator[dict[str, Served]]:
    """Serve all of them; `others` are the services that the desks ask."""
    keys, secrets = _secrets(jwks, folder)
    ports = {name: free_port() for name in SERVED}
    urls = {f"{name}_url": f"http://{HOST}:{port}" for name, port in ports.items()}
    async with AsyncExitStack() as stack:
        found = {}
        for name, (create, kind) in SERVED.items():
            told = {"postgres_dsn": "unused", "kafka_bootstrap": "unused", "jwks_file": keys,
                    "public_url": urls[f"{name}_url"], **secrets, **urls,
                    "measures_url": urls["dashboards_url"]}  # fmt: skip
            if name == "responses":
                told["acting_key_file"] = folder / "responses.jwk"
            settings = kind.model_validate(told)
            app = create(settings, contracts)
            problems.install(app)
            pool = await stack.enter_async_context(pool_of(dsn(name)))
            desk = app.state.desk
            desk.pool = pool
            if name == "responses":
                stack.push_async_callback(desk.measures.close)
                await responding.fill(pool, contracts)
            if name == "dashboards":
                desk.behalf = Behalf(Acting(PAGES_KEY, "dashboards"), others)
            desk.readers = await stack.enter_async_context(readers_of(dsn(name), name))
            await stack.enter_async_context(status.serve(app, HOST, ports[name]))
            if hasattr(app.state, "elsewhere"):
                stack.push_async_callback(app.state.elsewhere.close)
            if name not in PAGES:
                continue
            sessions = Sessions(settings.session_idle, settings.session_life)
            found[name] = Served(urls[f"{name}_url"], desk.people, sessions, pool)
        yield found


def _secrets(jwks: Path, folder: Path) -> tuple[Path, dict[str, Path]]:
    """Return a copy of the keys with that of the pages among them, and the files of all secrets."""
    keys, pages, master = folder / "jwks.json", folder / "pages.jwk", folder / "master"
    keys.write_bytes(jwks.read_bytes())
    acting_key(pages, keys, "dashboards")
    acting_key(folder / "responses.jwk", keys, "responses")
    master.write_bytes(base64.b64encode(bytes(range(32))))
    files = {"acting_key_file": pages, "master_key_file": master, "sealing_key_file": master}
    return keys, files
