"""Is what is due disposed of by two people, and what is held spared? On a real Postgres."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fastapi import FastAPI

from services.intake import holds, retention
from services.intake.disposing import Disposals
from services.intake.erasing import Refused, Unknown
from services.runtime import clock
from services.runtime.auth import Caller
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.intake.sending import Sender, child, referral

ADA, BEN = (Caller(who, "referral-watch", "administrator") for who in ("ada", "ben"))
_CHILD = "SELECT child_ref FROM record ORDER BY created_at"
_OLDER = "UPDATE event SET time = time - $1::interval"
_ENTRY = """
INSERT INTO entry (seq, entry_id, agency, type, at, known_at, child_ref, data)
VALUES ($1, $2, 'norfolk-csc', 'referral-received', $3, $3, $4, '{}')
"""
YEAR = timedelta(days=365.25)


@pytest.fixture
def disposals(app: FastAPI) -> Disposals:
    desk = app.state.desk
    return Disposals(desk.erasures, desk.contracts.retention)


@pytest.fixture
async def feedback_pool(dsn: Dsn) -> AsyncIterator[Pool]:
    async with pool_of(dsn("feedback")) as pool:
        yield pool


async def known(police: Sender, pool: Pool, born: str, local_id: str = "P-1") -> str:
    """A child of one referral in March 2026."""
    who = child(local_id=local_id, date_of_birth=born)
    await police.post(referral(f"R-{local_id}", child=who))
    return str((await pool.fetch(_CHILD))[-1]["child_ref"])


async def count(disposals: Disposals, name: str) -> tuple[int, int]:
    found = {due.name: due for due in await disposals.due(clock.now())}
    return found[name].count, found[name].held


async def test_a_child_is_due_at_25_and_only_6_years_after_it_was_last_heard_of(
    disposals: Disposals, police: Sender, intake_pool: Pool
) -> None:
    await known(police, intake_pool, "2010-02-11")
    assert await count(disposals, "child") == (0, 0)
    await intake_pool.execute(_OLDER, 7 * YEAR)
    assert await count(disposals, "child") == (0, 0), "born 2003 at the latest, 23 by now"
    await intake_pool.execute(_OLDER, 3 * YEAR)
    assert await count(disposals, "child") == (1, 0)


async def test_without_an_age_25_years_are_counted_from_the_last_event(
    disposals: Disposals, police: Sender, intake_pool: Pool
) -> None:
    await known(police, intake_pool, "2010-02-11")
    await intake_pool.execute("UPDATE event SET published_age = NULL")
    await intake_pool.execute(_OLDER, 24 * YEAR)
    assert await count(disposals, "child") == (0, 0)
    await intake_pool.execute(_OLDER, 2 * YEAR)
    assert await count(disposals, "child") == (1, 0)


async def test_two_people_dispose_of_children_and_what_is_held_stays(
    disposals: Disposals, police: Sender, intake_pool: Pool
) -> None:
    due = await known(police, intake_pool, "2010-02-11")
    held = await known(police, intake_pool, "2010-02-12", "P-2")
    await intake_pool.execute(_OLDER, 12 * YEAR)
    await holds.put(intake_pool, ADA, held, "public-inquiry")
    assert await count(disposals, "child") == (1, 1)
    disposal_id, asked = await disposals.request(ADA, "child")
    assert (asked.count, asked.held) == (1, 1)
    with pytest.raises(Refused):
        await disposals.confirm(ADA, disposal_id)
    assert await disposals.confirm(BEN, disposal_id) == 1
    rows = await intake_pool.fetch("SELECT * FROM erasure")
    assert [(r["child_ref"], r["reason"], r["state"], r["requested_by"], r["confirmed_by"])
            for r in rows] == [(due, "retention-over", "confirmed", "ada", "ben")]  # fmt: skip
    assert await count(disposals, "child") == (0, 1)
    with pytest.raises(Unknown):
        await disposals.confirm(BEN, disposal_id)


async def test_what_was_done_is_kept_and_on_record(
    disposals: Disposals, police: Sender, intake_pool: Pool
) -> None:
    await known(police, intake_pool, "2010-02-11")
    await intake_pool.execute(_OLDER, 12 * YEAR)
    disposal_id, _ = await disposals.request(ADA, "child")
    await disposals.confirm(BEN, disposal_id)
    row = await intake_pool.fetchrow("SELECT * FROM disposal")
    assert row is not None
    assert (row["class"], row["due"], row["disposed"]) == ("child", 1, 1)
    assert (row["requested_by"], row["confirmed_by"]) == ("ada", "ben")
    acts = await intake_pool.fetch(
        "SELECT subject, action, row_count FROM audit_entry WHERE purpose = 'retention-over'"
        " ORDER BY seq"
    )
    assert [tuple(act) for act in acts] == [
        ("ada", "disposal-requested", 1),
        ("ada", "erasure-requested", 0),
        ("ben", "time-over-disposed", 1),
    ]


async def test_feed_entries_go_after_two_years_but_a_held_childs(
    disposals: Disposals, police: Sender, intake_pool: Pool, feedback_pool: Pool
) -> None:
    held = await known(police, intake_pool, "2010-02-11")
    await holds.put(intake_pool, ADA, held, "court-proceedings")
    now = clock.now()
    for seq, (age, ref) in enumerate(
        [(3 * YEAR, None), (3 * YEAR, held), (YEAR, None), (3 * YEAR, clock.new_ref())], 1
    ):
        await feedback_pool.execute(_ENTRY, seq, f"f-{seq}", now - age, ref)
    await feedback_pool.execute(
        "INSERT INTO webhook (webhook_id, agency, url, secret, created_at, after, next_at)"
        " VALUES ('w', 'norfolk-csc', 'https://x.example', '', now(), 0, now())"
    )
    await feedback_pool.execute("INSERT INTO undelivered VALUES ('w', 1, 14, 'timeout', now())")
    assert await count(disposals, "feed-entry") == (2, 1)
    disposal_id, _ = await disposals.request(ADA, "feed-entry")
    assert await disposals.confirm(BEN, disposal_id) == 2
    left = await feedback_pool.fetch("SELECT seq FROM entry ORDER BY seq")
    assert [row["seq"] for row in left] == [2, 3]
    assert await count(disposals, "feed-entry") == (0, 1)


async def test_results_of_files_and_rehearsals_are_over_in_their_time(
    disposals: Disposals, intake_pool: Pool
) -> None:
    now = clock.now()
    for name, age in (("old", 2 * YEAR), ("new", YEAR / 2)):
        await intake_pool.execute(
            "INSERT INTO import (id, agency, format, state, created_at, finished_at, wrapped_key,"
            " master_key_id) VALUES ($1, 'norfolk-csc', 'csv', 'done', $2, $2, '', 'k')",
            name, now - age,
        )  # fmt: skip
        await intake_pool.execute(
            "INSERT INTO import_row (import_id, row, pointer, fact, outcome)"
            " VALUES ($1, 1, '/1', 'x', 'accepted')", name,
        )  # fmt: skip
        await intake_pool.execute(
            "INSERT INTO rehearsal (receipt, agency, source, id, body_mac, received_at, body)"
            " VALUES ($1, 'sandbox', '/sandbox/x', $1, '', $2, '')", name, now - age,
        )  # fmt: skip
    for name, disposed in (("import-result", 1), ("rehearsal", 2)):
        disposal_id, _ = await disposals.request(ADA, name)
        assert await disposals.confirm(BEN, disposal_id) == disposed
    assert [r["import_id"] for r in await intake_pool.fetch("SELECT * FROM import_row")] == ["new"]


async def test_the_command_lists_without_a_name_and_does_nothing_without_one(
    disposals: Disposals, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await retention.act(disposals, retention.options(["--list"])) == 0
    said = capsys.readouterr().out
    assert "child\t0 due\t0 held\tbirth-date before " in said
    with pytest.raises(SystemExit):
        retention.options(["--dispose", "child"])
