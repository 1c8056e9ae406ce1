"""How many gaps are open, by rule, of those that somebody may see? The lists give as many.

What no feed would report counts nowhere but as missing data (contract.md 3).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from services.dashboards import store
from services.dashboards.desk import Desk
from services.dashboards.handlers import settled
from services.dashboards.question import Question
from services.dashboards.sight import sight_of
from services.dashboards.store import Moments
from services.runtime.asking import asking
from services.runtime.auth import Caller


class Owed(NamedTuple):
    """Counts by rule, and as known when."""

    open: Mapping[str, int]
    known_at: datetime


async def now(
    desk: Desk, caller: Caller, as_of: datetime, known_at: datetime | None
) -> Owed | None:
    """Count what is open at a moment; None for who may see no child's gaps."""
    sight = sight_of(caller, desk.registry)
    if sight is None:
        return None
    async with asking(desk.readers, caller) as connection:
        watermark = await store.watermark(connection)
        at, _ = settled(known_at, watermark)
        moments = Moments(as_of, at, at == watermark)
        asked = Question(state="open", observed="true")
        counted = await store.by_rule(connection, asked, moments, sight)
    return Owed(counted, at)
