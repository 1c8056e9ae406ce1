"""What has happened to the children about whom a referral was made within a time?"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.domain.chronology import Folded
from services.domain.registry import Registry
from services.runtime.asking import Connection
from services.runtime.histories import SEEN, histories

_CHILDREN: Final = """
SELECT DISTINCT child_ref
FROM chronology.seen_history JOIN chronology.seen_child USING (child_ref)
WHERE type = 'referral.made.v1' AND time >= $1 AND time < $2 AND NOT erased
"""


async def referred(
    connection: Connection, within: tuple[datetime, datetime], registry: Registry
) -> Iterator[Folded]:
    """Return the histories of the children about whom a referral was made within a time."""
    refs = [row["child_ref"] for row in await connection.fetch(_CHILDREN, *within)]
    return await histories(connection, refs, registry, SEEN)
