"""How long does the server take for each page and list, with so many children on record?

`python -m bench.pages --children 1000000 --events 10000000` starts a Postgres of its own, fills one
county through the services' own code, copies it until there are as many, publishes a release, and
asks for everything as who may see it. What is printed is the median and the 95th percentile as a
share of the limit, 100 ms; all services answer in this process, so that theirs is in it too.
"""

import argparse
import asyncio
import gzip
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import asyncpg
import httpx
import psutil

from bench import asked, copied, county
from deploy.embedded.places import PROJECT
from services.dashboards.behalf import Behalf
from services.dashboards.elsewhere import Away, Elsewhere
from services.dashboards.handlers import Forbidden
from services.ledger.releasing import bodies, release
from services.ledger.solving import Highs
from services.runtime import clock, problems
from services.runtime.acting import Acting
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from tests.access.faces import FACES
from tests.access.people import PAGES_KEY, bearer, published
from tests.browser import responding
from tests.services import conftest as server
from tests.services.conftest import Dsn, Pool, pool_of, readers_of

LIMIT: Final = 0.100
"""Seconds that a page may take on the server at the 95th percentile."""
_RESTRICTED: Final = """
INSERT INTO intake.event (receipt, source, id, type, time, received_at, agency, record_ref,
                          body_mac, sealed, feature_version)
SELECT md5('restricted' || record_ref), '/' || agency || '/pages', 'restricted-' || record_ref,
       'child.restricted.v1', now(), now(), agency, record_ref, '', '', 1
FROM intake.record TABLESAMPLE SYSTEM (10) LIMIT $1
"""
_LOOKED: Final = """
INSERT INTO dashboards.audit_entry (operation, action, purpose, subject, agency, role, marks,
                                    row_count, correlation)
SELECT 'consultation', 'gaps-read', 'oversight', 'bench', 'norfolk-police', 'agency',
       ARRAY[substr(sha256(n::text::bytea), 1, 16)], 1, 'bench'
FROM generate_series(1, $1) AS n
"""
_READ_TWICE: Final = """
UPDATE ledger.dip_referral SET read = '[["norfolk-qa",0,false,{"overall":"good"}],' ||
    '["norfolk-qa",1,true,{"overall":"requires-improvement"}]]' WHERE hashtext(event) % 50 = 0
"""
"""Two percent of all referrals, which is far more than any office reads."""
RESTRICTED: Final = 200
"""Restricted children, hidden from nearly everybody."""
LOOKED: Final = 1_000_000
"""Rows on record of who has looked at what."""


