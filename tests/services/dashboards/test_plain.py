"""How is an explanation written for a person? Without what only machines read."""

import pytest

from services.dashboards.pages import plain


def name_of(agency: str) -> str:
    return {"norfolk-police": "Norfolk Constabulary"}[agency]


@pytest.mark.parametrize(
    ("step", "kept", "shown"),
    [
        (
            "event",
            (
                "referral.made.v1, from /norfolk-police/cases, Mon 2 Mar 2026 09:00:00 in London "
                "(2026-03-02T09:00:00Z)."
            ),
            "Referral made, from Norfolk Constabulary, Mon 2 Mar 2026 09:00.",
        ),
        ("event", "2 events that other agencies sent.", "2 events that other agencies sent."),
        (
            "rule",
            (
                "timeliness.decision_overdue, version 1: a decision [1 working day]. "
                "Closed by: `referral-decided`, `referral.withdrawn`."
            ),
            (
                "Decision overdue, version 1: a decision (1 working day). "
                "Closed by: “referral decided”, “referral withdrawn”."
            ),
        ),
        (
            "number",
            (
                "timeliness.assessment_overdue.limit is 45 working-days, from the first "
                "(guidance): Working Together."
            ),
            "Assessment overdue: limit is 45 working days (guidance): Working Together.",
        ),
        (
            "number",
            (
                "completeness.information_missing.required is address, where_now, gp, from the "
                "first (assumption): the area-wide list."
            ),
            (
                "Information missing: required is address, where now, gp (assumption): the "
                "area-wide list."
            ),
        ),
        (
            "number",
            "child.age_below is 18 years, since 2026-01-01 (statute): Children Act 1989 s.105(1).",
            (
                "Child: age below is 18 years, since 1 January 2026 (statute): "
                "Children Act 1989 s.105(1)."
            ),
        ),
        (
            "clock",
            "It is owed by Tue 3 Mar 2026 23:59:59 in London (2026-03-03T23:59:59Z).",
            "It is owed by Tue 3 Mar 2026 23:59.",
        ),
    ],
)
def test_an_explanation_is_written_without_codes(step: str, kept: str, shown: str) -> None:
    assert plain.steps([{"step": step, "text": kept}], name_of) == [shown]


def test_one_working_day_is_a_day() -> None:
    assert plain.text("1 working-days") == "1 working day"
    assert plain.name("timeliness.decision_overdue.limit") == "Decision overdue: limit"
