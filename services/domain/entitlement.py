"""Who was entitled to say what, as far as that depends on what else is known?"""

from collections.abc import Iterable, Sequence

from services.domain.events import (
    AMENDED,
    INCIDENT_TYPES,
    MADE,
    NOT_REFERRED,
    WITHDRAWN,
    Event,
    Key,
    agency_of,
)
from services.domain.incidents import refs_of
from services.domain.referrals import original
from services.domain.registry import Registry
from services.domain.retraction import Reason

CONDITIONAL = frozenset({AMENDED, WITHDRAWN, NOT_REFERRED})
"""The types that only the sender of what they speak of may send."""


def unentitled(events: Sequence[Event], registry: Registry) -> dict[Key, Reason]:
    """Say which events have no effect: their target is not known, or is another agency's."""
    conditional = [event for event in events if event.type in CONDITIONAL]
    if not conditional:
        return {}
    senders = _senders(events)
    judged = ((event.key, _judge(event, senders, registry)) for event in conditional)
    return {key: reason for key, reason in judged if reason is not None}


Senders = dict[tuple[str, str], set[str]]
"""Which agencies sent the events behind a ("trigger" or "referral", ref); one for a referral."""


def _senders(events: Iterable[Event]) -> Senders:
    senders: Senders = {}
    made: dict[str, list[Event]] = {}
    for event in events:
        if event.type == MADE:
            made.setdefault(event.ref("referral_ref") or "", []).append(event)
        elif event.type in INCIDENT_TYPES:
            for _, ref in refs_of(event):
                senders.setdefault(("trigger", ref), set()).add(agency_of(event.source))
    for ref, times in made.items():
        senders["referral", ref] = {agency_of(original(times).source)}
    return senders


def _judge(event: Event, senders: Senders, registry: Registry) -> Reason | None:
    """Say why an event has no effect; None where its sender was entitled."""
    agency = agency_of(event.source)
    targets = [senders.get(name, set()) for name in _targets(event)]
    if any(agency in target for target in targets) and registry.may_send(agency, event.type):
        return None
    return Reason.NOT_ENTITLED if targets and all(targets) else Reason.WAITING


def _targets(event: Event) -> list[tuple[str, str]]:
    if event.type == NOT_REFERRED:
        return [("trigger", ref) for ref in event.triggers]
    return [("referral", event.ref("referral_ref") or "")]