class Beside(Elsewhere):
    """Asks the other services in this process, as the dashboards do over the network."""

    def __init__(self, clients: Mapping[str, httpx.AsyncClient]) -> None:
        self._beside = clients
        self._signing = Acting(PAGES_KEY, "dashboards")

    async def get(self, caller: Caller, service: str, path: str, **asked: str) -> dict[str, Any]:
        """Return what is answered."""
        headers = {"Authorization": f"Bearer {self._signing.token(caller)}"}
        answer = await self._beside[service].get(path, params=asked, headers=headers)
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise Forbidden
        if not answer.is_success:
            raise Away
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def served(
    dsn: Dsn, contracts: Contracts, folder: Path
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Give a client for every service, all in this process."""
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps(published()))
    async with AsyncExitStack() as stack:

        async def pools_of(service: str) -> tuple[Pool, Pool]:
            return (
                await stack.enter_async_context(pool_of(dsn(service))),
                await stack.enter_async_context(readers_of(dsn(service), service)),
            )

        made: dict[str, httpx.AsyncClient] = {}
        for name, make in FACES.items():
            app = await make(contracts, jwks, folder, pools_of)
            if name == "dashboards":
                app.state.desk.behalf = Behalf(Acting(PAGES_KEY, "dashboards"), made)
                app.state.elsewhere = Beside(made)
            problems.install(app)
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url=f"http://{name}")
            made[name] = await stack.enter_async_context(client)
        yield made


async def fill(dsn: Dsn, folder: Path, chosen: argparse.Namespace) -> None:
    """Fill every schema with so many children and events, and publish a release."""
    contracts = Contracts.load(PROJECT / "schemas")
    began = clock.monotonic()
    async with served(dsn, contracts, folder) as clients:
        tag = await county.tell(dsn, clients["intake"], contracts, folder, chosen.scale)
    async with pool_of(dsn("responses")) as pool:
        await responding.fill(pool, contracts)
    owner = await asyncpg.connect(dsn("postgres"))
    children = await owner.fetchval(
        "SELECT count(*) FROM chronology.child WHERE merged_into IS NULL AND version > 0"
    )
    events = await owner.fetchval("SELECT count(*) FROM intake.event")
    copies = max(-(-chosen.children // children), -(-chosen.events // events))
    print(f"one county told in {clock.monotonic() - began:.0f} s; {copies} copies", flush=True)
    await copied.copy(dsn, tag, copies)
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(_RESTRICTED, RESTRICTED)
    await owner.execute(_LOOKED, LOOKED)
    await owner.execute(_READ_TWICE)
    await owner.execute("VACUUM (ANALYZE)")
    size = await owner.fetchval("SELECT pg_database_size(current_database())")
    print(f"filled in {clock.monotonic() - began:.0f} s: {size / 1e9:.1f} GB", flush=True)
    await owner.close()
    await _released(dsn, contracts)


async def _released(dsn: Dsn, contracts: Contracts) -> None:
    """Publish once, as an operator does every month."""
    began = clock.monotonic()
    connection = await asyncpg.connect(dsn("ledger"))
    async with connection.transaction():
        for body in bodies(contracts.registry):
            await release(connection, body, contracts.grid(), Highs(), clock.now())
    cells = await connection.fetchval("SELECT count(*) FROM release_cell")
    await connection.close()
    print(f"{cells:,} cells published in {clock.monotonic() - began:.0f} s", flush=True)


async def measure(dsn: Dsn, folder: Path, times: int, only: str) -> None:
    """Ask for everything again and again, one at a time."""
    contracts = Contracts.load(PROJECT / "schemas")
    owner = await asyncpg.connect(dsn("postgres"))
    async with served(dsn, contracts, folder) as clients:
        print(f"memory: {_memory():,.0f} MB before", flush=True)
        for persona, addresses in asked.ASKED.items():
            agency = "norfolk-csc" if persona == "norfolk-csc" else "norfolk-police"
            named = await asked.names(owner, agency)
            for address in addresses:
                if only in address:
                    where, _, path = address.rpartition(":")
                    client = clients[where or "dashboards"]
                    await _measured(client, address, path.format(**named), persona, times)
            print(f"memory: {_memory():,.0f} MB after {persona}", flush=True)
    await owner.close()
    _scripts()


async def _measured(
    client: httpx.AsyncClient, name: str, path: str, persona: str, times: int
) -> None:
    """Ask for one thing so many times; print its line unless this persona is refused it."""
    headers, taken = bearer(persona), []
    answer = await client.get(path, headers=headers)  # to warm up
    if answer.status_code == httpx.codes.FORBIDDEN:
        return
    for _ in range(times):
        began = clock.monotonic()
        answer = await client.get(path, headers=headers)
        taken.append(clock.monotonic() - began)
        if sum(taken) > 10 and len(taken) > 2:  # noqa: PLR2004 - too slow to go on with
            break
    cuts = quantiles(taken, n=20)
    said = f"{name:62}{persona:18}{answer.status_code:4} p50 {cuts[9] / LIMIT:6.2f} p95 "
    print(
        f"{said}{cuts[-1] / LIMIT:6.2f} of the limit; {len(answer.content) / 1024:4.0f} KB"
        f"{'  OVER' if cuts[-1] > LIMIT else ''}",
        flush=True,
    )


def _scripts() -> None:
    """Print what scripts weigh on the way to the browser."""
    folder = PROJECT / "services" / "runtime" / "web" / "static"
    sizes = [len(gzip.compress(file.read_bytes())) for file in folder.glob("*.js")]
    print(f"scripts: {sum(sizes) / 1024:.1f} KB gzipped")


def _memory() -> float:
    return psutil.Process().memory_info().rss / 1e6


SETTINGS: Final = {
    "shared_buffers": "1GB",  # as deploy/kubernetes gives it
    "maintenance_work_mem": "512MB", "max_wal_size": "20GB", "checkpoint_timeout": "30min",
    "wal_level": "minimal", "max_wal_senders": "0",
}  # fmt: skip


def main() -> None:
    """Start a Postgres, fill it, measure, and leave nothing behind."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--scale", type=float, default=0.5, help="of the county that is copied")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--only", default="", help="addresses with this in them")
    parser.add_argument("--keep", type=Path, help="a folder, filled if need be, to measure again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = chosen.keep or Path(thrown_away)
        folder.mkdir(parents=True, exist_ok=True)
        with server.server_in(folder, SETTINGS) as (port, _):
            asyncio.run(_run(f"127.0.0.1:{port}", folder, chosen))


async def _run(at: str, folder: Path, chosen: argparse.Namespace) -> None:
    """Make every service's schema, as a deployment does, fill it, and measure."""
    owner = f"postgresql://postgres@{at}/postgres"
    await server.answers(owner)

    def dsn(role: str) -> str:
        return f"postgresql://{role}@{at}/postgres"

    filled = folder / "filled"
    if filled.exists():
        await server.migrated(owner, dsn)
    else:
        await server.prepared(owner, dsn)
        await fill(dsn, folder, chosen)
        filled.touch()
    await measure(dsn, folder, chosen.times, chosen.only)


if __name__ == "__main__":
    main()
