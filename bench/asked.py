"""What does `bench.pages` ask for, as whom, and about whom? Who is not allowed it is not timed."""

from collections.abc import Mapping
from typing import Final

import asyncpg

from services.alerts.weekly import Week
from services.domain.measures.months import Month
from services.runtime import clock

FIGURES: Final = (
    "/", "/timeliness", "/completeness", "/cumulative-harm", "/quality-assurance", "/equity",
    "/compare", "/compare?by=area", "/measures", "/measures/decision.in-time",
    "/measures/decision.in-time?by=sex", "/onward", "/alerts", "/downloads", "/changes",
    "/about-data", "/status", "/api/v1/measures", "/api/v1/measures/decision.in-time?by=ethnicity",
)  # fmt: skip
CASES: Final = (
    "/measures/decision.in-time/cases?from={month}&to={month}&state=missed",
    "/gaps", "/gaps?state=open", "/gaps?rule=timeliness.decision_overdue&state=open",
    "/gaps?state=upcoming",
    "/queue", "/queue?state=open", "/queue?rule=timeliness.decision_overdue",
    "/queue?rule={seldom}", "/queue?unit=custody", "/queue/{gap}",
    "/children/{child}", "/disagreements", "/agency", "/agency/referrals?as=sender",
    "/agency/referrals?as=recipient", "/agency/referrals/{receipt}", "/agency/prevention",
    "/agency/uploads", "/agency/uploads/{file}", "/agency/uploads/{file}?outcome=rejected",
    "/dip-samples", "/dip-samples/{month}?seed=s", "/dip-samples/{month}/agreement",
    "/dip-samples/{month}/agreement?months=24",
    "directory:/api/v1/onward/measures?from={year_ago}&to={month}",
    "directory:/api/v1/onward/referrals", "directory:/api/v1/onward/referrals?state=declined",
    "/api/v1/gaps?limit=100", "/api/v1/gaps?state=open&limit=100", "intake:/v1/feed",
    "intake:/v1/referrals?as=sender", "intake:/v1/disagreements",
    "intake:/v1/identity/reviews?purpose=quality-assurance",
    "intake:/v1/receipts?receipts={receipt}", "intake:/v1/imports/{file}",
    "intake:/v1/imports/{file}/rows?limit=100", "intake:/v1/imports/{file}/rows",
    "intake:/v1/imports/{file}/rows?outcome=rejected", "alerts:/api/v1/alerts",
    "alerts:/api/v1/alerts/weekly", "alerts:/api/v1/alerts/weekly?week={week}",
)  # fmt: skip
RESPONSES: Final = ("responses:/", "responses:/findings", "responses:/promises",
                    "responses:/published")  # fmt: skip
ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "pcc-analyst": FIGURES,
    "pcc-editor": RESPONSES,
    "police-supervisor": (*FIGURES, *CASES),
    "qa-reviewer": (*FIGURES, *CASES),
    "norfolk-csc": (*FIGURES, *CASES),
}
_NAMED: Final = """
SELECT gap.gap_id::text AS gap, gap.child_ref AS child, event.receipt
FROM ledger.gap JOIN intake.event ON (source, id) = (anchor_source, anchor_id)
WHERE known_to IS NULL AND rule = 'timeliness.decision_overdue' AND kind = 'gap'
  AND (gap.agency = $1 OR $1 = ANY (visible_to)) AND length(anchor_id) = $2
ORDER BY gap.agency = $1 DESC, opens_at DESC LIMIT 1
"""
_ID_LENGTH: Final = """
SELECT min(length(anchor_id)) FROM ledger.gap WHERE rule = 'timeliness.decision_overdue'
"""
"""Of the county that was told: its copies' bodies name others."""
_SELDOM: Final = """
SELECT rule FROM ledger.gap_tally WHERE agency = $1 AND observed GROUP BY rule
HAVING sum(believed - ended) > 0 ORDER BY sum(believed - ended), rule LIMIT 1
"""
"""By which rule an agency owes least, of those by which it owes anything."""
_FILE: Final = """
WITH file AS (
    INSERT INTO intake.import (id, agency, format, state, created_at, total, events, rejected,
                               wrapped_key, master_key_id)
    SELECT md5('file' || $1), $1, 'csv', 'done', now(), $2, $2 - $2 / 1000, $2 / 1000, '', 'none'
    ON CONFLICT DO NOTHING RETURNING id)
INSERT INTO intake.import_row (import_id, row, pointer, fact, outcome, errors)
SELECT id, n, 'row ' || n, 'referral.made.v1',
       CASE n % 1000 WHEN 0 THEN 'rejected' ELSE 'accepted' END, CASE n % 1000 WHEN 0 THEN
       '[{"pointer": "/time", "code": "required", "message": "This is required."}]'::jsonb
       ELSE '[]' END
FROM file CROSS JOIN generate_series(1, $2::int) AS n
"""
ROWS: Final = 200_000
"""Rows of the largest file, one in a thousand of which was not taken in."""


async def names(owner: "asyncpg.Connection[asyncpg.Record]", agency: str) -> dict[str, str]:
    """Name the child, the gap and all else that an agency is asked about.

    Its longest file is made where there is none yet.
    """
    id_length = await owner.fetchval(_ID_LENGTH)
    await owner.execute("SET search_path = intake")  # whose trigger names its tables alone
    await owner.execute(_FILE, agency, ROWS)
    await owner.execute("ANALYZE intake.import_row")
    now = clock.now()
    month = Month.of(now.date()).after(-2)
    return {
        **dict(await owner.fetchrow(_NAMED, agency, id_length) or {}),
        "month": str(month),
        "year_ago": str(month.after(-11)),
        "week": Week.of(f"{now:%G-W%V}").name,
        "seldom": await owner.fetchval(_SELDOM, agency),
        "file": await owner.fetchval("SELECT md5('file' || $1)", agency),
    }
