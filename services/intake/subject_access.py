"""Gather all that is held about a child: `python -m services.intake.subject_access`, or `make`.

It writes a folder for whoever checks it before anything is given out: docs/for-operators.md. That
it was gathered is on record before anything of it is written.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import asyncpg

from services.intake import subject_papers
from services.intake.command import at_work, log_in, ref
from services.intake.subject_document import Writer
from services.intake.subject_rows import Held, gather
from services.intake.subject_text import Speaker
from services.intake.subject_words import Words
from services.intake.vault import Vault
from services.runtime import audit, clock
from services.runtime.audit import Act
from services.runtime.auth import Caller
from services.runtime.command import say
from services.runtime.contracts import Contracts, event_type

ROLE: Final = "administrator"
NAMES: Final = ("given_name", "family_name")


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; ends the process where it is not right."""
    parser = argparse.ArgumentParser(prog="python -m services.intake.subject_access",
                                     description=__doc__)  # fmt: skip
    parser.add_argument("--child-ref", required=True, type=ref, metavar="REF")
    parser.add_argument("--by", required=True, type=log_in, help="who you are")
    parser.add_argument("--out", required=True, type=Path, help="a folder that is not there yet")
    return parser.parse_args(arguments)


async def run(asked: argparse.Namespace) -> int:
    """Gather and write; 0 when done, 1 where there is no such child or the folder is there."""
    async with at_work("subject-access") as (pool, vault, contracts):
        return await act(pool, vault, contracts, asked)


async def act(
    pool: "asyncpg.Pool[asyncpg.Record]",
    vault: Vault,
    contracts: Contracts,
    asked: argparse.Namespace,
) -> int:
    """Do what was asked of the command line."""
    words = Words.load(contracts.path)
    if asked.out.exists():
        return say("That folder is there already: name another.", 1)
    caller = Caller(asked.by, "referral-watch", ROLE)
    held = await gathered(pool, vault, words, caller, asked.child_ref)
    if held is None:
        return say("No record is of such a child.", 1)
    written = put(held, contracts, words, asked.by, asked.out, clock.now())
    return say("\n".join(map(str, written)), 0)


async def gathered(
    pool: "asyncpg.Pool[asyncpg.Record]", vault: Vault, words: Words, caller: Caller, child_ref: str
) -> Held | None:
    """Gather as at one moment, on record: what cannot be put on record is not gathered."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read"),
    ):
        await connection.execute("SET LOCAL statement_timeout = '60s'")
        held = await gather(connection, vault, words, child_ref)
        count = held.count if held else 0
        done = Act("consultation", "subject-access", "subject-access", count, children=[child_ref])
        await audit.write(connection, caller, done)
    return held


def put(  # noqa: PLR0913 - what the papers are made of
    held: Held, contracts: Contracts, words: Words, by: str, folder: Path, now: datetime
) -> list[Path]:
    """Write the papers of what was gathered."""
    said = [row["sealed"] or {} for row in held.rows.get("intake.identity", ())]
    names = {child[name] for child in said for name in NAMES if child.get(name)}
    titles = {event_type(path): schema["title"] for path, schema in contracts.schemas.items()}
    speaker = Speaker(words, contracts.codes, names)
    parts = Writer(held, words, speaker, contracts.registry, titles).parts()
    return subject_papers.write(folder, held, subject_papers.paper(held, parts, words, by, now))


if __name__ == "__main__":
    sys.exit(asyncio.run(run(options(None))))
