"""Rows are bound within seconds, in whatever order they commit, and nobody waits for it."""

import asyncpg
import pytest

from deploy.embedded.processes import SERVICES
from services.audit import store
from services.audit.horizon import Horizon
from services.audit.sealer import Sealer
from services.runtime import audit
from tests.services.audit.conftest import WHO, Verified, look, looked
from tests.services.conftest import Dsn, Pool, pool_of


async def test_a_row_that_commits_late_is_bound_late_and_is_no_fault(
    intake_pool: Pool, sealer: Sealer, verified: Verified
) -> None:
    async with intake_pool.acquire() as slow:
        transaction = slow.transaction()
        await transaction.start()
        await audit.write(slow, WHO, look())
        await looked(intake_pool, 5)
        for _ in range(4):
            await sealer.seal()
        (line,) = await verified()
        assert line.startswith("intake: 5 rows, head ")
        await transaction.commit()
    await sealer.seal()
    (line,) = await verified()
    assert line.startswith("intake: 6 rows, head ")
    assert "not sealed" not in line


async def test_what_was_undone_leaves_a_gap_that_is_no_fault(
    intake_pool: Pool, sealer: Sealer, verified: Verified
) -> None:
    async with intake_pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await audit.write(connection, WHO, look())
        await transaction.rollback()
    await looked(intake_pool, 2)
    for _ in range(3):
        await sealer.seal()
    (line,) = await verified()
    assert line.startswith("intake: 2 rows")


async def test_a_transaction_has_its_number_before_its_rows_have_theirs(intake_pool: Pool) -> None:
    async with intake_pool.acquire() as connection, connection.transaction():
        plan = "\n".join(
            row[0] for row in await connection.fetch("EXPLAIN (VERBOSE) " + _numbered())
        )
    assert "CTE begun" in plan


def _numbered() -> str:
    """The statement that writes, with nulls for what it is given."""
    statement = audit._WRITE  # noqa: SLF001 - its plan is what is looked at
    for place in range(14, 0, -1):
        statement = statement.replace(f"${place}", "NULL")
    return statement


async def test_rows_of_every_service_are_bound_each_in_a_chain_of_its_own(
    dsn: Dsn, intake_pool: Pool, sealer: Sealer, verified: Verified
) -> None:
    async with pool_of(dsn("dashboards")) as dashboards:
        await looked(dashboards, 2)
    await looked(intake_pool, 1)
    await sealer.seal()
    assert [line.split(",")[0] for line in await verified()] == [
        "dashboards: 2 rows",
        "intake: 1 rows",
    ]


async def test_what_is_not_bound_yet_is_said(intake_pool: Pool, verified: Verified) -> None:
    await looked(intake_pool, 2)
    (line,) = await verified()
    assert "; 2 not sealed yet, since 20" in line


async def test_two_sealers_do_not_cross(
    intake_pool: Pool, dsn: Dsn, sealer: Sealer, verified: Verified
) -> None:
    await looked(intake_pool, 3)
    connection = await asyncpg.connect(dsn("audit"))
    await connection.execute("SELECT pg_advisory_lock(hashtextextended('audit sealer', 0))")
    assert not await sealer.seal()
    assert "3 not sealed" in (await verified())[0]
    await connection.close()


async def test_the_sealer_reads_rows_and_writes_none(audit_pool: Pool) -> None:
    for statement in (
        "INSERT INTO intake.audit_entry DEFAULT VALUES",
        "DELETE FROM intake.audit_entry",
        "SELECT * FROM intake.event",
        "UPDATE link SET position = 1",
        "DELETE FROM link",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await audit_pool.execute(statement)


async def test_no_service_reaches_the_links(intake_pool: Pool) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await intake_pool.execute("SELECT * FROM audit.link")


async def test_every_service_has_a_chain(audit_pool: Pool) -> None:
    async with audit_pool.acquire() as connection:
        assert await store.chains(connection) == sorted(SERVICES)


def test_the_floor_rises_once_all_that_ran_have_ended() -> None:
    seen = Horizon().moved(oldest=10, latest=12, last_seq=5)
    assert seen == Horizon(0, 5, 12)
    assert seen.moved(oldest=11, latest=20, last_seq=9) == seen
    assert seen.moved(oldest=12, latest=20, last_seq=9) == Horizon(5, 9, 20)


def test_a_server_that_counts_anew_is_waited_for_anew() -> None:
    assert Horizon(3, 5, 1_000).moved(oldest=10, latest=12, last_seq=9) == Horizon(3, 5, 12)


async def test_a_long_queue_is_bound_whole_and_then_settled(
    intake_pool: Pool, sealer: Sealer, verified: Verified, audit_pool: Pool
) -> None:
    await looked(intake_pool, 1)
    await intake_pool.execute(
        "INSERT INTO audit_entry (operation, action, purpose, subject, agency, role, row_count, "
        "correlation) SELECT operation, action, purpose, subject, agency, role, n, correlation "
        "FROM audit_entry, generate_series(1, 4500) AS n"
    )
    while await sealer.seal():
        pass
    await sealer.seal()
    (line,) = await verified()
    assert line.startswith("intake: 4501 rows, head ")
    assert "not sealed" not in line
    floor = await audit_pool.fetchval("SELECT floor FROM horizon WHERE chain = 'intake'")
    assert floor == await intake_pool.fetchval("SELECT max(seq) FROM audit_entry")
