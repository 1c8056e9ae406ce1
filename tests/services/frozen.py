"""Blocks of months published without their measures: what is frozen beside them, and no solving."""

from datetime import datetime

import asyncpg

from services.domain.measures.months import Month, Period
from services.ledger.freezing import Rules, freeze
from services.ledger.releasing import Made, bodies
from services.ledger.solving import Highs
from services.runtime.contracts import Contracts
from tests.services.conftest import Dsn

OFFICE = "norfolk-opcc"


async def frozen(
    dsn: Dsn, contracts: Contracts, period: Period, known_at: datetime
) -> list[Period]:
    """Publish some months to the office as one release, as known at a moment; name the blocks."""
    body = next(each for each in bodies(contracts.registry) if each.id == OFFICE)
    rules = Rules(contracts.policy(), contracts.directory(), Highs())
    ledger = await asyncpg.connect(dsn("ledger"))
    try:
        number = "SELECT count(*)::int + 1 FROM release WHERE body = $1"
        made = Made(
            OFFICE, await ledger.fetchval(number, OFFICE), known_at, tuple(period), 0, 0, 0, 0
        )
        await ledger.execute(
            "INSERT INTO release VALUES ($1, $2, $3, $3)", OFFICE, made.number, known_at
        )
        await ledger.executemany(
            "INSERT INTO release_month VALUES ($1, $2, $3)",
            [(OFFICE, month.first, made.number) for month in period],
        )
        return await freeze(ledger, body, contracts.grid(), rules, made)
    finally:
        await ledger.close()


def quarter(first: str) -> Period:
    """Name a quarter by its first month."""
    month = Month.read(first)
    return Period(month, month.after(2))
