"""The weekly report: what nobody answered for when the week ended; no child, no small number."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from services.alerts import weekly
from services.alerts.desk import Desk
from services.alerts.outbox import Outbox
from services.domain.contacts import Contacts
from services.domain.moments import moment, stamp
from tests.services.alerts.conftest import Ask
from tests.services.conftest import Dsn, Pool, pool_of

NOW = moment("2026-11-26T12:00:00Z")  # a Thursday
WEEK = "2026-W47"
MIDWEEK = moment("2026-11-18T12:00:00Z")
COLUMNS = (
    "alert_id, child_ref, rule, lesson, kind, agency, visible_to, urgency, state, since, round_at, "
    "step, due_at, gap_ids, history, rank, place"
)
Line = tuple[datetime, str, int]


@pytest.fixture
def put(alerts_pool: Pool) -> Any:  # noqa: ANN401 - a function
    """Keep alerts with a history."""

    async def kept(agency: str, rule: str, count: int, *history: Line) -> None:
        for number in range(count):
            name = uuid5(UUID(int=1), f"{agency}{rule}{number}{history}")
            told = [{"at": stamp(at), "state": state, "step": step} for at, state, step in history]
            await alerts_pool.execute(
                f"INSERT INTO alert ({COLUMNS}) VALUES ($1, 'c', $2, '1', 'gap', $3, '{{}}', "  # noqa: S608 - ours
                "'routine', $4, $5, $5, $6, $5, '{}', $7, 1, 0)",
                name, rule, agency, history[-1][1], history[-1][0], history[-1][2],
                msgspec.json.encode(told).decode(),
            )  # fmt: skip

    return kept


def climbed(at: datetime = MIDWEEK) -> Sequence[Line]:
    return ((at - timedelta(days=2), "new", 1), (at, "new", 2))


async def test_what_nobody_answered_for_is_counted_as_it_stood_when_the_week_ended(
    put: Any,  # noqa: ANN401 - a function
    ask: Ask,
) -> None:
    later = moment("2026-11-24T09:00:00Z")
    await put("norfolk-police", "oversight.not_reviewed", 2, *climbed())
    await put("norfolk-police", "oversight.not_reviewed", 1, *climbed(), (later, "in-hand", 0))
    await put("norfolk-police", "oversight.not_reviewed", 1, (MIDWEEK, "new", 1))
    answered = (MIDWEEK + timedelta(hours=1), "acknowledged", 0)
    await put("norfolk-police", "oversight.not_reviewed", 1, *climbed(), answered)
    await put("norfolk-police", "oversight.not_reviewed", 1, *climbed(later))
    found = (await ask("police-supervisor", "/api/v1/alerts/weekly", week=WEEK)).json()
    (line,) = found["lines"]
    assert (line["alerts"], line["highest_step"]) == (3, 2)
    assert (found["total"], found["as_of"]) == (3, "2026-11-23T00:00:00Z")
    table = (await ask("police-supervisor", "/api/v1/alerts/weekly", week=WEEK, format="csv")).text
    assert table.splitlines()[1].startswith(
        f"{WEEK},norfolk-police,,oversight.not_reviewed,gap,3,2,"
    )
    assert (await ask("norfolk-school", "/api/v1/alerts/weekly", week=WEEK)).json()["lines"] == []


async def test_no_count_tells_of_a_restricted_child_and_figures_count_it(
    put: Any,  # noqa: ANN401 - a function
    ask: Ask,
    dsn: Dsn,
) -> None:
    await put("norfolk-police", "oversight.not_reviewed", 12, *climbed())  # of the child "c"
    weekly_of = "/api/v1/alerts/weekly"
    assert (await ask("norfolk-police", weekly_of, week=WEEK)).json()["total"] == 12
    async with pool_of(dsn("intake")) as pool:
        await pool.execute(
            "INSERT INTO record (record_ref, child_ref, agency, local_id_mac, wrapped_key,"
            " master_key_id, created_at) VALUES ('c', 'c', 'norfolk-police', '', '', 'm', $1)",
            NOW,
        )
        await pool.execute(
            "INSERT INTO event (receipt, source, id, type, time, received_at, agency, record_ref,"
            " body_mac, sealed, feature_version) VALUES ('r', '/norfolk-police/pages', 'hide',"
            " 'child.restricted.v1', $1, $1, 'norfolk-police', 'c', '', '', 1)",
            NOW,
        )
    assert (await ask("norfolk-police", weekly_of, week=WEEK)).json()["lines"] == []
    for persona in ("police-supervisor", "qa-reviewer", "pcc-analyst"):
        assert (await ask(persona, weekly_of, week=WEEK)).json()["total"] == 12, persona


async def test_the_commissioners_office_is_shown_no_small_count(
    put: Any,  # noqa: ANN401 - a function
    ask: Ask,
) -> None:
    await put("norfolk-police", "oversight.not_reviewed", 12, *climbed())
    await put("norfolk-csc", "timeliness.decision_overdue", 9, *climbed())
    await put("norfolk-school", "timeliness.referral_not_made", 2, *climbed())
    found = (await ask("pcc-analyst", "/api/v1/alerts/weekly", week=WEEK)).json()
    assert (found["suppressed"], found["lines"]) == (True, [])
    assert found["by_agency"] == {"norfolk-csc": "c", "norfolk-police": 12, "norfolk-school": "c"}
    assert found["by_rule"]["timeliness.referral_not_made"] == "c"
    assert found["total"] == 23
    table = (await ask("pcc-analyst", "/api/v1/alerts/weekly", week=WEEK, format="csv")).text
    assert ",2," not in table


async def test_the_administrator_sees_no_weekly_report_and_a_week_must_be_one(ask: Ask) -> None:
    assert (await ask("administrator", "/api/v1/alerts/weekly")).status_code == 403
    for week in ("2026-W54", "2025-W53", "2099-W01", "last"):
        assert (await ask("qa-reviewer", "/api/v1/alerts/weekly", week=week)).status_code == 422


async def test_reports_are_mailed_once_to_who_reads_them_and_empty_ones_are_not(
    put: Any,  # noqa: ANN401 - a function
    desk: Desk,
    alerts_pool: Pool,
) -> None:
    await put("norfolk-police", "oversight.not_reviewed", 12, *climbed())
    await put("norfolk-csc", "timeliness.decision_overdue", 3, *climbed())
    agencies = {
        "norfolk-police": {"weekly": "head@police.example"},
        "norfolk-health": {"weekly": "nurse@health.example"},
        "norfolk-csc": {"duty": "duty@csc.example"},
        "norfolk-opcc": {"weekly": "office@opcc.example"},
    }
    contacts = Contacts.parse({"last": "l@x.example", "agencies": agencies}, desk.registry, set())
    telling = type(desk.telling)(desk.telling.policy, contacts)
    outbox = Outbox(alerts_pool, telling, "http://queue.example", None)
    for _ in range(2):
        await weekly.mail(outbox, NOW)
    rows = await alerts_pool.fetch("SELECT recipient, plain FROM mail ORDER BY recipient")
    mails = {row["recipient"]: row["plain"] for row in rows}
    assert mails.keys() == {"head@police.example", "office@opcc.example"}
    assert "Norfolk Constabulary: 12" in mails["head@police.example"]
    assert "social care: c" in mails["office@opcc.example"]
    assert "social care" not in mails["head@police.example"]


def test_the_last_week_is_the_one_that_is_over() -> None:
    assert weekly.Week.last(moment("2026-11-22T23:59:59Z")).name == "2026-W46"
    assert weekly.Week.last(moment("2026-11-23T00:00:00Z")).name == WEEK
    assert weekly.Week.of(WEEK).before == moment("2026-11-23T00:00:00Z")
