"""Is what is told of a week what reading every history would give, whatever becomes of alerts?"""

from datetime import timedelta
from typing import Any

import pytest

from services.alerts.weekly import Week
from services.domain.moments import moment
from tests.services.alerts.test_weekly import climbed, put
from tests.services.conftest import Pool

__all__ = ["put"]
MONDAY = moment("2026-10-19T00:00:00+01:00")
WEEKS = [Week.of(f"2026-W{number}") for number in range(41, 49)]  # the clocks go back after W43
READ = """
SELECT agency, unit, rule, kind, count(*) AS alerts, max(stood.step) AS highest_step,
       min(due_at) AS first_due
FROM alert CROSS JOIN LATERAL (
    SELECT line ->> 'state' AS state, (line ->> 'step')::int AS step
    FROM jsonb_array_elements(history) WITH ORDINALITY AS told (line, number)
    WHERE (line ->> 'at')::timestamptz < $1 ORDER BY number DESC LIMIT 1) AS stood
WHERE stood.state = 'new' AND stood.step > 1 AND (child_ref IS NULL OR child_ref <> ALL ($2))
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
"""
"""Every history, as it is meant."""
SUMS = f"SELECT agency, rule, sum(alerts) FROM ({READ}) AS found GROUP BY 1, 2 ORDER BY 1, 2"  # noqa: S608 - ours
KEPT = """
SELECT agency, rule, sum(alerts) FROM week_tally WHERE week_end <= $1
GROUP BY 1, 2 HAVING sum(alerts) <> 0 ORDER BY 1, 2
"""
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


async def told(pool: Pool) -> list[int]:
    """Compare all three for every week and moments in it; return what each counts at its end."""
    totals = []
    for week in WEEKS:
        kept, read = await pool.fetch(KEPT, week.before), await pool.fetch(SUMS, week.before, [])
        assert list(map(tuple, kept)) == list(map(tuple, read)), week.name
        totals.append(sum(row["sum"] for row in kept))
        for at in (week.before, week.since + MOMENT, *(week.since + n * DAY for n in range(1, 7))):
            for left_out in ([], ["c"]):
                found = await pool.fetch("SELECT * FROM unanswered($1, $2)", at, left_out)
                assert found == await pool.fetch(READ, at, left_out), at
    return totals


@pytest.fixture(autouse=True)
async def _begun(put: Any) -> None:  # noqa: ANN401 - a function
    rule = "oversight.not_reviewed"
    await put("norfolk-police", rule, 2, *climbed(MONDAY))
    await put("norfolk-police", rule, 1, *climbed(MONDAY - MOMENT))
    answered = (MONDAY + 8 * DAY, "acknowledged", 0)
    again = ((MONDAY + 20 * DAY, "new", 1), (MONDAY + 21 * DAY, "new", 3))
    await put("norfolk-csc", rule, 1, *climbed(MONDAY), answered, *again)
    out_of_order = (MONDAY + 9 * DAY, "new", 2), (MONDAY + DAY, "acknowledged", 0)
    await put("norfolk-csc", "equity.suspect_only", 1, *climbed(MONDAY), *out_of_order)
    await put("norfolk-csc", "equity.suspect_only", 1, (MONDAY, "new", 1))


async def test_alerts_count_from_week_to_week_while_nobody_answers(alerts_pool: Pool) -> None:
    assert await told(alerts_pool) == [0, 1, 4, 3, 4, 4, 4, 4]


async def test_alerts_that_change_or_go_are_tallied_anew(alerts_pool: Pool) -> None:
    await alerts_pool.execute(
        "UPDATE alert SET history = history - 1, step = 1, agency = 'norfolk-health'"
        " WHERE agency = 'norfolk-police'"
    )
    assert await told(alerts_pool) == [0, 0, 1, 0, 1, 1, 1, 1]
    await alerts_pool.execute("DELETE FROM alert")
    assert await told(alerts_pool) == [0] * 8


async def test_what_was_loaded_past_the_triggers_can_be_tallied_anew(alerts_pool: Pool) -> None:
    await alerts_pool.execute("UPDATE week_tally SET alerts = 7")
    await alerts_pool.execute("SELECT tally_anew()")
    assert (await told(alerts_pool))[-1] == 4
