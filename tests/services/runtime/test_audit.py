"""An act is on record with the transaction that does it, and says no ref that could outlive it."""

import asyncpg
import pytest

from services.runtime import audit
from services.runtime.audit import Act
from services.runtime.auth import Caller
from services.runtime.guard import NotNow
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.marks import mark_of

WHO = Caller("pc-7", "norfolk-police", "agency")
_RECORD = """
INSERT INTO record (record_ref, agency, local_id_mac, wrapped_key, master_key_id, child_ref,
                    created_at)
VALUES ($1, 'norfolk-police', convert_to($1, 'UTF8'), '', '', $2, now())
"""


async def linked(pool: Pool, child_ref: str, *others: str) -> None:
    """Put records there that make up one child."""
    for record_ref in (child_ref, *others):
        await pool.execute(_RECORD, record_ref, child_ref)


async def write(pool: Pool, *acts: Act) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await audit.write(connection, WHO, *acts)


def looked(**more: object) -> Act:
    return Act("consultation", "gaps-read", "oversight", 1, **more)  # type: ignore[arg-type]


async def test_a_child_is_on_record_by_marks_of_all_its_records_and_by_no_ref(
    intake_pool: Pool,
) -> None:
    await linked(intake_pool, "a", "b")
    await write(intake_pool, looked(children=["a"], about="REF-1"), looked(records=["b"]))
    first, second = await intake_pool.fetch("SELECT * FROM audit_entry ORDER BY seq")
    marks = [
        await mark_of(intake_pool, ref, thing) for ref in ("a", "b") for thing in (None, "REF-1")
    ]
    assert first["marks"] == sorted(marks)
    assert second["marks"] == [await mark_of(intake_pool, "b")]
    assert "REF-1" not in str(dict(first))


async def test_once_the_secret_is_gone_nobody_is_marked_any_more(intake_pool: Pool) -> None:
    await linked(intake_pool, "a")
    await intake_pool.execute("UPDATE record SET audit_salt = NULL")
    await write(intake_pool, looked(children=["a", "never-held"], about="REF-1"))
    assert await intake_pool.fetchval("SELECT marks FROM audit_entry") == []


async def test_two_records_never_share_a_secret(intake_pool: Pool) -> None:
    await linked(intake_pool, "a", "b")
    assert await intake_pool.fetchval("SELECT count(DISTINCT audit_salt) FROM record") == 2


async def test_what_is_undone_is_not_on_record(intake_pool: Pool) -> None:
    async with intake_pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await audit.write(connection, WHO, looked())
        await transaction.rollback()
    assert await intake_pool.fetchval("SELECT count(*) FROM audit_entry") == 0


async def test_an_act_outside_of_a_transaction_is_a_mistake_of_ours(intake_pool: Pool) -> None:
    async with intake_pool.acquire() as connection:
        with pytest.raises(ValueError, match="share a transaction"):
            await audit.write(connection, WHO, looked())


async def test_what_cannot_be_put_on_record_is_not_done(intake_pool: Pool) -> None:
    await intake_pool.execute("REVOKE INSERT ON audit_entry FROM intake")
    with pytest.raises(NotNow) as refused:
        await write(intake_pool, looked())
    assert refused.value.reason == "not-audited"


@pytest.mark.parametrize("words", ["Quillfeather lives here", "", "a\nb", "x" * 65, "é"])
def test_what_was_asked_is_said_in_codes(words: str) -> None:
    with pytest.raises(ValueError, match="not in codes"):
        looked(asked={"unit": words})


def test_what_stands_for_nothing_known_is_only_said_to_be_given() -> None:
    asked = {"rule": "decision_overdue", "unit": "Quillfeather", "state": None, "limit": 5}
    assert audit.coded(asked, {"rule": ["decision_overdue"]}) == {
        "rule": "decision_overdue", "unit": "given", "limit": "5",
    }  # fmt: skip


@pytest.mark.parametrize(
    "act",
    [
        Act("disclosure", "feed-read", "referral-follow-up", 1),  # to nobody
        Act("consultation", "Gaps Read", "oversight", 1),
        Act("consultation", "gaps-read", "because I can", 1),
        Act("consultation", "gaps-read", "oversight", 1, recipient="Q. Uill"),
    ],
)
async def test_no_row_is_taken_that_says_less_or_more_than_it_must(
    intake_pool: Pool, act: Act
) -> None:
    with pytest.raises(NotNow):
        await write(intake_pool, act)


async def test_rows_are_never_changed_by_the_service_that_wrote_them(intake_pool: Pool) -> None:
    await write(intake_pool, looked())
    for change in (
        "UPDATE audit_entry SET row_count = 2",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intake_pool.execute(change)


async def test_even_who_takes_the_right_back_is_refused(intake_pool: Pool) -> None:
    await write(intake_pool, looked())
    await intake_pool.execute("GRANT UPDATE, DELETE, TRUNCATE ON audit_entry TO intake")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="never changed"):
        await intake_pool.execute("DELETE FROM audit_entry")


async def test_another_service_marks_the_same_child_alike(dsn: Dsn, intake_pool: Pool) -> None:
    await linked(intake_pool, "a", "b")
    async with pool_of(dsn("dashboards")) as pool:
        await write(pool, looked(children=["a"]))
        marks = await pool.fetchval("SELECT marks FROM audit_entry")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.fetch("SELECT audit_salt FROM intake.record")
    assert marks == sorted([await mark_of(intake_pool, ref) for ref in ("a", "b")])
