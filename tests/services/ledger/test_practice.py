"""Does monitoring see what is owed now, and no small number? On a real Postgres."""

from datetime import timedelta
from typing import TypeAlias

import asyncpg
from prometheus_client import REGISTRY

from services.ledger import practice
from services.ledger.handlers import keep
from tests.gaps import HOUR, MONDAY, gap, verdict

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
RULE = "timeliness.decision_overdue"
NOW = MONDAY + 48 * HOUR


def shown(name: str, **labels: str) -> float | None:
    found = {"rule": RULE, "agency": "norfolk-csc", "kind": "gap"} | labels
    return REGISTRY.get_sample_value(name, found)


def open_for(band: str, unit: str = "duty") -> float | None:
    return shown("rw_gaps_open", unit=unit, open_for=band)


async def test_open_gaps_are_counted_by_how_long_and_no_small_number_is_shown(
    ledger_pool: Pool,
) -> None:
    said = [gap(number, opens_at=NOW - number * HOUR) for number in range(1, 8)]
    said.append(gap(8, opens_at=NOW - timedelta(days=1), unit=None))
    said.append(gap(9, opens_at=NOW - timedelta(days=29)))
    await keep(ledger_pool, [], [verdict(*said)])
    await practice.count(ledger_pool, NOW)
    assert open_for("under-1-day") == 7
    assert open_for("under-7-days", unit="none") == 5  # one, shown as five
    assert open_for("under-7-days") is None
    assert open_for("longer") == 5
    assert shown("rw_gaps_opened_lately") == 7


async def test_a_gap_is_open_from_its_very_moment_until_before_it_closes(
    ledger_pool: Pool,
) -> None:
    await keep(ledger_pool, [], [verdict(gap(1, opens_at=NOW, closes_at=NOW + HOUR))])
    seen = []
    for moment in (NOW - timedelta(seconds=1), NOW, NOW + HOUR):
        await practice.count(ledger_pool, moment)
        seen.append((open_for("under-1-day"), shown("rw_gaps_upcoming")))
    assert seen == [(None, 5), (5, None), (None, None)]


async def test_what_is_believed_no_more_and_what_nobody_reports_is_no_open_gap(
    ledger_pool: Pool,
) -> None:
    await keep(ledger_pool, [], [verdict(gap(1, opens_at=NOW - HOUR))])
    unseen = gap(2, opens_at=NOW - HOUR, observed=False)
    await keep(ledger_pool, [], [verdict(unseen, version=2)])
    await practice.count(ledger_pool, NOW)
    assert open_for("under-1-day") is None
    labels = {"rule": RULE, "agency": "norfolk-csc"}
    assert REGISTRY.get_sample_value("rw_gaps_unobserved", labels) == 5
