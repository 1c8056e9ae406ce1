"""Who is to be told of an alert, at which step, and when may the mail go? Purely."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.domain.alert_policy import AlertPolicy, Urgency
from services.domain.alerts import Alert
from services.domain.contacts import Contacts


@dataclass(frozen=True, slots=True)
class Notice:
    """That an address is to be told of a step (0: the warning) of an alert's round."""

    alert_id: str
    round_at: datetime
    step: int
    recipient: str
    fell: int
    urgency: Urgency
    made_at: datetime
    release_at: datetime


@dataclass(frozen=True, slots=True)
class Telling:
    """By what it is decided who is told: the policy, the contacts, and who refuses mail."""

    policy: AlertPolicy
    contacts: Contacts
    refused: frozenset[str] = frozenset()

    def of(self, alert: Alert, now: datetime) -> Iterator[Notice]:
        """Every step that an alert has climbed so far in its round."""
        steps = {"warning": range(1), "new": range(1, alert.now.step + 1)}
        for step in steps.get(alert.now.state, range(0)):
            yield from self.at_step(
                alert.id, alert.round_at, step, alert.kind, alert.group.agency, alert.unit,
                alert.urgency, now,
            )  # fmt: skip

    def at_step(  # noqa: PLR0913 - what a notice is made of
        self,
        alert_id: str,
        round_at: datetime,
        step: int,
        kind: str,
        agency: str,
        unit: str | None,
        urgency: Urgency,
        now: datetime,
    ) -> Iterator[Notice]:
        """Whom one step tells; the warning tells whom the first step would."""
        ladder = self.policy.ladder(kind, round_at)
        told = self.contacts.told(ladder, max(step, 1), agency, unit, self.refused)
        release_at = self.policy.delivery(urgency, now).release(now, self.policy.calendar)
        for address in told.addresses:
            yield Notice(alert_id, round_at, step, address, told.fell, urgency, now, release_at)
