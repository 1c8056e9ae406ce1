"""Whoever owns the database changes the record: the verifying command names the first such row."""

from pathlib import Path

import pytest

from services.audit.chain import COLUMNS
from services.audit.sealer import Sealer
from tests.services.audit.conftest import Tamper, Verified, looked
from tests.services.conftest import Pool

CHANGED = "intake: row 4 is not as it was sealed"
_SWAP = """
UPDATE {table} SET {column} = -other FROM (VALUES (4, 7), (7, 4)) AS swap (one, other)
WHERE {column} = one;
UPDATE {table} SET {column} = -{column} WHERE {column} < 0
"""
_CUT = """
DELETE FROM audit_entry WHERE seq = 4; DELETE FROM link WHERE seq = 4;
UPDATE link SET position = position - 1 WHERE position > 4
"""


async def sealed(pool: Pool, sealer: Sealer, times: int = 10) -> None:
    await looked(pool, times)
    await sealer.seal()
    await sealer.give_heads()
    await sealer.seal()  # once more: now the horizon has passed them


@pytest.fixture
async def ten(intake_pool: Pool, sealer: Sealer, verified: Verified) -> Verified:
    """Ten rows, sealed; says what the command would say of them."""
    await sealed(intake_pool, sealer)
    return verified


async def test_a_whole_record_is_said_to_be_whole(
    intake_pool: Pool, sealer: Sealer, verified: Verified, witness: Path
) -> None:
    await sealed(intake_pool, sealer)
    (line,) = await verified(witness)
    assert line.startswith("intake: 10 rows, head ")
    assert len(line.split()[-1]) == 64


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", "at + interval '1 microsecond'"),
        ("operation", "'collection'"),
        ("action", "'gap-explained'"),
        ("purpose", "'safeguarding'"),
        ("subject", "'pc-8'"),
        ("agency", "'norfolk-csc'"),
        ("role", "'police-supervisor'"),
        ("marks", "ARRAY['\\x00'::bytea]"),
        ("asked", "'{}'"),
        ("row_count", "0"),
        ("recipient", "'norfolk-csc'"),
        ("correlation", "'another'"),
    ],
)
async def test_a_change_of_any_field_is_found(
    ten: Verified, tamper: Tamper, field: str, value: str
) -> None:
    await tamper(f"UPDATE audit_entry SET {field} = {value} WHERE seq = 4")  # noqa: S608 - the words above
    assert [line[: len(CHANGED)] for line in await ten()] == [CHANGED]


async def test_every_column_of_a_row_is_bound(intake_pool: Pool) -> None:
    names = await intake_pool.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'intake' "
        "AND table_name = 'audit_entry' ORDER BY ordinal_position"
    )
    assert tuple(row["column_name"] for row in names) == COLUMNS


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM audit_entry WHERE seq = 4", "intake: row 4 was removed"),
        ("DELETE FROM audit_entry WHERE seq >= 9", "intake: row 9 was removed"),
        ("DELETE FROM audit_entry", "intake: row 1 was removed"),
        (
            "UPDATE audit_entry SET seq = seq + 100 WHERE seq = 4",
            "intake: row 4 was removed",
        ),
        (_SWAP.format(table="audit_entry", column="seq"), CHANGED),
        (
            _SWAP.format(table="link", column="position"),
            "intake: row 7 is not as it was sealed",
        ),
        ("DELETE FROM link WHERE position = 4", "intake: link 4 was removed"),
        (_CUT, "intake: row 5 is not as it was sealed"),
    ],
)
async def test_what_is_removed_or_put_elsewhere_is_found(
    ten: Verified, tamper: Tamper, sql: str, said: str
) -> None:
    await tamper("ALTER TABLE link DROP CONSTRAINT link_position_check")
    await tamper("ALTER TABLE audit_entry ALTER COLUMN seq DROP IDENTITY")
    await tamper(sql)
    assert [line[: len(said)] for line in await ten()] == [said]


async def test_a_row_put_among_the_old_ones_is_found(
    intake_pool: Pool, sealer: Sealer, verified: Verified, tamper: Tamper
) -> None:
    await looked(intake_pool, 3)
    async with intake_pool.acquire() as connection:  # a number that nobody took
        await connection.fetchval("SELECT nextval(pg_get_serial_sequence('audit_entry', 'seq'))")
    await sealed(intake_pool, sealer, 3)
    await sealer.seal()
    await tamper(
        "INSERT INTO audit_entry OVERRIDING SYSTEM VALUE SELECT 4, at, operation, action, purpose, "
        "'pc-9', agency, role, marks, asked, row_count, recipient, correlation "
        "FROM audit_entry WHERE seq = 3"
    )
    await sealer.seal()
    assert [line.split(":")[1] for line in await verified()] == [" row 4 was inserted"]


async def test_the_end_removed_with_its_links_is_found_by_the_witness_alone(
    intake_pool: Pool, sealer: Sealer, verified: Verified, tamper: Tamper, witness: Path
) -> None:
    await sealed(intake_pool, sealer)
    await tamper("DELETE FROM audit_entry WHERE seq >= 9; DELETE FROM link WHERE seq >= 9")
    assert (await verified())[0].startswith("intake: 8 rows, head ")
    assert await verified(witness) == [
        "intake: everything from link 9 on was removed: the witness has it"
    ]


async def test_a_chain_made_anew_by_who_has_the_key_is_found_by_the_witness_alone(
    intake_pool: Pool, sealer: Sealer, verified: Verified, tamper: Tamper, witness: Path
) -> None:
    await sealed(intake_pool, sealer)
    await tamper("UPDATE audit_entry SET subject = 'pc-8' WHERE seq = 4; TRUNCATE link, horizon")
    await sealer.seal()
    assert (await verified())[0].startswith("intake: 10 rows, head ")
    (said,) = await verified(witness)
    assert said.startswith("intake: row 10 is another than the witness has")


async def test_a_chain_made_anew_without_the_key_is_found(
    intake_pool: Pool, sealer: Sealer, verified: Verified
) -> None:
    await sealed(intake_pool, sealer)
    (said,) = await verified(key=bytes(32))
    assert said.startswith("intake: row 1 is not as it was sealed")


async def test_a_table_that_is_gone_is_found(
    intake_pool: Pool, sealer: Sealer, verified: Verified, tamper: Tamper
) -> None:
    await sealed(intake_pool, sealer)
    await tamper("DROP TABLE audit_entry")
    assert await verified() == ["intake: the table was removed, or may not be read"]
