"""A sealer over a real database, and somebody who may do anything there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from services.audit.heads import Heads
from services.audit.sealer import Sealer
from services.audit.verify_audit import told, verify_all
from services.runtime import audit
from services.runtime.audit import Act
from services.runtime.auth import Caller
from tests.services.conftest import Dsn, Pool, pool_of

KEY = bytes(range(32))
WHO = Caller("pc-7", "norfolk-police", "agency")
Verified = Callable[..., Awaitable[list[str]]]
Tamper = Callable[..., Awaitable[None]]


@pytest.fixture
async def audit_pool(dsn: Dsn) -> AsyncIterator[Pool]:
    async with pool_of(dsn("audit")) as pool:
        yield pool


@pytest.fixture
def witness(tmp_path: Path) -> Path:
    return tmp_path / "heads.jsonl"


@pytest.fixture
def sealer(audit_pool: Pool, witness: Path) -> Sealer:
    return Sealer(audit_pool, KEY, Heads(witness))


@pytest.fixture
def verified(audit_pool: Pool) -> Verified:
    """Say of the chains that are not empty what the command would."""

    async def said(witness: Path | None = None, key: bytes = KEY) -> list[str]:
        async with audit_pool.acquire() as connection:
            found = await verify_all(connection, key, witness)
        return [told(one) for one in found if one.head.position or one.waiting or one.fault]

    return said


@pytest.fixture
async def tamper(dsn: Dsn) -> AsyncIterator[Tamper]:
    """Do what nobody may: as the superuser, with the triggers off."""
    owner = await asyncpg.connect(dsn("postgres"))
    await owner.execute("SET session_replication_role = replica; SET search_path = intake, audit")

    async def tampered(sql: str) -> None:
        await owner.execute(sql)

    yield tampered
    await owner.close()


async def looked(pool: Pool, times: int = 1) -> None:
    """Put so many looks on record, each in a transaction of its own."""
    for number in range(times):
        async with pool.acquire() as connection, connection.transaction():
            await audit.write(connection, WHO, look(number))


def look(number: int = 0) -> Act:
    return Act("consultation", "gaps-read", "oversight", number, asked={"limit": "5"})
