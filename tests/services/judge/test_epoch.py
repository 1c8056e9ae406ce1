"""Does a judge stamp the epoch that the ledger goes by? On a real Postgres."""

from collections.abc import Callable

import asyncpg
import pytest

from deploy.embedded.processes import JUDGES
from services.runtime.judging_worker import Epoch, current_epoch


@pytest.mark.parametrize("judge", JUDGES)
async def test_a_judge_reads_the_ledgers_epoch_and_nothing_else_of_it(
    dsn: Callable[[str], str], judge: str
) -> None:
    ledger = await asyncpg.connect(dsn("ledger"))
    await ledger.execute("UPDATE epoch SET (current, policy_version) = (5, 'p5')")
    await ledger.close()
    async with asyncpg.create_pool(dsn(judge), min_size=1) as pool:
        assert await current_epoch(pool) == Epoch(5, "p5")
        readable = await pool.fetchval(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'ledger'::regnamespace "
            "AND relkind IN ('r', 'v') AND has_table_privilege(oid, 'SELECT')"
        )
        assert readable == 1
