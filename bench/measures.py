"""Are a measure's figures quick among very many facts? `python -m bench.measures DSN`.

DSN is the owner's, of a Postgres that may be thrown away: a database is made with every service's
schema, filled with invented facts, and asked through the dashboards' own code in this process. The
limit is 100 ms on the server; what is printed is a ratio to it.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy import access
from deploy.embedded.places import PROJECT
from deploy.embedded.processes import SERVICES
from services.dashboards import measures, measures_released
from services.dashboards.desk import Desk
from services.dashboards.measure_counts import Shown
from services.dashboards.measures_question import MeasureQuestion
from services.domain.measures.catalogue import CATALOGUE, MEASURES
from services.ledger.releasing import bodies, release
from services.ledger.solving import Highs
from services.runtime import clock, postgres
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from services.runtime.sign_in import People

LIMIT_SECONDS: Final = 0.1
REVIEWER: Final = Caller("bench", "norfolk-qa", "qa-reviewer")
ANALYST: Final = Caller("bench", "norfolk-opcc", "pcc-analyst")
ASKED: Final[tuple[dict[str, str], ...]] = (
    {},
    {"by": "agency"},
    {"by": "ethnicity"},
    {"by": "ethnicity,sex"},
    {"by": "unit", "agency": "norfolk-police"},
    {"by": "sex", "age": "14-15"},
)
NAME: Final = "bench_measures"
# So many facts a child, over four years: of every measure, by groups as uneven as they are.
_FACTS: Final = """
INSERT INTO fact (child_ref, unit_id, measure, version, day, state, agency, unit, area, sex,
                  ethnicity, age, source, event, known_from)
SELECT 'child-' || n / $1, gen_random_uuid(), ($2::text[])[1 + n % cardinality($2::text[])], 1,
       date '2022-11-01' + (hashint8(n) & 1023) + (hashint8(n + 7) & 400),
       (ARRAY['met', 'met', 'met', 'missed', 'missing'])[1 + (hashint8(n + 1) & 1023) % 5],
       (ARRAY['norfolk-police', 'norfolk-csc', 'norfolk-school', 'norfolk-health'])
           [1 + (hashint8(n + 2) & 1023) % 4],
       (ARRAY['custody', 'response', 'general-cid', 'Unknown'])[1 + (hashint8(n + 3) & 1023) % 4],
       'E0700014' || (2 + (hashint8(n + 4) & 1023) % 7),
       (ARRAY['Female', 'Male', 'Male', 'Unknown'])[1 + (hashint8(n + 5) & 1023) % 4],
       (ARRAY['White', 'White', 'White', 'White', 'White', 'White', 'White', 'White', 'Mixed',
              'Asian', 'Black', 'Other', 'Unknown'])[1 + (hashint8(n + 6) & 1023) % 13],
       (ARRAY['0-9', '10-13', '14-15', '16-17', 'Unknown'])[1 + (hashint8(n + 8) & 1023) % 5],
       '/norfolk-police/bench', 'e-' || n, $3
