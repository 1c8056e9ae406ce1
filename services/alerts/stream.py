"""What runs beside the pages: following what is heard, looking at who is due, measuring."""

import asyncio
from typing import Final, NoReturn

from asyncpg import Pool, Record

from services.alerts import weekly
from services.alerts.handlers import BATCH, Keeper
from services.alerts.outbox import Outbox
from services.runtime import clock, metrics
from services.runtime.status import Progress

POLL_SECONDS: Final = 0.5
SHARE: Final = 4.0
"""While there is more to do, work takes a fourth of the time: a bulk load is not held up."""
TIDY_SECONDS: Final = 60.0
DELIVER_SECONDS: Final = 2.0
MEASURE_SECONDS: Final = 15.0
REPORT_SECONDS: Final = 600.0

_STANDING: Final = """
SELECT agency, rule, state, count(*) AS alerts FROM alert WHERE state <> 'resolved' GROUP BY 1, 2, 3
"""
_OLDEST: Final = """
SELECT agency, min(round_at) AS round_at FROM alert WHERE state = 'new' GROUP BY agency
"""


async def keep(keeper: Keeper, progress: Progress) -> NoReturn:
    """Keep alerts as they stand until cancelled."""
    while True:
        begun = clock.monotonic()
        await keeper.notice()
        seen = await keeper.look()
        progress.moved()
        took = clock.monotonic() - begun
        least = POLL_SECONDS if seen < BATCH else 0.0
        await asyncio.sleep(max(least, took * (SHARE - 1)))


async def deliver(outbox: Outbox) -> NoReturn:
    """Make mails of what is to be told, and send them, until cancelled."""
    while True:
        if outbox.mailer is not None:
            await outbox.gather()
            while await outbox.send():
                pass
        await asyncio.sleep(DELIVER_SECONDS)


async def report(outbox: Outbox) -> NoReturn:
    """Mail the weekly report when a week is over, until cancelled."""
    while True:
        if outbox.mailer is not None:
            await weekly.mail(outbox, clock.now())
        await asyncio.sleep(REPORT_SECONDS)


async def tidy(keeper: Keeper) -> NoReturn:
    """Forget the erased, every minute."""
    while True:
        await keeper.tidy()
        await asyncio.sleep(TIDY_SECONDS)


async def measure(pool: "Pool[Record]") -> NoReturn:
    """Measure how alerts stand, every few seconds."""
    while True:
        now = clock.now()
        metrics.ALERTS.clear()
        for row in await pool.fetch(_STANDING):
            metrics.ALERTS.labels(row["agency"], row["rule"], row["state"]).set(row["alerts"])
        metrics.ALERTS_OLDEST.clear()
        for row in await pool.fetch(_OLDEST):
            age = (now - row["round_at"]).total_seconds()
            metrics.ALERTS_OLDEST.labels(row["agency"]).set(max(age, 0.0))
        metrics.ALERTS_DUE.set(
            await pool.fetchval("SELECT count(*) FROM agenda WHERE due_at <= $1", now)
        )
        metrics.ALERT_NOTICES.set(
            await pool.fetchval("SELECT count(*) FROM notice WHERE outcome = 'waiting'")
        )
        await asyncio.sleep(MEASURE_SECONDS)
