"""The gaps of a restricted child are there for who is named in policy; figures count them."""

import pytest

from services.runtime.asking import asking
from services.runtime.auth import Caller
from tests.gaps import MONDAY, gap
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.dashboards.conftest import Ask, Tell, ids
from tests.services.dashboards.put import put

ANCHOR = "made-1"


@pytest.fixture
async def restrict(dsn: Dsn) -> None:
    """child-a is restricted, as intake would have kept it."""
    async with pool_of(dsn("intake")) as pool:
        await pool.execute(
            "INSERT INTO record (record_ref, child_ref, agency, local_id_mac, wrapped_key,"
            " master_key_id, created_at)"
            " VALUES ('child-a', 'child-a', 'norfolk-police', '', '', 'm', $1)",
            MONDAY,
        )
        await pool.execute(
            "INSERT INTO event (receipt, source, id, type, time, received_at, agency, record_ref,"
            " body_mac, sealed, feature_version) VALUES ('r', '/norfolk-police/pages', 'hide',"
            " 'child.restricted.v1', $1, $1, 'norfolk-police', 'child-a', '', '', 1)",
            MONDAY,
        )


@pytest.mark.usefixtures("restrict")
@pytest.mark.parametrize(
    ("persona", "seen"),
    [("norfolk-csc", [2]), ("norfolk-police", [2]), ("police-supervisor", [1, 2]),
     ("qa-reviewer", [1, 2])],
)  # fmt: skip
async def test_the_gaps_of_a_restricted_child_are_not_there_and_not_counted_in_a_list(
    ask: Ask, tell: Tell, persona: str, seen: list[int]
) -> None:
    await tell(gap(1))
    await tell(gap(2, child_ref="child-b"), child_ref="child-b")
    answer = await ask(persona)
    assert ids(answer) == seen
    assert answer.json()["total"] == len(seen)
    explained = await ask(persona, f"/api/v1/gaps/{gap(1).gap_id}/explanation")
    assert explained.status_code == (200 if 1 in seen else 404)
    assert ids(await ask(persona, child_ref="child-a")) == [n for n in seen if n == 1]


@pytest.mark.usefixtures("restrict")
async def test_a_restricted_child_counts_in_figures(
    tell: Tell, dsn: Dsn, dashboards_readers: Pool
) -> None:
    async with pool_of(dsn("chronology")) as chronology:
        anchor = await put(chronology, ANCHOR, kind="referral.made.v1", child_ref="child-a")
    await tell(gap(1, anchor=anchor))
    office = Caller("pcc", "norfolk-opcc", "pcc-analyst")
    query = "SELECT count(*) FROM ledger.equity_findings($1, $2, $3, $2)"
    early, late = MONDAY.replace(year=2025), MONDAY.replace(year=2027)
    async with asking(dashboards_readers, office) as connection:
        found = await connection.fetchval(query, ["timeliness.decision_overdue"], late, early)
        rows = await connection.fetchval("SELECT count(*) FROM ledger.seen_belief")
    assert (found, rows) == (1, 0)
