"""How often has a person overruled a query?

An `oversight.reviewed` that closes a query (`equity.adult_language`) is kept as an event and as
evidence of the gap; here it is counted, from what is believed now, so that a rule that people keep
overruling is seen.
"""

import asyncio
from typing import Final

from asyncpg import Pool, Record

from services.runtime import metrics

EVERY_SECONDS: Final = 60.0

# As migration 0004 indexes it.
_OVERRULED: Final = """
SELECT rule, count(*) AS count FROM gap
WHERE known_to IS NULL AND kind = 'query'
  AND why -> 'params' ->> 'closed_by' = 'oversight.reviewed.v1'
GROUP BY rule
"""


async def run(pool: "Pool[Record]") -> None:
    """Count every minute, for ever."""
    while True:
        await count(pool)
        await asyncio.sleep(EVERY_SECONDS)


async def count(pool: "Pool[Record]") -> None:
    """Set the gauge; a rule of which nothing is overruled any more loses its series."""
    rows = await pool.fetch(_OVERRULED)
    metrics.OVERRULED.clear()
    for row in rows:
        metrics.OVERRULED.labels(row["rule"]).set(row["count"])
