"""What does the audit cost intake, and how fast is it sealed and verified? `python -m bench.audit`.

Beside a running stack that may be thrown away. Events go through intake's own code in this process,
in chunks of 200, in turns with their rows on record and without.
"""

import argparse
import asyncio
import resource
from collections import defaultdict
from statistics import median
from typing import Any, Final

import asyncpg

from deploy.embedded import secret_files
from deploy.embedded.places import PROJECT
from deploy.embedded.stack import Stack
from services.audit.settings import Settings, key_of
from services.audit.verify_audit import verify_all
from services.intake import chunk
from services.intake.candidates import Offered
from services.intake.handlers import Intake
from services.intake.keyring import vault_of
from services.runtime import audit, clock
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts

WHO: Final = Caller("bench", "norfolk-police", "agency")
CHUNK: Final = 200
_MANY: Final = """
INSERT INTO audit_entry (operation, action, purpose, subject, agency, role, marks, asked, row_count,
                         correlation)
SELECT 'consultation', 'gaps-read', 'oversight', 'bench', 'norfolk-police', 'agency',
       ARRAY[substr(sha256(n::text::bytea), 1, 16)], '{"limit": "5"}', 1, 'bench'
FROM generate_series(1, $1) AS n
"""


class Bare:
    """Stands in for the audit where its cost is measured."""

    Act = audit.Act

    @staticmethod
    async def write(*_: object) -> None:
        """Put nothing on record."""


def event() -> dict[str, Any]:
    """Make a detention of a child never seen before."""
    ref = clock.new_ref()
    return {
        "specversion": "1.0",
        "source": "/norfolk-police/custody",
        "id": ref,
        "type": "police.child-detained.v1",
        "time": "2026-03-02T09:00:00Z",
        "data": {
            "child": {"local_id": ref},
            "custody_ref": ref,
            "practitioner": {"ref": "PC-7", "role": "investigator"},
        },
    }


async def taken(intake: Intake, chunks: int) -> float:
    """Return how many events a second are taken in."""
    offered = [[Offered(event()) for _ in range(CHUNK)] for _ in range(chunks)]
    began = clock.monotonic()
    for part in offered:
        answers = await intake.take(WHO, part)
        if any(answer.outcome != "accepted" for answer in answers):
            raise SystemExit("an event was not accepted")
    return chunks * CHUNK / (clock.monotonic() - began)


async def cost(stack: Stack, rounds: int, chunks: int) -> None:
    """Print how fast events are taken in with their rows and without, in turns."""
    contracts = Contracts.load(PROJECT / "schemas")
    pool = await asyncpg.create_pool(stack.database.dsn("intake"), min_size=1, max_size=2)
    vault = await vault_of(pool, secret_files.master_key(stack.places.secrets))
    intake = Intake(pool, contracts, vault)
    rates: defaultdict[str, list[float]] = defaultdict(list)
    await taken(intake, 2)
    for _ in range(rounds):
        for name, used in (("with", audit), ("without", Bare)):
            vars(chunk)["audit"] = used  # in the process of the bench alone
            rates[name].append(await taken(intake, chunks))
    vars(chunk)["audit"] = audit
    await pool.close()
    for name, found in rates.items():
        print(
            f"events/s {name} rows on record: {median(found):.0f} (of {sorted(map(round, found))})"
        )


async def sealed(stack: Stack, key: bytes, rows: int) -> None:
    """Print how fast many rows are sealed by the running sealer, and verified here."""
    reader = await asyncpg.connect(stack.database.dsn("audit"))
    first: int = await reader.fetchval("SELECT count(*) FROM link")
    intake = await asyncpg.connect(stack.database.dsn("intake"))
    await intake.execute(_MANY, rows, timeout=600)
    await intake.close()
    began = clock.monotonic()
    while await reader.fetchval("SELECT count(*) FROM link") < first + rows:  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    print(f"sealed: {rows / (clock.monotonic() - began):.0f} rows/s")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = clock.monotonic()
    found = list(await verify_all(reader, key, None))
    total = sum(one.head.position for one in found)
    print(f"verified: {total} rows at {total / (clock.monotonic() - began):.0f} rows/s")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory: {before / 1024:.0f} MB before, {after / 1024:.0f} MB at most while verifying")
    print("well" if all(one.fault is None for one in found) else "NOT WHOLE")
    await reader.close()


async def _measure(chosen: argparse.Namespace) -> None:
    stack = Stack(PROJECT, usual_ports=True)
    settings = Settings.model_validate(
        {
            "postgres_dsn": "unused",
            "kafka_bootstrap": "unused",
            "audit_key_file": secret_files.audit_key(stack.places.secrets),
        }
    )
    await cost(stack, chosen.rounds, chosen.chunks)
    await sealed(stack, key_of(settings), chosen.rows)


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--chunks", type=int, default=5)
    parser.add_argument("--rows", type=int, default=200_000)
    asyncio.run(_measure(parser.parse_args()))


if __name__ == "__main__":
    main()
