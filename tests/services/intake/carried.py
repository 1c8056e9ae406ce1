"""Brings what intake has sent into the chronology, as relay and chronology would."""

from itertools import count

from services.chronology.handlers import Handlers
from services.runtime.guard import Message
from tests.services.conftest import Pool

_offsets = count()


async def carry(intake: Pool, chronology: Pool) -> None:
    """Apply everything in intake's outbox; what was applied before changes nothing."""
    rows = await intake.fetch("SELECT topic, key, value FROM outbox ORDER BY seq")
    messages = [Message(row["topic"], 0, next(_offsets), row["key"], row["value"]) for row in rows]
    await Handlers(chronology).handle(messages)


async def link(chronology: Pool, records: list[str]) -> None:
    """Make records one child's: that of the first."""
    await chronology.execute(
        "UPDATE record SET child_ref = $1 WHERE record_ref = ANY($2)", records[0], records
    )
