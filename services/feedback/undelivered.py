"""See what webhooks did not take, or try it again: `python -m services.feedback.undelivered`.

Addresses and secrets are never shown, nor what an entry is about.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Final

import asyncpg

from services.feedback.settings import Settings
from services.runtime.command import at_work, say

_WAITING: Final = """
SELECT webhook_id, agency, count(*), min(died_at) AS since,
       mode() WITHIN GROUP (ORDER BY undelivered.outcome) AS outcome
FROM undelivered JOIN webhook USING (webhook_id)
GROUP BY webhook_id, agency ORDER BY since
"""
_REDRIVE: Final = "SELECT redrive($1, NULL)"


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; ends the process where it asks for nothing or for two things."""
    name = "python -m services.feedback.undelivered"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--list", action="store_true", help="webhook, agency, how many, why")
    which.add_argument("--webhook", metavar="ID", help="try all of one webhook's once more")
    which.add_argument("--all", action="store_true", help="try all once more")
    return parser.parse_args(arguments)


async def run(asked: argparse.Namespace) -> int:
    """List or ask; returns 0 when all that was asked for was done, else 1."""
    async with at_work("undelivered", Settings.load()) as pool:
        rows = await pool.fetch(_WAITING)
        if asked.list:
            return say("\n".join(map(_line, rows)) or "Nothing is undelivered.", 0)
        hooks = [row["webhook_id"] for row in rows] if asked.all else [asked.webhook]
        counts = [await pool.fetchval(_REDRIVE, hook) for hook in hooks]
    done = asked.all or counts != [0]
    return say(f"{sum(counts)} will be tried once more.", 0 if done else 1)


def _line(row: asyncpg.Record) -> str:
    since = row["since"].isoformat(timespec="seconds")
    told = (row["webhook_id"], row["agency"], str(row["count"]), row["outcome"], since)
    return "\t".join(told)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(options(None))))
