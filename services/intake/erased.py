"""Whom have we erased? Written down beside the backups, so that no restore brings them back.

`python -m services.intake.erased --write FILE`, or `make erased`; `--again FILE` erases them in a
database that was restored, before anything serves it. The file holds a digest for each ref, one a
line: it tells whoever still has a ref, and nobody else.
"""

import argparse
import asyncio
import re
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import asyncpg

from services.intake.command import at_work
from services.intake.erasing import Erasures
from services.runtime import clock
from services.runtime.command import say

# What chronology has done with, and what it has yet to hear of.
_DIGESTS: Final = """
SELECT encode(digest, 'hex') AS digest FROM chronology.erasure_done
UNION
SELECT encode(sha256(convert_to(ref, 'UTF8')), 'hex')
FROM erasure CROSS JOIN unnest(record_refs || child_ref) AS ref WHERE state = 'destroyed'
ORDER BY 1
"""
_THERE_AGAIN: Final = """
SELECT child_ref, bool_and(erased) AS whole FROM (
    SELECT child_ref, encode(sha256(convert_to(record_ref, 'UTF8')), 'hex') = ANY($1) AS erased
    FROM record) AS known
GROUP BY child_ref HAVING bool_or(erased) ORDER BY child_ref
"""
# Two people have decided it before; the restored database does not know who.
_AGAIN: Final = """
INSERT INTO erasure (erasure_id, child_digest, child_ref, reason, state, requested_by, requested_at,
                     confirmed_by, confirmed_at)
VALUES ($1, sha256(convert_to($2, 'UTF8')), $2, 'controllers-decision', 'confirmed', 'restore', $3,
        'register-of-erasures', $3)
"""


async def register(pool: "asyncpg.Pool[asyncpg.Record]") -> list[str]:
    """Return the digest of every ref that was erased, sorted."""
    return [row["digest"] for row in await pool.fetch(_DIGESTS)]


async def again(erasures: Erasures, digests: Collection[str]) -> Counter[str]:
    """Erase whoever is there again of those; count what became of each.

    `destroyed`; `confirmed` where a link was on its way, which intake sees through once it runs;
    `refused` where a legal hold stands; `otherwise-linked` where a child has records besides those
    that were erased: nothing is done then, for they are not all theirs.
    """
    found: Counter[str] = Counter()
    for row in await erasures.pool.fetch(_THERE_AGAIN, list(digests)):
        if not row["whole"]:
            found["otherwise-linked"] += 1
            continue
        erasure_id = clock.new_ref()
        await erasures.pool.execute(_AGAIN, erasure_id, row["child_ref"], clock.now())
        await erasures.destroy(erasure_id)
        found[str((await erasures.status(erasure_id))["state"])] += 1
    return found


def read(file: Path) -> list[str]:
    """Read a register. Raises SystemExit, with a sentence, where it is none."""
    digests = file.read_text().split()
    if not all(re.fullmatch("[0-9a-f]{64}", one) for one in digests):
        raise SystemExit(f"{file} is no register of erasures.")
    return digests


async def run(asked: argparse.Namespace) -> int:
    """Do what was asked; 1 where somebody who was erased is still there."""
    digests = read(asked.again) if asked.again else []
    async with at_work("erased") as (pool, vault, contracts):
        if asked.again:
            return told(await again(Erasures(pool, contracts.registry, vault), digests))
        digests = await register(pool)
        asked.write.write_text("".join(f"{one}\n" for one in digests))
        return say(f"{len(digests)} refs are written down as erased.", 0)


def told(found: Counter[str]) -> int:
    """Say what became of them; 1 where a person has to look."""
    say(f"{found.total()} children who were erased were there again.", 0)
    for state, count in sorted(found.items()):
        say(f"{state}\t{count}", 0)
    return 1 if found["refused"] or found["otherwise-linked"] else 0


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; ends the process where it is not right."""
    parser = argparse.ArgumentParser(prog="python -m services.intake.erased", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--write", type=Path, metavar="FILE", help="write down who was erased")
    which.add_argument("--again", type=Path, metavar="FILE", help="erase whoever is there again")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(options(None))))
