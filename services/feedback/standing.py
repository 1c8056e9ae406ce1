"""What of a gap is told to an agency that may see it, and when? Pure.

A gap opens and closes as time passes, without anything being sent; it vanishes when history is
corrected. What vanishes may come back at once, under another child, while records are linked:
so it is believed to be gone only after a while.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from services.domain.gaps import Gap
from services.domain.moments import stamp
from services.feedback.facts import Entry

Said = Literal["opened", "closed"]

_STEPS: Final[dict[tuple[Said | None, Said | None], tuple[str, ...]]] = {
    (None, "opened"): ("opened",),
    (None, "closed"): ("opened", "closed"),
    ("opened", "closed"): ("closed",),
    ("closed", "opened"): ("opened",),
    ("opened", None): ("undone",),
    ("closed", None): ("undone",),
}
"""What is told where one thing was said of a gap and another is so."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A gap for one agency that may see it: how it is believed, and what was said of it."""

    gap_id: str
    agency: str
    child_ref: str
    rule: str
    kind: str
    lesson: str
    owed_by: str
    referral_ref: str | None
    source: str
    id: str
    opens_at: datetime
    closes_at: datetime | None
    said: Said | None = None
    gone_at: datetime | None = None
    due_at: datetime | None = None
    changed: bool = False
    """What was said of it is no longer so, though it still stands as it was said to."""

    @property
    def name(self) -> tuple[str, str]:
        """The gap and who is told."""
        return (self.gap_id, self.agency)


def standings(gap: Gap) -> list[Standing]:
    """Return a believed gap as each agency that may see it is told of it.

    One that nobody would report as met is missing data, and no news to anybody.
    """
    if not gap.observed:
        return []
    return [
        Standing(
            gap.gap_id, agency, gap.child_ref, gap.rule, gap.kind, gap.lesson, gap.agency,
            gap.referral_ref, *gap.anchor, gap.opens_at, gap.closes_at,
        )
        for agency in sorted({gap.agency, *gap.visible_to})
    ]  # fmt: skip


def believed(before: Standing | None, current: Standing, now: datetime) -> Standing:
    """Take over how a gap is believed now; what was said of it stays said."""
    if before is None or before.said is None:
        return replace(current, due_at=now)
    changed = before.changed or _particulars(before) != _particulars(current, before.said)
    return replace(current, said=before.said, due_at=now, changed=changed)


def gone(before: Standing, now: datetime) -> Standing:
    """Note that a gap is believed no more."""
    return before if before.gone_at is not None else replace(before, gone_at=now, due_at=now)


def told(it: Standing, now: datetime, settle: timedelta) -> tuple[Standing, list[Entry]]:
    """Say what there is to tell of a gap at a moment, and how it stands when that is told."""
    if it.gone_at is not None and now < it.gone_at + settle:
        return replace(it, due_at=it.gone_at + settle), []
    wanted = _wanted(it, now)
    only = ("changed",) if it.changed and wanted is not None else ()
    entries = [_entry(it, step, now) for step in _STEPS.get((it.said, wanted), only)]
    return replace(it, said=wanted, due_at=_next(it, now), changed=False), entries


def _particulars(it: Standing, said: Said | None = None) -> tuple[object, ...]:
    """What was told of a gap that was said to be open or closed: since when, whose, until when."""
    closes_at = it.closes_at if (said or it.said) == "closed" else None
    return (it.opens_at, closes_at, it.owed_by, it.rule, it.kind, it.referral_ref)


def _wanted(it: Standing, now: datetime) -> Said | None:
    if it.gone_at is not None or it.opens_at > now:
        return None
    return "opened" if it.closes_at is None or it.closes_at > now else "closed"


def _next(it: Standing, now: datetime) -> datetime | None:
    """When it changes next by itself."""
    if it.gone_at is not None:
        return None
    moments = (it.opens_at, it.closes_at)
    return min((at for at in moments if at is not None and at > now), default=None)


def _entry(it: Standing, step: str, now: datetime) -> Entry:
    at = {"opened": it.opens_at, "closed": it.closes_at, "undone": it.gone_at}.get(step) or now
    return Entry(
        agency=it.agency,
        type=f"feedback.gap-{step}.v1",
        at=at,
        child_ref=it.child_ref,
        referral_ref=it.referral_ref,
        source=it.source,
        id=it.id,
        gap_id=it.gap_id,
        data={
            "rule": it.rule,
            "kind": it.kind,
            "lesson": it.lesson,
            "owed_by": it.owed_by,
            "opens_at": stamp(it.opens_at),
            "closes_at": None if it.closes_at is None else stamp(it.closes_at),
        },
    )
