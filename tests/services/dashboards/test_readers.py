"""Who is answered, is every reading written down, and what can nobody touch? On a real Postgres."""

import json

import asyncpg
import pytest

from tests.gaps import gap
from tests.services.conftest import Pool
from tests.services.dashboards.conftest import Ask, Tell, ids


@pytest.mark.parametrize(
    ("persona", "seen"),
    [
        ("norfolk-csc", [1]),
        ("norfolk-police", [1, 2]),
        ("norfolk-school", [3]),
        ("norfolk-health", []),
        ("norfolk-voluntary", []),
        ("police-supervisor", [1, 2]),
        ("qa-reviewer", [1, 2, 3]),
    ],
)
async def test_each_persona_sees_its_own_whatever_it_filters_by(
    ask: Ask, tell: Tell, persona: str, seen: list[int]
) -> None:
    await tell(
        gap(1),
        gap(2, agency="norfolk-police", visible_to=()),
        gap(3, agency="norfolk-school", visible_to=()),
        gap(4, agency="kent-csc", visible_to=("kent-police",)),
    )
    answer = await ask(persona)
    assert ids(answer) == seen
    assert answer.json()["total"] == len(seen)
    owed = {1: "norfolk-csc", 2: "norfolk-police", 3: "norfolk-school", 4: "kent-csc"}
    for number, agency in owed.items():
        expected = [number] if number in seen else []
        assert ids(await ask(persona, agency=agency)) == expected


@pytest.mark.parametrize("persona", ["pcc-analyst", "pcc-editor", "administrator"])
async def test_roles_that_see_figures_alone_are_refused(ask: Ask, tell: Tell, persona: str) -> None:
    await tell(gap(1))
    answer = await ask(persona)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nobody_is_answered_without_a_token(ask: Ask) -> None:
    assert (await ask(None)).status_code == 401


async def test_each_reading_leaves_one_row_that_nobody_can_change(
    ask: Ask, tell: Tell, dashboards_pool: Pool
) -> None:
    await tell(gap(1), gap(2))
    await ask("norfolk-csc", child_ref="child-a", limit=1)
    await ask("pcc-analyst")
    (row,) = await dashboards_pool.fetch("SELECT * FROM audit_entry")
    assert (row["subject"], row["agency"], row["role"]) == ("norfolk-csc", "norfolk-csc", "agency")
    assert (row["operation"], row["action"], row["row_count"]) == ("consultation", "gaps-read", 1)
    assert json.loads(row["asked"]) == {"child_ref": "given"}
    for change in (
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET row_count = 0",
        "TRUNCATE audit_entry",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await dashboards_pool.execute(change)


async def test_what_cannot_be_audited_is_not_answered(
    ask: Ask, tell: Tell, dashboards_pool: Pool
) -> None:
    await tell(gap(1))
    await dashboards_pool.execute("REVOKE INSERT ON audit_entry FROM dashboards_reader")
    answer = await ask("norfolk-csc")
    assert answer.status_code == 503
    assert "child-a" not in answer.text


async def test_the_dashboards_cannot_touch_what_the_ledger_believes(dashboards_pool: Pool) -> None:
    for statement in ("DELETE FROM ledger.gap", "DELETE FROM ledger.belief", "TRUNCATE ledger.gap"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await dashboards_pool.execute(statement)


async def test_the_dashboards_themselves_read_nothing_of_chronology(dashboards_pool: Pool) -> None:
    assert not await dashboards_pool.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'chronology'::regnamespace "
        "AND relkind IN ('r', 'v') AND has_table_privilege(oid, 'SELECT')"
    )


async def test_a_reader_who_does_not_say_who_asks_is_shown_nothing(
    tell: Tell, dashboards_readers: Pool
) -> None:
    await tell(gap(1))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await dashboards_readers.fetch("SELECT * FROM ledger.seen_belief")