FROM generate_series($4::bigint, $5::bigint) AS n
"""
PORTION: Final = 200_000


async def prepare(owner: str, contracts: Contracts) -> str:
    """Make the database with every service's schema; return the owner's address of it."""
    connection = await asyncpg.connect(owner)
    await connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {NAME}")
    await connection.close()
    made = _at(owner, NAME)
    connection = await asyncpg.connect(made)
    await access.prepare(connection, contracts.registry.agencies.values())
    for service in SERVICES:
        await connection.execute(f"""
            DO $$ BEGIN CREATE ROLE {service} LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;
            CREATE SCHEMA {service} AUTHORIZATION {service};
            ALTER ROLE {service} SET search_path = {service}; {access.role(service)}
        """)
        folder = Path(PROJECT) / "services" / service / "migrations"
        await postgres.migrate(_at(made, NAME, service), folder)
    await access.grant(connection)
    await connection.close()
    return made


async def fill(dsn: str, children: int, facts_each: int) -> None:
    """Make facts and their counts, as a rebuild does: one tick for all."""
    connection = await asyncpg.connect(dsn)
    names = [measure.id for measure in CATALOGUE]
    began = clock.monotonic()
    tick = await connection.fetchval(
        "UPDATE belief_clock SET last = clock_timestamp() RETURNING last"
    )
    for first in range(0, children * facts_each, PORTION):
        last = min(first + PORTION, children * facts_each) - 1
        await connection.execute(_FACTS, facts_each, names, tick, first, last)
    print(f"{children * facts_each:,} facts in {clock.monotonic() - began:.0f} s")
    began = clock.monotonic()
    await connection.execute("SELECT roll_up($1)", tick)
    await connection.execute("ANALYZE fact, rollup")
    rows = await connection.fetchval("SELECT count(*) FROM rollup")
    print(f"{rows:,} counts in {clock.monotonic() - began:.0f} s")
    await connection.close()


async def published(dsn: str, contracts: Contracts) -> None:
    """Publish once, and say how long it takes."""
    connection = await asyncpg.connect(dsn)
    (body,) = bodies(contracts.registry)
    began = clock.monotonic()
    async with connection.transaction():
        made = await release(connection, body, contracts.grid(), Highs(), clock.now())
    print(f"{len(made)} release in {clock.monotonic() - began:.0f} s")
    await connection.close()


async def measure(desk: Desk, rounds: int) -> None:
    """Ask in turns, and print the 95th percentile of each question as a ratio to the limit."""
    found = MEASURES["decision.in-time"]
    for asked in (*ASKED, {"known_at": "now"}, {"as_of": "2025-06-15T12:00:00Z"}):
        question = MeasureQuestion.model_validate(
            {**asked, **({"known_at": clock.now().isoformat()} if "known_at" in asked else {})}
        )
        show = partial(measures.live, desk, REVIEWER, found, question)
        await _timed(str(asked or "by month"), show, desk, question, rounds)
    for asked in ({}, {"by": "ethnicity,sex"}):
        question = MeasureQuestion.model_validate(asked)
        show = partial(measures_released.released, desk, ANALYST, found, question)
        await _timed(f"released, {asked or 'by month'}", show, desk, question, rounds)


async def _timed(
    name: str,
    show: Callable[[datetime], Awaitable[Shown]],
    desk: Desk,
    question: MeasureQuestion,
    rounds: int,
) -> None:
    seconds = []
    for _ in range(rounds):
        began = clock.monotonic()
        shown = await show(clock.now())
        measures.answer(MEASURES["decision.in-time"], shown, question, desk.reading, desk.names)
        seconds.append(clock.monotonic() - began)
    p95 = quantiles(seconds[1:], n=20)[-1]
    print(f"{name:60} p95 {1000 * p95:7.1f} ms  {p95 / LIMIT_SECONDS:5.2f} of the limit")


async def run(owner: str, children: int, facts_each: int, rounds: int) -> None:
    """Prepare, fill, publish and measure."""
    contracts = Contracts.load(PROJECT / "schemas")
    made = await prepare(owner, contracts)
    await fill(_at(made, NAME, "ledger"), children, facts_each)
    desk = Desk(contracts, None, People.__new__(People))
    reader = {"role": "dashboards_reader", "timezone": "UTC"}
    desk.readers = await asyncpg.create_pool(
        _at(made, NAME, "dashboards"), min_size=1, max_size=2, server_settings=reader
    )
    await measure(desk, rounds)
    await published(_at(made, NAME, "ledger"), contracts)
    await measure(desk, rounds)
    await desk.readers.close()


def _at(dsn: str, name: str, user: str | None = None) -> str:
    parts = urlsplit(dsn)
    host = f"{parts.hostname}:{parts.port}"
    who = user or parts.username
    return urlunsplit((parts.scheme, f"{who}@{host}", f"/{name}", "", ""))


def main() -> None:
    """Read what to measure, and measure it."""
    parser = argparse.ArgumentParser(prog="python -m bench.measures", description=__doc__)
    parser.add_argument("owner", help="address of a Postgres that trusts its roles")
    parser.add_argument("--children", type=int, default=1_000_000)
    parser.add_argument("--facts-each", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=60)
    chosen = parser.parse_args()
    asyncio.run(run(chosen.owner, chosen.children, chosen.facts_each, chosen.rounds))


if __name__ == "__main__":
    main()
