"""Dispose of what has been kept for long enough: `python -m services.intake.retention`, or `make`.

Takes two people, like an erasure: one asks class by class, another confirms. For how long what is
kept is said in schemas/policy/retention.toml.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from services.domain.retention import MOMENTS
from services.intake.command import at_work, log_in, ref
from services.intake.disposing import Disposals
from services.intake.erase import told
from services.intake.erasing import ROLE, Erasures
from services.runtime import clock
from services.runtime.auth import Caller
from services.runtime.command import say


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; ends the process where it is not right."""
    parser = argparse.ArgumentParser(prog="python -m services.intake.retention",
                                     description=__doc__)  # fmt: skip
    parser.add_argument("--by", type=log_in, help="who you are; not needed to list")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--list", action="store_true", help="what is due, by class")
    which.add_argument("--dispose", choices=sorted(MOMENTS), help="ask for it")
    which.add_argument("--confirm", type=ref, metavar="ID", help="confirm another's request")
    chosen = parser.parse_args(arguments)
    if not chosen.list and not chosen.by:
        parser.error("--by is missing")
    return chosen


async def run(asked: argparse.Namespace) -> int:
    """Do what was asked; 0 when it was done, 1 when it may not be or there is no such request."""
    async with at_work("retention") as (pool, vault, contracts):
        erasures = Erasures(pool, contracts.registry, vault)
        return await told(act(Disposals(erasures, contracts.retention), asked))


async def act(disposals: Disposals, asked: argparse.Namespace) -> int:
    """Do the one thing that was asked. Raises Unknown, Refused."""
    if asked.list:
        return await _list(disposals)
    caller = Caller(asked.by, "referral-watch", ROLE)
    if asked.dispose:
        disposal_id, due = await disposals.request(caller, asked.dispose)
        say(f"Asked for: {disposal_id}\t{due.count} due", 0)
        return say("Somebody else has to confirm it.", 0)
    return say(f"Disposed of: {await disposals.confirm(caller, asked.confirm)}", 0)


async def _list(disposals: Disposals) -> int:
    for due in await disposals.due(clock.now()):
        before = ", ".join(f"{moment} before {at:%Y-%m-%d}" for moment, at in due.before.items())
        say(f"{due.name}\t{due.count} due\t{due.held} held\t{before}", 0)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(run(options(None))))
