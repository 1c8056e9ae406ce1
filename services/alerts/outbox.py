"""How do notices become mails, and what happens when nobody takes one?

Notices for one address go together, so many mails an hour and no more; immediate ones never wait.
A mail is sent at least once. An address that refuses is passed over: its notices fall to the next
step. The last address of all is tried for ever, for behind it there is nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Pool, Record

from services.alerts import mail_store
from services.alerts.letters import Letter, Named, digest
from services.alerts.mailer import Away, Mailer, Refused
from services.alerts.notices import Telling
from services.runtime import clock, log, metrics

LEASE: Final = timedelta(seconds=60)
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
MOST_TRIES: Final = 8
"""Of an address that says "not now": about three hours, then it counts as refusing."""
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Makes mails of what is to be told, and sends them; without a mailer they wait."""

    pool: "Pool[Record]"
    telling: Telling
    queue: str
    mailer: Mailer | None

    async def gather(self) -> None:
        """Make a mail for every address that has something to be told now."""
        now = clock.now()
        limit = self.telling.policy.number("mails_an_hour", now)
        for row in await mail_store.ready(self.pool, now):
            if row["urgent"] or row["lately"] < limit:
                await self._gather(row["recipient"], now, urgent=row["urgent"])

    async def _gather(self, recipient: str, now: datetime, *, urgent: bool) -> None:
        """Take all that waits for an address along, but for what somebody has answered for."""
        async with self.pool.acquire() as connection, connection.transaction():
            rows = await mail_store.claim(connection, recipient)
            gone = [row["notice_id"] for row in rows if not row["stands"]]
            await mail_store.overtake(connection, gone, now)
            standing = [row for row in rows if row["stands"]]
            if standing:
                mail_id = UUID(clock.new_ref())
                letter = digest(self._named(standing), self.queue)
                await mail_store.post(
                    connection, mail_id, recipient, "alerts", letter, now, urgent=urgent
                )
                ids = [row["notice_id"] for row in standing]
                await mail_store.along(connection, ids, mail_id)

    def _named(self, rows: Sequence[Record]) -> list[Named]:
        """What may be said of each alert, once, at its highest step."""
        highest = {row["alert_id"]: row for row in sorted(rows, key=lambda row: int(row["step"]))}
        names = self.telling.contacts.registry
        return [
            Named(
                str(alert_id),
                row["rule"],
                names.name_of(row["agency"]) or row["agency"],
                row["urgency"],
                row["due_at"],
                row["step"],
                len(self.telling.policy.ladder(row["kind"], row["round_at"])),
                row["fell"],
            )
            for alert_id, row in highest.items()
        ]

    async def send(self) -> bool:
        """Send one mail; say whether there was one. Nothing is sent without a mailer."""
        if self.mailer is None:
            return False
        now = clock.now()
        mail = await mail_store.take_next(self.pool, now, LEASE)
        if mail is None:
            return False
        letter = Letter(mail["subject"], mail["plain"], mail["html"])
        try:
            await self.mailer.send(str(mail["mail_id"]), mail["recipient"], letter, now)
        except Refused as refused:
            await self._refused(mail, refused)
        except Away as away:
            await self._put_off(mail, away.code)
        else:
            await self._settle(mail, "sent", None)
        return True

    async def _refused(self, mail: Record, refused: Refused) -> None:
        last = mail["recipient"] == self.telling.contacts.last
        if last or not (refused.lasting or mail["attempts"] >= MOST_TRIES):
            await self._put_off(mail, refused.code)
            return
        _log.error("mail refused, falls to the next step", reason=refused.code)
        now = clock.now()
        async with self.pool.acquire() as connection, connection.transaction():
            await mail_store.refuse(connection, mail["recipient"], refused.code, now)
            await mail_store.settle(connection, mail["mail_id"], "refused", refused.code, now)
            passed_over = await mail_store.refusing(connection, now)
            telling = replace(self.telling, refused=passed_over)
            if mail["purpose"] == "weekly":  # no ladder: who is always there reads it
                letter = Letter(mail["subject"], mail["plain"], mail["html"])
                last_of_all = self.telling.contacts.last
                await mail_store.post(
                    connection, UUID(clock.new_ref()), last_of_all, "weekly", letter, now
                )
            for row in await mail_store.falling(connection, mail["mail_id"]):
                notices = telling.at_step(
                    str(row["alert_id"]), row["round_at"], row["step"], row["kind"],
                    row["agency"], row["unit"], row["urgency"], now,
                )  # fmt: skip
                at_once = [replace(one, release_at=now) for one in notices]
                await mail_store.tell(connection, at_once, anew=True)
        metrics.ALERT_MAILS.labels("refused").inc()

    async def _put_off(self, mail: Record, code: str) -> None:
        """Try again later, ever less often, and never not at all."""
        pause = min(FIRST_PAUSE * 2 ** min(mail["attempts"] - 1, 10), LONGEST_PAUSE)
        await mail_store.later(self.pool, mail["mail_id"], clock.now() + pause, code)
        _log.warning("mail put off", reason=code, seconds=pause.total_seconds())
        metrics.ALERT_MAILS.labels("put-off").inc()

    async def _settle(self, mail: Record, state: str, reason: str | None) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await mail_store.settle(connection, mail["mail_id"], state, reason, clock.now())
        metrics.ALERT_MAILS.labels(state).inc()
