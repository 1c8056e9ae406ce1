"""Send dead letters back to their topics: `python -m services.runtime.redrive --service X …`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Protocol

import asyncpg

from services.runtime import attempts, broker_tls, kafka
from services.runtime.command import at_work, say
from services.runtime.guard import NotNow
from services.runtime.settings import Settings


class Publisher(Protocol):
    """What sends: `kafka.Publisher` or a fake."""

    async def publish(self, messages: Sequence[kafka.Outgoing]) -> list[kafka.Refused | None]:
        """Send all; None stands for acknowledged."""


def main(arguments: Sequence[str] | None = None) -> int:
    """List or re-drive; returns 0 when all that was asked for was done, else 1."""
    options = _options(arguments)
    return asyncio.run(_run(options, Settings.load()))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.runtime.redrive", description=__doc__)
    parser.add_argument(
        "--service", required=True, help="whose dead letters; RW_POSTGRES_DSN is that role's"
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--list", action="store_true", help="show those that wait")
    which.add_argument("--one", type=int, metavar="ID")
    which.add_argument("--many", type=int, nargs="+", metavar="ID")
    which.add_argument("--all", action="store_true")
    return parser.parse_args(arguments)


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    async with at_work("redrive", settings) as pool:
        return await _act(options, settings, pool)


async def _act(
    options: argparse.Namespace, settings: Settings, pool: "asyncpg.Pool[asyncpg.Record]"
) -> int:
    if await pool.fetchval("select current_user::text") != options.service:
        return say(f"RW_POSTGRES_DSN is not the role of {options.service}.", 1)
    ids = [options.one] if options.one is not None else options.many
    letters = await attempts.waiting(pool, ids)
    if options.list:
        return say("\n".join(_line(letter) for letter in letters) or "None waits.", 0)
    broker_tls.configure(settings.kafka_tls)
    publisher = kafka.Publisher("redrive", settings.kafka_bootstrap)
    try:
        sent = await redrive(pool, publisher, letters)
    except NotNow:
        return say("The broker is away; what was not marked can be sent again.", 1)
    finally:
        await publisher.stop()
    asked = len(letters) if ids is None else len(ids)
    return say(f"{sent} of {asked} sent again.", 0 if sent == asked else 1)


async def redrive(
    pool: "asyncpg.Pool[asyncpg.Record]",
    publisher: Publisher,
    letters: Sequence[attempts.DeadLetter],
) -> int:
    """Publish each letter to the topic it came from and mark it; return how many went.

    Marked after the acknowledgement: at worst one goes twice, which changes nothing. A letter that
    never lay on its topic is its sender's to send: here it would be an empty message.
    """
    sent = 0
    for letter in letters:
        message = letter.message
        if message.partition < 0:
            continue
        outgoing = (message.topic, message.key or b"", message.value)
        if await publisher.publish([outgoing]) == [None]:
            await attempts.mark_redriven(pool, [letter.dead_letter_id])
            sent += 1
    return sent


def _line(letter: attempts.DeadLetter) -> str:
    """Show a letter without its content."""
    place = f"{letter.message.topic}/{letter.message.partition}/{letter.message.offset}"
    why = f"{letter.reason} {letter.error or ''}".strip()
    return f"{letter.dead_letter_id}\t{place}\t{why}\tattempts {letter.attempts}\t{letter.died_at}"


if __name__ == "__main__":
    sys.exit(main())
