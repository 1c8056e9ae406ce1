"""What was on record before rows had marks is still on record, and says no ref any more."""

import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest

from deploy import access
from deploy.embedded.ports import HOST
from services.runtime import postgres
from services.runtime.contracts import Contracts
from tests.services.conftest import ROOT, pool_of
from tests.services.marks import mark_of
from tests.services.runtime.test_audit import linked

MOVED_BY = "0020"
Older = Callable[[str], str]


@pytest.fixture
async def older(
    postgres_port: int, template: str, tmp_path: Path, contracts: Contracts
) -> AsyncIterator[Older]:
    """A database as it was before: intake's and dashboards' migrations up to then."""
    assert template  # its roles are the server's
    name = f"older_{secrets.token_hex(6)}"
    server = await asyncpg.connect(f"postgresql://postgres@{HOST}:{postgres_port}/postgres")
    await server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    owner = await asyncpg.connect(f"postgresql://postgres@{HOST}:{postgres_port}/{name}")
    await access.prepare(owner, contracts.registry.agencies.values())
    for service in ("intake", "dashboards"):
        await owner.execute(f"CREATE SCHEMA {service} AUTHORIZATION {service}")
        folder = tmp_path / service / "migrations"
        folder.mkdir(parents=True)
        for file in (ROOT / "services" / service / "migrations").glob("*.sql"):
            if file.name < MOVED_BY:
                shutil.copy(file, folder)
        await postgres.migrate(_address(postgres_port, service, name), folder)
    await owner.close()
    yield lambda role: _address(postgres_port, role, name)
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


async def test_rows_that_there_are_are_moved_and_say_no_ref_any_more(older: Older) -> None:
    row = "INSERT INTO audit (at, subject, agency, role, action, purpose, child_ref, row_count)"
    values = "VALUES ('2026-03-02Z', 'who', 'norfolk-qa', 'qa-reviewer', $1, 'oversight', $2, 3)"
    async with pool_of(older("intake")) as intake, pool_of(older("dashboards")) as dashboards:
        await linked(intake, "a")
        await intake.execute(row + values, "identity", "a")
        await dashboards.execute(row + values, "gaps-read", "a")
        await dashboards.execute(row + values, "gaps-read", None)
        for service in ("intake", "dashboards"):
            folder = ROOT / "services" / service / "migrations"
            await postgres.migrate(older(service), folder)
        mark = await mark_of(intake, "a")
        [of_intake] = await intake.fetch("SELECT * FROM audit_entry")
        first, second = await dashboards.fetch("SELECT * FROM audit_entry ORDER BY seq")
    assert (of_intake["action"], of_intake["marks"]) == ("identity", [mark])
    assert (first["subject"], first["row_count"], first["marks"]) == ("who", 3, [mark])
    assert second["marks"] == []
    assert first["at"].isoformat() == "2026-03-02T00:00:00+00:00"


def _address(port: int, role: str, name: str) -> str:
    return f"postgresql://{role}@{HOST}:{port}/{name}"
