"""Judges all history again: `python -m services.ledger.rebuild`, or `make rebuild`.

All judges over all chronologies by the policy in schemas/policy, which is thereby adopted:
docs/runbooks/rebuild.md. Stopped (SIGINT, SIGTERM) it goes on, the next time, where it left off.
"""

import argparse
import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import asyncpg

from services.domain.measures.catalogue import CATALOGUE
from services.domain.moments import stamp
from services.domain.policy import Policy
from services.domain.rules.catalogue import FAMILIES
from services.ledger import crew, history, rejudging, swap
from services.ledger.crew import Crew, Progress, Stopped, say, stop_on_signals, told
from services.ledger.history import Chunk, Connection
from services.ledger.rejudging import Again
from services.ledger.settings import Settings
from services.runtime import clock, log
from services.runtime.contracts import Contracts

FEW: Final = 50
"""So few children who moved on meanwhile are left to the live judges."""
ROUNDS: Final = 10
AGAIN: Final = 500
"""How many children who moved on a worker judges in one go."""
SETTLE: Final = timedelta(seconds=60)
"""How long live judges are waited for."""

_ALONE: Final = "SELECT pg_try_advisory_lock(hashtext('ledger rebuild'))"
_BASIS: Final = "SELECT basis FROM rebuild"
_BEGIN: Final = "INSERT INTO rebuild (basis) VALUES ($1)"
_PLAN: Final = "INSERT INTO rebuild_chunk (number, after, upto, children, events) " + history.CHUNKS
_LEFT: Final = """
SELECT number, after, upto, children, events FROM rebuild_chunk
WHERE done_at IS NULL ORDER BY number
"""
_TOTALS: Final = """
SELECT coalesce(sum(children), 0)::bigint AS children, coalesce(sum(events), 0)::bigint AS events,
       coalesce(sum(children) FILTER (WHERE done_at IS NOT NULL), 0)::bigint AS done_children,
       coalesce(sum(events) FILTER (WHERE done_at IS NOT NULL), 0)::bigint AS done_events
FROM rebuild_chunk
"""
_ANALYZE: Final = """
ANALYZE rebuild_child, rebuild_gap, rebuild_unjudged, rebuild_fact, rebuild_dip_referral,
        rebuild_onward
"""


def main() -> None:
    """Rebuild; ends with 0 when the swap is made, else with one sentence."""
    parser = argparse.ArgumentParser(prog="python -m services.ledger.rebuild", description=__doc__)
    parser.add_argument("--workers", type=int, default=crew.cores(), help="processes (the cores)")
    chosen = parser.parse_args()
    settings = Settings.load()
    log.configure("ledger-rebuild", settings.log_level)
    policy = Contracts.load(settings.schemas, settings.policy_pack).policy()
    asyncio.run(rebuild(settings, policy, chosen.workers))


async def rebuild(settings: Settings, policy: Policy, workers: int) -> swap.Swapped:
    """Judge all children again and swap the verdicts in.

    Raises:
        Stopped: by a signal, or because another rebuild runs.

    """
    connection = await asyncpg.connect(
        settings.postgres_dsn.get_secret_value(), server_settings={"timezone": "UTC"}
    )
    try:
        if not await connection.fetchval(_ALONE):
            raise Stopped("Another rebuild is running; let it end, or stop it.")
        with stop_on_signals() as stopping:
            judges = sorted(settings.judges)
            await _begin(connection, basis(policy, judges), settings.rebuild_chunk_events)
            async with Crew(workers, rejudging.prepare, settings, policy, judges) as hands:
                await _judge_all(connection, hands, stopping)
                await _catch_up(connection, hands, stopping)
            swapped = await _swap(connection, judges, policy)
            await _settle(connection, swapped, stopping)
    finally:
        await connection.close()
    return swapped


def basis(policy: Policy, judges: Sequence[str]) -> str:
    """Name what was judged by: half a rebuild is worth going on with only by the same."""
    rules = [[judge, [(rule.name, rule.version) for rule in FAMILIES[judge]]] for judge in judges]
    measures = [(measure.id, measure.version) for measure in CATALOGUE]
    return hashlib.sha256(json.dumps([policy.version, rules, measures]).encode()).hexdigest()


async def _begin(connection: Connection, wanted: str, chunk_events: int) -> None:
    """Go on with a rebuild that was stopped, if it was by the same policy and rules, else anew."""
    if await connection.fetchval(_BASIS) == wanted:
        say("Going on where an earlier rebuild was stopped.")
        return
    async with connection.transaction():
        await connection.execute(swap.FORGET)
        await connection.execute(_BEGIN, wanted)
        await connection.execute(_PLAN, chunk_events)


async def _judge_all(connection: Connection, hands: Crew, stopping: asyncio.Event) -> None:
    """Judge every chunk that is not done yet."""
    (totals,) = await connection.fetch(_TOTALS)
    left = [Chunk(**row) for row in await connection.fetch(_LEFT)]
    progress = Progress("rebuild", totals["children"], totals["events"])
    progress.resume(totals["done_children"], totals["done_events"])
    async with told(progress):
        async for done in hands.work(rejudging.do, left, stopping):
            progress.add(done)
    _stop_if(stopping)
    await connection.execute(swap.LOADED)


async def _catch_up(connection: Connection, hands: Crew, stopping: asyncio.Event) -> None:
    """Judge again whoever moved on meanwhile, until they are few."""
    for _ in range(ROUNDS):
        stale = [row["child_ref"] for row in await connection.fetch(swap.STALE)]
        if len(stale) <= FEW:
            break
        say(f"rebuild: {len(stale):,} children moved on meanwhile and are judged again")
        portions = [Again(tuple(stale[n : n + AGAIN])) for n in range(0, len(stale), AGAIN)]
        async for _done in hands.work(rejudging.do, portions, stopping):
            pass
        _stop_if(stopping)
    _stop_if(stopping)


def _stop_if(stopping: asyncio.Event) -> None:
    if stopping.is_set():
        raise Stopped("Stopped; nothing has changed yet. The next rebuild goes on from here.")


async def _swap(connection: Connection, judges: list[str], policy: Policy) -> swap.Swapped:
    started = clock.monotonic()
    await connection.execute(_ANALYZE)
    swapped = await swap.swap(connection, judges, policy.version)
    say(
        f"rebuild: epoch {swapped.epoch} by policy {policy.version}, believed from "
        f"{stamp(swapped.known_from)}: {swapped.begun:,} beliefs begun, {swapped.ended:,} ended, "
        f"in {clock.monotonic() - started:.1f} s"
    )
    if swapped.unjudged:
        count = len(swapped.unjudged)
        say(f"rebuild: {count:,} children cannot be judged; what is believed of them stays")
    return swapped


async def _settle(connection: Connection, swapped: swap.Swapped, stopping: asyncio.Event) -> None:
    """Have live judges answer, in the new epoch, on whoever was not judged here, and wait for it.

    Among them are those on whom a verdict of the old epoch was under way: that one is refused.
    """
    asked = await swap.unanswered(connection)
    for child_ref in swapped.unjudged:
        asked.pop(child_ref, None)
    await swap.request(connection, asked)
    until = clock.monotonic() + SETTLE.total_seconds()
    while waiting := await swap.still_unanswered(connection, asked):
        if stopping.is_set() or clock.monotonic() > until:
            say(f"rebuild: {waiting:,} children still wait for live judges; the sweep asks on")
            return
        say(f"rebuild: {waiting:,} children wait for live judges")
        await asyncio.sleep(crew.EVERY_SECONDS)
    say("rebuild: every child is judged in the new epoch")


if __name__ == "__main__":
    main()
