"""Look at outbox rows that the broker refused, or let them go: `python -m services.intake.parked`.

What a row holds is never shown. Released, the relay publishes it with the next batch.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import asyncpg

from services.runtime import clock
from services.runtime.command import at_work, say
from services.runtime.settings import Settings

_PARKED: Final = """
SELECT seq, topic, parked_reason, parked_at FROM outbox WHERE parked_at IS NOT NULL ORDER BY seq
"""
_RELEASE: Final = """
UPDATE outbox SET parked_at = NULL, parked_reason = NULL
WHERE parked_at IS NOT NULL AND seq = ANY($1) RETURNING seq
"""


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; ends the process where it asks for nothing or for two things."""
    parser = argparse.ArgumentParser(prog="python -m services.intake.parked", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--list", action="store_true", help="number, topic, reason, age")
    which.add_argument("--release", type=int, nargs="+", metavar="ID")
    which.add_argument("--all", action="store_true", help="release all")
    return parser.parse_args(arguments)


async def run(asked: argparse.Namespace) -> int:
    """List or release; returns 0 when all that was asked for was done, else 1."""
    async with at_work("parked", Settings.load()) as pool:
        rows = await pool.fetch(_PARKED)
        if asked.list:
            return say("\n".join(map(_line, rows)) or "None is parked.", 0)
        wanted = [row["seq"] for row in rows] if asked.all else asked.release
        released = await pool.fetch(_RELEASE, wanted)
    sentence = f"{len(released)} of {len(wanted)} released."
    return say(sentence, 0 if len(released) == len(wanted) else 1)


def _line(row: asyncpg.Record) -> str:
    age = timedelta(seconds=int((clock.now() - row["parked_at"]).total_seconds()))
    return f"{row['seq']}\t{row['topic']}\t{row['parked_reason']}\t{age}"


if __name__ == "__main__":
    sys.exit(asyncio.run(run(options(None))))
