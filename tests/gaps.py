"""Gaps and verdicts for tests: all alike but for what a test says."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.domain.gaps import Gap, Why
from services.domain.verdicts import Verdict

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def gap(number: int = 1, **changes: Any) -> Gap:  # noqa: ANN401 - any field of a gap
    """Return a decision that social care owes on a referral by the police."""
    fields: dict[str, Any] = {
        "gap_id": str(UUID(int=number)),
        "rule": "timeliness.decision_overdue",
        "rule_version": 1,
        "policy_version": "p1",
        "lesson": "1",
        "kind": "gap",
        "observed": True,
        "child_ref": "child-a",
        "referral_ref": "R-1",
        "anchor": ("/norfolk-police/referrals", "made-1"),
        "agency": "norfolk-csc",
        "visible_to": ("norfolk-police",),
        "unit": "duty",
        "opens_at": MONDAY + number * HOUR,
        "closes_at": None,
        "why": Why(
            "decision_overdue",
            {
                "from": "made",
                "started_at": "2026-03-02T09:00:00Z",
                "due_at": "2026-03-03T23:59:59Z",
                "limit": 1,
                "unit": "working-days",
                "skipped": [],
                "age_unknown": False,
                "closed_by": "social-care.referral-decided.v1",
            },
        ),
        "evidence": (("/norfolk-police/referrals", "made-1"), ("/norfolk-csc/cases", "got-1")),
    }
    return Gap(**(fields | changes))


def verdict(*gaps: Gap, version: int = 1, **changes: Any) -> Verdict:  # noqa: ANN401 - any field
    """Return what timeliness says of child-a at a version."""
    fields: dict[str, Any] = {
        "child_ref": "child-a",
        "judge": "timeliness",
        "epoch": 1,
        "version": version,
        "policy_version": "p1",
        "merged_into": None,
        "gaps": gaps,
    }
    return Verdict(**(fields | changes))
