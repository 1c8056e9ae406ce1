"""What becomes of alerts when something was heard, or when time has passed?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from asyncpg import Pool, Record

from services.alerts import mail_store, store
from services.alerts.notices import Telling
from services.alerts.rows import told
from services.domain.alert_episodes import Belief
from services.domain.alert_words import words
from services.domain.alerts import Alert, Assessment, assess
from services.domain.events import Event
from services.domain.registry import Registry
from services.runtime import clock, metrics

BATCH: Final = 200
"""Children looked at in one transaction."""


@dataclass
class Keeper:
    """Keeps alerts as they stand: what was heard goes on the agenda, what is due is looked at."""

    pool: "Pool[Record]"
    telling: Telling
    registry: Registry
    _heard: Sequence[datetime] = field(default=())

    async def notice(self) -> None:
        """Put on the agenda whom something was heard of."""
        async with self.pool.acquire() as connection, connection.transaction():
            heard = await store.notice(connection, clock.now(), self._heard)
        self._heard = heard

    async def look(self) -> int:
        """Look at children who are due, in one transaction; return how many there were."""
        async with (
            self.pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read"),
        ):
            refs = await store.take(connection, clock.now(), BATCH)
            if refs:
                await self._look(connection, refs)
        return len(refs)

    async def tidy(self) -> None:
        """Forget whose alerts they were, of children who are erased."""
        async with self.pool.acquire() as connection, connection.transaction():
            await store.forget_erased(connection, clock.now())

    async def _look(self, connection: store.Connection, refs: Sequence[str]) -> None:
        now = max(clock.now(), await store.watermark(connection))
        beliefs = await store.beliefs(connection, refs)
        said = await store.events(connection, refs)
        held = await store.held(connection, refs)
        due: dict[str, datetime | None] = {}
        gone = {name for name, one in held.items() if one.state != "resolved"}
        changed: list[Alert] = []
        for ref in refs:
            found = self._assess(ref, beliefs.get(ref, []), said.get(ref, []), now)
            due[ref] = found.next_at
            gone -= {alert.id for alert in found.alerts}
            changed += [alert for alert in found.alerts if _changed(alert, held)]
        await store.put(connection, changed)
        await store.end(connection, sorted(gone), now)
        telling = replace(self.telling, refused=await mail_store.refusing(connection, now))
        notices = [one for alert in changed for one in telling.of(alert, now)]
        await mail_store.tell(connection, notices)
        await store.look_again(connection, due)
        _count(changed, held)

    def _assess(
        self,
        child_ref: str,
        beliefs: Sequence[Belief],
        said: Sequence[Event],
        now: datetime,
    ) -> Assessment:
        return assess(
            child_ref, beliefs, words(said, self.registry), self.telling.policy, self.registry, now
        )


def _changed(alert: Alert, held: dict[str, store.Held]) -> bool:
    """Whether it has to be kept anew.

    What was over before anybody could look at it, as when history is loaded, was never an alert.
    """
    before = held.get(alert.id)
    if before is None:
        return alert.now.state != "resolved"
    return before.state != "resolved" or before.history != told(alert)


def _count(changed: Sequence[Alert], held: dict[str, store.Held]) -> None:
    """Count the steps that ladders were climbed, and the states that alerts came to."""
    for alert in changed:
        known = held.get(alert.id)
        fresh = alert.history[len(known.history) if known else 0 :]
        for (state, step), count in Counter((one.state, one.step) for one in fresh).items():
            metrics.ALERT_MOVES.labels(alert.group.rule, state, str(step)).inc(count)
