"""How many events a second does the matcher match, against so many children? On a real Postgres.

`python -m bench.matching_speed`: starts a Postgres of its own, has intake keep an event for each of
200,000 invented children, matches them, then measures events of another agency that knows them.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import islice
from time import process_time
from typing import Any, Final

import asyncpg
import psutil

from bench.people import Filed, children, filed
from deploy import access
from services.intake.candidates import Offered
from services.intake.handlers import Intake
from services.intake.matcher import Matcher
from services.intake.vault import Vault
from services.runtime import clock, postgres
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from tests.services import conftest as server

SEED: Final = 7
BATCH: Final = 1_000
AGENCIES: Final = ("norfolk-school", "norfolk-health", "norfolk-voluntary")


def events(people: Sequence[Filed]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (agency, concern) of what is on file; no number is shared."""
    at = clock.now() - timedelta(days=30)
    for place, one in enumerate(people):
        agency = AGENCIES[one.agency]
        yield agency, {
            "specversion": "1.0", "source": f"/{agency}/bench", "id": f"b-{one.child.number}",
            "type": "partner.concern-raised.v1",
            "time": (at + timedelta(seconds=place)).isoformat(),
            "data": {
                "child": {"local_id": f"L{one.child.number}", **one.stated},
                "concern_ref": f"C-{one.child.number}", "setting": "school", "harms": ["neglect"],
                "grade": "green", "practitioner": {"ref": "T1", "role": "teacher"},
            },
        }  # fmt: skip


async def keep(intake: Intake, people: Sequence[Filed]) -> None:
    """Have intake keep what is on file."""
    by_agency: dict[str, list[Offered]] = {}
    for agency, event in events(people):
        by_agency.setdefault(agency, []).append(Offered(event))
    for agency, offered in by_agency.items():
        caller = Caller("bench", agency, "agency", ())
        for start in range(0, len(offered), BATCH):
            answers = await intake.take(caller, offered[start : start + BATCH])
            assert all(one.outcome == "accepted" for one in answers), answers[0]  # noqa: S101


async def matched(matcher: Matcher, busy: Callable[[], float]) -> str:
    """Match all that waits; say how fast, by the clock and by what a core can do."""
    began, before, count = clock.monotonic(), busy(), 0
    while done := await matcher.match():
        count += done
    seconds, spent = clock.monotonic() - began, busy() - before
    return (
        f"{count:,} events, {count / seconds:,.0f} a second, {count / spent:,.0f} a second a core"
    )


async def run(dsn: str, count: int, busy: Callable[[], float]) -> None:
    """Fill a database and measure."""
    contracts, vault = Contracts.load(server.ROOT / "schemas"), Vault.of(bytes(32))
    people = list(filed(children(count + count // 2, SEED, 1), SEED))
    first: dict[int, Filed] = {}
    for one in people:
        first.setdefault(one.child.number, one)
    known = list(islice(first.values(), count))
    numbers = {one.child.number for one in known}
    later = [one for one in people if one.child.number in numbers]
    seen = {(one.child.number, one.agency) for one in known}
    later = [one for one in later if (one.child.number, one.agency) not in seen][:5_000]
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        intake, matcher = Intake(pool, contracts, vault), Matcher(pool, contracts, vault)
        await keep(intake, known)
        print(f"kept {len(known):,}", flush=True)
        print("matching them:", await matched(matcher, busy), flush=True)
        await pool.execute("VACUUM ANALYZE")
        await keep(intake, later)
        print(f"against {len(known):,} children:", await matched(matcher, busy), flush=True)


def main() -> None:
    """Start a Postgres, measure, and leave nothing behind."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching_speed", description=__doc__)
    parser.add_argument("--children", type=int, default=200_000)
    asked = parser.parse_args()
    with server.throwaway_server() as (port, pid):
        asyncio.run(_measured(f"127.0.0.1:{port}", asked.children, lambda: _busy(pid)))


def _busy(postgres_pid: int) -> float:
    """Seconds of a core that the matcher and the whole of Postgres have used."""
    there = psutil.Process(postgres_pid)
    times = [one.cpu_times() for one in (there, *there.children())]
    return process_time() + sum(one.user + one.system for one in times)


async def _measured(at: str, count: int, busy: Callable[[], float]) -> None:
    owner = f"postgresql://postgres@{at}/postgres"
    await server.answers(owner)
    await server._execute(  # noqa: SLF001
        owner, "CREATE ROLE intake LOGIN; CREATE SCHEMA intake AUTHORIZATION intake;"
        "ALTER ROLE intake SET search_path = intake",
    )  # fmt: skip
    registry = Contracts.load(server.ROOT / "schemas").registry
    prepared = partial(access.prepare, agencies=registry.agencies.values())
    await server.as_owner(owner, prepared)
    dsn = f"postgresql://intake@{at}/postgres"
    await postgres.migrate(dsn, server.ROOT / "services" / "intake" / "migrations")
    await run(dsn, count, busy)


if __name__ == "__main__":
    main()
