"""Is the tally of gaps what counting them anew would give, whatever has become of them?"""

from datetime import timedelta

import pytest

from services.ledger.handlers import keep
from tests.gaps import HOUR, MONDAY, gap, verdict
from tests.services.ledger.conftest import Pool

COUNTED = """
SELECT agency, visible_to, rule, lesson, kind, coalesce(unit, '') AS unit, observed,
       count(*) AS believed, count(closes_at) AS ended
FROM gap WHERE known_to IS NULL AND erased_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
KEPT = "SELECT * FROM gap_tally WHERE (believed, ended) <> (0, 0)"


async def told(pool: Pool) -> int:
    """Compare both; return how many gaps are tallied."""
    kept, counted = await pool.fetch(KEPT), await pool.fetch(COUNTED)
    assert sorted(map(tuple, kept)) == sorted(map(tuple, counted))
    return sum(row["believed"] for row in kept)


@pytest.fixture(autouse=True)
async def _begun(ledger_pool: Pool) -> None:
    later = {"rule": "timeliness.referrer_not_told", "unit": "duty", "observed": False}
    closed = gap(2, closes_at=MONDAY + HOUR + timedelta(days=1), **later)
    await keep(ledger_pool, [], [verdict(gap(1), closed, gap(3, agency="norfolk-police"))])


async def test_gaps_that_begin_are_tallied(ledger_pool: Pool) -> None:
    assert await told(ledger_pool) == 3


async def test_gaps_that_end_or_change_are_tallied_anew(ledger_pool: Pool) -> None:
    await keep(ledger_pool, [], [verdict(gap(1, agency="norfolk-school"), version=2)])
    assert await told(ledger_pool) == 1


async def test_an_erased_child_leaves_the_tally(ledger_pool: Pool) -> None:
    async with ledger_pool.acquire() as connection, connection.transaction():
        await connection.execute("UPDATE gap SET erased_at = clock_timestamp()")
    assert await told(ledger_pool) == 0


async def test_what_was_loaded_past_the_triggers_can_be_tallied_anew(ledger_pool: Pool) -> None:
    await ledger_pool.execute("UPDATE gap_tally SET (believed, ended) = (7, 7)")
    await ledger_pool.execute("SELECT tally_anew()")
    assert await told(ledger_pool) == 3
