"""The ledger's own pool."""

from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

import asyncpg
import pytest

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


@pytest.fixture
async def ledger_pool(dsn: Callable[[str], str]) -> AsyncIterator[Pool]:
    """A pool in the role of the ledger."""
    async with asyncpg.create_pool(dsn("ledger"), min_size=1, max_size=8) as pool:
        yield pool
