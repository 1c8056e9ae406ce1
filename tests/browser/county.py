"""What is counted where pages are looked at: every measure, over two years, by every group.

Of a few measures what was counted is published as well, with its small numbers hidden: the others
were never published.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from services.domain.measures.catalogue import CATALOGUE
from services.domain.measures.facts import Fact, State
from services.domain.measures.months import Month
from services.domain.moments import london_day
from services.ledger.beliefs import Standing
from services.ledger.facts import Counting, Found
from services.ledger.handlers import keep
from services.ledger.releasing import bodies, release
from services.ledger.solving import Highs
from services.runtime import clock
from services.runtime.contracts import Contracts
from tests.services.conftest import Dsn, Pool

MONTHS: Final = 26
A_MONTH: Final = 8
"""Children that every measure counts in a month."""
PUBLISHED: Final = {"decision.in-time": 24, "harm.cumulative-recognised": A_MONTH}
"""What is published, and how many children it counts in a month: of a few, more is hidden."""
_LAST: Final = Month.of(london_day(clock.now())).after(-1)
LAST: Final = str(_LAST)
_STATES: Final[tuple[State, ...]] = ("met", "met", "met", "missed", "missing")
_AREAS: Final = ("E07000148", "E07000148", "E07000145", "Unknown")
_AGENCIES: Final = ("norfolk-police", "norfolk-csc", "norfolk-health")


async def count(dsn: Dsn, contracts: Contracts) -> None:
    """Have the ledger count children of two years, always the same ones, and publish of them."""
    counted = dict(_children())
    published = {
        ref: [one for one in facts if one.measure in PUBLISHED] for ref, facts in counted.items()
    }
    async with asyncpg.create_pool(dsn("ledger"), min_size=1) as pool:
        await _keep(pool, published, 1)
        async with pool.acquire() as connection, connection.transaction():
            for body in bodies(contracts.registry):
                await release(connection, body, contracts.grid(), Highs(), clock.now())
        await _keep(pool, counted, 2)


async def _keep(pool: Pool, counted: Mapping[str, Sequence[Fact]], version: int) -> None:
    counting = {ref: Found((1, version), tuple(facts)) for ref, facts in counted.items()}
    heard = [Standing(ref, 1, version, None, erased=False) for ref in counting]
    await keep(pool, heard, [], Counting(None, counting))


def _children() -> Iterator[tuple[str, list[Fact]]]:
    chance = random.Random(7)  # noqa: S311 - invented children
    most = max(PUBLISHED.values())
    for number in range(MONTHS * most):
        month = _LAST.after(1 - MONTHS + number // most)
        ref = f"child-{number}"
        yield (
            ref,
            [
                _fact(chance, ref, number * 100 + n, month)
                for n, measure in enumerate(CATALOGUE)
                if number % most < PUBLISHED.get(measure.id, A_MONTH)
            ],
        )


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
        area=_AREAS[number // 100 % len(_AREAS)],
        sex=chance.choice(("Female", "Male")),
        ethnicity=chance.choice(("White", "Black", "Asian", "Mixed", "Unknown")),
        age=chance.choice(("10-13", "14-15", "16-17")),
        referral_ref=None,
        source="/norfolk-police/cases",
        event=f"E-{number}",
    )
