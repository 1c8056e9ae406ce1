"""What is counted where pages are looked at: every measure, over two years, by every group."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from services.domain.measures.catalogue import CATALOGUE
from services.domain.measures.facts import Fact, State
from services.domain.measures.months import Month
from services.domain.moments import london_day
from services.ledger.beliefs import Standing
from services.ledger.facts import Counting
from services.ledger.handlers import keep
from services.runtime import clock
from tests.services.conftest import Dsn

MONTHS: Final = 26
A_MONTH: Final = 8
"""Children that every measure counts in a month."""
_LAST: Final = Month.of(london_day(clock.now())).after(-1)
LAST: Final = str(_LAST)
_STATES: Final[tuple[State, ...]] = ("met", "met", "met", "missed", "missing")
_AREAS: Final = ("E07000148", "E07000148", "E07000145", "Unknown")
_AGENCIES: Final = ("norfolk-police", "norfolk-csc", "norfolk-health")


async def count(dsn: Dsn) -> None:
    """Have the ledger count children of two years, always the same ones."""
    counting = {ref: ((1, 1), tuple(facts)) for ref, facts in _children()}
    heard = [Standing(ref, 1, 1, None, erased=False) for ref in counting]
    async with asyncpg.create_pool(dsn("ledger"), min_size=1) as pool:
        await keep(pool, heard, [], Counting(None, counting))


def _children() -> Iterator[tuple[str, list[Fact]]]:
    chance = random.Random(7)  # noqa: S311 - invented children
    for number in range(MONTHS * A_MONTH):
        month = _LAST.after(1 - MONTHS + number // A_MONTH)
        ref = f"child-{number}"
        yield ref, [_fact(chance, ref, number * 100 + n, month) for n in range(len(CATALOGUE))]


def _fact(chance: random.Random, ref: str, number: int, month: Month) -> Fact:
    measure = CATALOGUE[number % 100]
    return Fact(
        unit_id=str(UUID(int=number)),
        measure=measure.id,
        version=measure.version,
        child_ref=ref,
        day=date(month.year, month.number, chance.randint(1, 28)),
        state=chance.choice(_STATES),
        agency=chance.choice(_AGENCIES),
        unit=chance.choice(("duty", "custody", "child-abuse-unit")),
        area=chance.choice(_AREAS),
        sex=chance.choice(("Female", "Male")),
        ethnicity=chance.choice(("White", "Black", "Asian", "Mixed", "Unknown")),
        age=chance.choice(("10-13", "14-15", "16-17")),
        referral_ref=None,
        source="/norfolk-police/cases",
        event=f"E-{number}",
    )
