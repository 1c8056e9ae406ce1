"""Are people's overrules counted? On a real Postgres."""

from typing import Any, TypeAlias

import asyncpg
from prometheus_client import REGISTRY

from services.domain.gaps import Gap, Why
from services.ledger import overrules
from services.ledger.handlers import keep
from tests.gaps import HOUR, MONDAY, gap, verdict

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
RULE = "equity.adult_language"
REVIEWED, AMENDED = "oversight.reviewed.v1", "referral.amended.v1"


def query(number: int, closed_by: str | None) -> Gap:
    params: dict[str, Any] = {"phrases": ["streetwise"], "parts": ["why"], "closed_by": closed_by}
    closes_at = MONDAY + 30 * HOUR if closed_by else None
    return gap(
        number, rule=RULE, kind="query", closes_at=closes_at, why=Why("adult_language", params)
    )


def counted() -> float | None:
    return REGISTRY.get_sample_value("rw_queries_overruled", {"rule": RULE})


async def test_queries_that_a_review_closed_are_counted_as_they_are_believed_now(
    ledger_pool: Pool,
) -> None:
    said = [query(1, REVIEWED), query(2, REVIEWED), query(3, AMENDED), query(4, None)]
    await keep(ledger_pool, [], [verdict(*said, gap(5))])
    await overrules.count(ledger_pool)
    assert counted() == 2
    await keep(ledger_pool, [], [verdict(query(1, REVIEWED), query(2, None), version=2)])
    await overrules.count(ledger_pool)
    assert counted() == 1
    await keep(ledger_pool, [], [verdict(version=3)])
    await overrules.count(ledger_pool)
    assert counted() is None
