"""What must a PostgreSQL server have before services start? Roles, schemas, migrations, grants.

Any number of times, on an empty server or a running one: what is there already stays. The order is
that of an upgrade too: first the database, then the services (docs/for-operators.md).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import quote

import asyncpg

from deploy import access
from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import PROJECT
from deploy.embedded.processes import SERVICES
from services.runtime.contracts import Contracts
from services.runtime.migration import Changed
from services.runtime.postgres import migrate

NAME: Final = "referral_watch"
OWNER: Final = "postgres"
EVERY_SERVERS: Final = "postgres"


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server, and the passwords of its owner and of each service's role."""

    host: str
    port: int
    password: Callable[[str], str]

    def dsn(self, role: str = OWNER, name: str = NAME) -> str:
        """Return the address for a role, its password included."""
        secret = quote(self.password(role), safe="")
        return f"postgresql://{role}:{secret}@{self.host}:{self.port}/{name}"

    async def answers(self) -> bool:
        """Say whether it takes connections."""
        try:
            connection = await asyncpg.connect(self.dsn(name=EVERY_SERVERS), timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

    async def prepare(self) -> None:
        """Make database, roles and schemas, run every service's migrations, then the grants."""
        await self.make()
        registry = Contracts.load(PROJECT / "schemas").registry
        await self._as_owner(partial(access.prepare, agencies=registry.agencies.values()))
        for service in SERVICES:
            await self._migrate(service)
        await self._as_owner(access.grant)

    async def make(self) -> None:
        """Make the database, and each role with a schema of its own and nothing else."""
        connection = await asyncpg.connect(self.dsn(name=EVERY_SERVERS))
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

    async def _migrate(self, service: str) -> None:
        """Run one service's migrations under its own role."""
        try:
            await migrate(self.dsn(service), PROJECT / "services" / service / "migrations")
        except (asyncpg.PostgresError, Changed) as error:
            raise CannotStartError(f"The migrations of {service} failed: {error}") from error

    def _role(self, service: str) -> str:
        """Return the statements that make one service's role and schema, any number of times."""
        secret = self.password(service).replace("'", "''")
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
