"""How long is it from an event's receipt, and from its chronology, until it is judged?

Observed when a verdict is kept on the very version that was heard of last; what this process has
not heard of itself it says nothing about. In memory and bounded: to lose it loses a measurement.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from services.domain.verdicts import Verdict
from services.ledger.beliefs import Standing
from services.runtime import metrics

CHILDREN: Final = 20_000
V = TypeVar("V")


@dataclass(slots=True)
class _Told:
    version: int
    sent_at: float
    received_at: datetime | None
    """Of the newest event, if it is new to us: then its first verdict ends its journey."""


class Lag:
    """Remembers the last version of each child heard of."""

    def __init__(self, began_at: datetime) -> None:
        """What was received before `began_at` says how long we were away, not how slow we are."""
        self._began_at = began_at
        self._told: OrderedDict[str, _Told] = OrderedDict()
        self._newest: OrderedDict[str, datetime] = OrderedDict()

    def heard(self, standing: Standing, sent_at: float | None) -> None:
        """Note a chronology and when the broker took it."""
        if sent_at is None or standing.emptied:
            return
        newest, known = standing.newest_at, self._newest.get(standing.child_ref, self._began_at)
        fresh = newest if newest is not None and newest > known else None
        if fresh is not None:
            _put(self._newest, standing.child_ref, fresh)
        _put(self._told, standing.child_ref, _Told(standing.version, sent_at, fresh))

    def judged(self, verdicts: Iterable[Verdict], now: datetime) -> None:
        """Observe what has been answered."""
        for one in verdicts:
            told = self._told.get(one.child_ref)
            if told is None or told.version != one.version:
                continue
            seconds = max(now.timestamp() - told.sent_at, 0.0)
            metrics.CHRONOLOGY_TO_JUDGED.labels(one.judge).observe(seconds)
            if told.received_at is not None:
                whole = max((now - told.received_at).total_seconds(), 0.0)
                metrics.END_TO_END.labels(one.judge).observe(whole)


def _put(kept: "OrderedDict[str, V]", key: str, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > CHILDREN:
        kept.popitem(last=False)
