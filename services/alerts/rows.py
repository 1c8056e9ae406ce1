"""How does an alert stand in a row, and where in the queue?"""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.domain.alerts import Alert
from services.domain.moments import stamp

COLUMNS: Final = (
    "alert_id", "child_ref", "rule", "lesson", "kind", "agency", "unit", "visible_to", "urgency",
    "state", "reason", "by_agency", "by_unit", "since", "round_at", "step", "climbs_at", "due_at",
    "gap_ids", "history", "rank", "place",
)  # fmt: skip


def told(alert: Alert) -> list[dict[str, Any]]:
    """Write an alert's history as it is kept and shown."""
    return [{**asdict(one), "at": stamp(one.at)} for one in alert.history]


def to_row(alert: Alert) -> tuple[object, ...]:
    """Lay an alert out in the order of COLUMNS."""
    now = alert.now
    return (
        UUID(alert.id), alert.group.child_ref, alert.group.rule, alert.lesson, alert.kind,
        alert.group.agency, alert.unit, list(alert.visible_to), alert.urgency, now.state,
        now.reason, now.by, now.unit, _since(alert), alert.round_at, now.step, alert.climbs_at,
        alert.due_at, [UUID(gap_id) for gap_id in alert.gap_ids],
        msgspec.json.encode(told(alert)).decode(), *place_of(alert),
    )  # fmt: skip


def _since(alert: Alert) -> datetime:
    """Since when it is in its state, however far it has climbed meanwhile."""
    since = alert.now.at
    for one in reversed(alert.history):
        if one.state != alert.now.state:
            break
        since = one.at
    return since


def place_of(alert: Alert) -> tuple[int, float]:
    """Where it stands in the queue: warnings, the next first; what is open, the latest first."""
    due = alert.due_at.timestamp()
    if alert.now.state == "warning":
        return 0, due
    if alert.now.state == "resolved":
        return 2, -alert.now.at.timestamp()
    return 1, -due
