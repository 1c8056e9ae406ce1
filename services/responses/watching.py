"""Which responses are due when, and has the figure of a finding become worse? Seen to again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from services.domain.moments import london_day
from services.domain.responses.folding import fold
from services.domain.responses.record import Entry, day_of
from services.responses import findings, store
from services.responses.desk import Desk
from services.runtime import clock, log, metrics
from services.runtime.auth import Caller
from services.runtime.guard import NotNow

_DUE: Final = ((0, "overdue"), (8, "within-7-days"), (15, "within-14-days"))
"""Fewer days than these are left of the statutory time."""
_log = log.get(__name__)


async def look(desk: Desk) -> None:
    """Tell Prometheus what is due, and how mapped findings stand; not while figures are away."""
    today = london_day(clock.now())
    count_due(await store.everything(desk.pool, None), today)
    shown = []
    for agency in sorted(desk.catalogue.bodies.agencies):
        many = await store.everything(desk.pool, agency)
        analyst = Caller("responses", agency, "pcc-analyst")
        try:
            shown += await findings.found(desk, analyst, many, clock.now())
        except NotNow:
            _log.warning("findings not looked at, the dashboards are away")
            return
    findings.count(shown)


def count_due(many: Mapping[str, Sequence[Entry]], today: date) -> None:
    """Tell Prometheus how many responses are owed, by how near the statutory day is."""
    records = [fold(entries) for entries in many.values()]
    left = [
        (day_of(one.inspection["strict_on"]) - today).days
        for one in records
        if not one.brought_in and one.published_version is None
    ]
    counted = Counter(next((name for most, name in _DUE if days < most), "later") for days in left)
    for name in (*(name for _, name in _DUE), "later"):
        metrics.RESPONSES_DUE.labels(name).set(counted[name])
