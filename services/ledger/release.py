"""Publishes figures that are due: `python -m services.ledger.release`, or `make release`.

To run once a month or oftener: what was published is not published again. Whoever may not see cases
sees these figures and no others (docs/measures.md).
"""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import asyncpg

from services.domain.moments import stamp
from services.ledger.crew import say
from services.ledger.freezing import Rules, freeze
from services.ledger.releasing import Each, Made, bodies, release
from services.ledger.settings import Settings
from services.ledger.solving import Highs
from services.runtime import clock, log
from services.runtime.contracts import Contracts

WORKERS = 2
"""Processes that solve: measures that share no counts have nothing to do with one another."""
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('ledger release'))"


def main() -> None:
    """Publish, and say of what and how much of it is hidden."""
    settings = Settings.load()
    log.configure("ledger-release", settings.log_level)
    contracts = Contracts.load(settings.schemas, settings.policy_pack)
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as workers:
        made = asyncio.run(publish(settings, contracts, workers.map))
    for one in made:
        _say(one)
    if not made:
        say("Nothing is due: no month is over that was not published.")


async def publish(settings: Settings, contracts: Contracts, each: Each = map) -> list[Made]:
    """Publish to every oversight body what is due, all of it or nothing."""
    grid, solver = contracts.grid(), Highs()
    rules = Rules(contracts.policy(), contracts.directory(), solver)
    connection = await asyncpg.connect(
        settings.postgres_dsn.get_secret_value(), server_settings={"timezone": "UTC"}
    )
    try:
        async with connection.transaction():
            await connection.execute(_ALONE)
            found = []
            for body in bodies(contracts.registry):
                for one in await release(connection, body, grid, solver, clock.now(), each):
                    await freeze(connection, body, grid, rules, one)
                    found.append(one)
            return found
    finally:
        await connection.close()


def _say(made: Made) -> None:
    months = f"{made.months[0]} to {made.months[-1]}"
    say(
        f"release {made.number} to {made.body}: {months}, as known at {stamp(made.known_at)}; "
        f"{made.shown:,} cells shown, {made.partly:,} in part, {made.hidden:,} hidden"
    )
    if made.withheld:
        say(f"{made.withheld:,} tables or months of a measure are not published: too few")


if __name__ == "__main__":
    main()
