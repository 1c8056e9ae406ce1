"""Is the audit whole? `make verify-audit`, or `python -m services.audit.verify_audit`.

Says of every schema how many rows there are and how far the chain has come, or names the first row
that is not as it was sealed. Ends with 0 if all is well, 1 if anything is not, 2 if it cannot tell.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import asyncpg

from services.audit import store
from services.audit.heads import Given, NoHeads, given
from services.audit.settings import Settings, key_of
from services.audit.verifying import Fault, Found, verify

WELL: Final = 0
TAMPERED: Final = 1
UNKNOWN: Final = 2
STEP: Final = 100_000
_SAID: Final = {
    "changed": "is not as it was sealed: it was changed, or put in another's place",
    "removed": "was removed",
    "inserted": "was inserted: it was never sealed, and is older than what was",
    "another-head": "is another than the witness has: the chain was made anew",
}


async def verify_all(
    connection: store.Connection, key: bytes, witness: Path | None
) -> Iterator[Found]:
    """Verify every chain there is, all in one snapshot."""
    found = []
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        readable = await store.chains(connection)
        for chain in sorted({*readable, *await store.linked_chains(connection)}):
            if chain not in readable:
                found.append(Found(chain, fault=Fault("table-removed", None)))
                continue
            heads: Iterator[Given] = given(witness, chain) if witness else iter(())
            found.append(await verify(connection, key, chain, heads, _progress))
    return iter(found)


def told(found: Found) -> str:
    """Say what was found of a chain, in one line."""
    if found.fault is not None:
        return f"{found.chain}: {_fault(found.fault)}"
    line = f"{found.chain}: {found.head.position} rows, head {found.head.hash.hex()}"
    if found.waiting:
        line += f"; {found.waiting} not sealed yet, since {found.waiting_since:%Y-%m-%d %H:%M:%S}Z"
    if found.late:
        line += f"; {found.late} sealed late, the first is row {found.first_late}"
    return line


def _fault(fault: Fault) -> str:
    match fault.code:
        case "link-removed":
            return f"link {fault.position} was removed"
        case "end-removed":
            return f"everything from link {fault.position} on was removed: the witness has it"
        case "table-removed":
            return "the table was removed, or may not be read"
        case code:
            return f"row {fault.seq} {_SAID[code]}"


def _progress(chain: str, position: int) -> None:
    if position % STEP == 0:
        sys.stderr.write(f"{chain}: {position} rows so far\n")


async def _run(settings: Settings, witness: Path | None) -> int:
    key = key_of(settings)
    connection = await asyncpg.connect(settings.postgres_dsn.get_secret_value(), timeout=5)
    try:
        found = list(await verify_all(connection, key, witness))
    finally:
        await connection.close()
    for one in found:
        sys.stdout.write(told(one) + "\n")
    faulty = [one.chain for one in found if one.fault is not None]
    sys.stdout.write(f"NOT WHOLE: {', '.join(faulty)}\n" if faulty else "All is well.\n")
    return TAMPERED if faulty else WELL


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, and return the exit code."""
    parser = argparse.ArgumentParser(description="Is the audit whole?")
    parser.add_argument("--against", type=Path, help="heads as a witness has them; else our own")
    asked = parser.parse_args(arguments)
    settings = Settings.load()
    own = settings.audit_heads
    witness = asked.against or (own if own is not None and own.exists() else None)
    try:
        return asyncio.run(_run(settings, witness))
    except NoHeads as error:
        sys.stderr.write(f"The file of heads is not as we write it, line {error.line}.\n")
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        sys.stderr.write(f"Cannot verify: {type(error).__name__}.\n")
    return UNKNOWN


if __name__ == "__main__":
    sys.exit(main())
