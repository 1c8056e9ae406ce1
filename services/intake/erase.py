"""Erase a child, or hold one: `python -m services.intake.erase`, or `make erase`.

An erasure takes two people: one asks, another confirms. What was confirmed goes on by itself in
intake, also after a crash; here it is carried as far as it will go at once. Names are log-ins.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Sequence
from typing import Final, get_args

from services.intake import holds
from services.intake.command import at_work, log_in, ref
from services.intake.erasing import ROLE, Erasures, Reason, Refused, Unknown
from services.runtime.auth import Caller
from services.runtime.command import say

PATIENCE: Final = 60
"""How often, a second apart, it is looked whether everyone has acted."""


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; ends the process where it is not right."""
    parser = argparse.ArgumentParser(prog="python -m services.intake.erase", description=__doc__)
    parser.add_argument("--by", required=True, type=log_in, help="who you are")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--child", type=ref, metavar="REF", help="ask for a child to be erased")
    which.add_argument("--confirm", type=ref, metavar="ID", help="confirm another's request")
    which.add_argument("--status", type=ref, metavar="ID", help="how far it is, whom it reached")
    which.add_argument("--hold", type=ref, metavar="REF", help="put a legal hold on a child")
    which.add_argument("--lift", type=ref, metavar="ID", help="lift a legal hold")
    reasons = sorted({*get_args(Reason), *get_args(holds.Why), *get_args(holds.WhyNot)})
    parser.add_argument("--reason", choices=reasons)
    chosen = parser.parse_args(arguments)
    for asked, known in (
        (chosen.child, get_args(Reason)),
        (chosen.hold, get_args(holds.Why)),
        (chosen.lift, get_args(holds.WhyNot)),
    ):
        if asked and chosen.reason not in known:
            parser.error(f"--reason is one of: {', '.join(known)}")
    return chosen


async def run(asked: argparse.Namespace) -> int:
    """Do what was asked; 0 when it was done, 1 when it may not be or there is no such thing."""
    async with at_work("erase") as (pool, vault, contracts):
        return await told(act(Erasures(pool, contracts.registry, vault), asked))


async def told(doing: Awaitable[int]) -> int:
    """Do what takes two people, and say it where it may not be or waits for nobody."""
    try:
        return await doing
    except Unknown:
        return say("There is none that waits for this.", 1)
    except Refused as error:
        return say(f"Refused: {error.code}.", 1)


async def act(erasures: Erasures, asked: argparse.Namespace) -> int:
    """Do the one thing that was asked. Raises Unknown, Refused."""
    caller = Caller(asked.by, "referral-watch", ROLE)
    if asked.hold:
        return say(f"Held: {await holds.put(erasures.pool, caller, asked.hold, asked.reason)}", 0)
    if asked.lift:
        await holds.lift(erasures.pool, caller, asked.lift, asked.reason)
        return say("Lifted.", 0)
    if asked.child:
        erasure_id = await erasures.request(caller, asked.child, asked.reason)
        return say(f"Asked for: {erasure_id}\nSomebody else has to confirm it.", 0)
    if asked.confirm:
        await erasures.confirm(caller, asked.confirm)
        await _see_through(erasures, asked.confirm)
    return await _tell(erasures, asked.confirm or asked.status)


async def _see_through(erasures: Erasures, erasure_id: str) -> None:
    for _ in range(PATIENCE):
        await erasures.advance()
        if (await erasures.status(erasure_id))["state"] in ("done", "refused"):
            return
        await asyncio.sleep(1)


async def _tell(erasures: Erasures, erasure_id: str) -> int:
    found = await erasures.status(erasure_id)
    for name, value in found.items():
        if name != "reached" and value is not None:
            say(f"{name}\t{value}", 0)
    for one in found["reached"]:
        times = f"{one['times']} times, last {one['last_at']}"
        say(f"to be told\t{one['agency']}\t{one['action']}\t{times}", 0)
    return 0 if found["state"] != "refused" else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(run(options(None))))
