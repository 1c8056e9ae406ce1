"""Is who was erased written down by digests alone, and erased again where a restore has them?"""

import hashlib
from pathlib import Path

import pytest
from fastapi import FastAPI

from services.intake.erased import again, read, register
from services.intake.erasing import Erasures
from services.intake.matcher import Matcher
from tests.services.conftest import Dsn, Pool
from tests.services.intake.test_erasing import (
    ONE,
    acted,
    confirmed,
    erasures_vault,
    follow,
    take,
)
from tests.services.matcher.vaulted import NHS, concern, missing


@pytest.fixture
def erasures(app: FastAPI) -> Erasures:
    found: Erasures = app.state.desk.erasures
    return found


@pytest.fixture
async def refs(app: FastAPI, intake_pool: Pool, dsn: Dsn) -> dict[str, str]:
    """A child of two records, and another child."""
    for one in (
        missing("p-1", nhs_number=NHS),
        concern("s-1", nhs_number=NHS),
        missing("p-2", given_name="Other"),
    ):
        await take(app, one)
    matcher = Matcher(intake_pool, app.state.desk.contracts, erasures_vault(app))
    while await matcher.match():
        pass
    await follow(intake_pool, dsn)
    rows = await intake_pool.fetch("SELECT record_ref, child_ref FROM record ORDER BY created_at")
    return {
        "child": rows[0]["child_ref"], "police": rows[0]["record_ref"],
        "school": rows[1]["record_ref"], "other": rows[2]["child_ref"],
    }  # fmt: skip


def digests(*refs: str) -> list[str]:
    return sorted({hashlib.sha256(ref.encode()).hexdigest() for ref in refs})


async def test_the_register_names_every_ref_of_the_erased_by_its_digest(
    erasures: Erasures, intake_pool: Pool, refs: dict[str, str], dsn: Dsn
) -> None:
    theirs = refs["child"], refs["police"], refs["school"]
    assert await register(intake_pool) == []
    erasure_id = await confirmed(erasures, refs["child"])
    await erasures.destroy(erasure_id)
    assert await register(intake_pool) == digests(*theirs)
    await acted(dsn, *theirs)
    await erasures.finish(erasure_id)
    assert await register(intake_pool) == digests(*theirs)


async def test_who_is_there_again_is_destroyed_again_and_nobody_else(
    erasures: Erasures, intake_pool: Pool, refs: dict[str, str]
) -> None:
    known = digests(refs["child"], refs["police"], refs["school"], "somebody else")
    assert await again(erasures, known) == {"destroyed": 1}
    rows = await intake_pool.fetch("SELECT child_ref FROM record")
    assert [row["child_ref"] for row in rows] == [refs["other"]]
    assert await again(erasures, known) == {}


async def test_records_that_were_not_erased_are_not_taken_along(
    erasures: Erasures, intake_pool: Pool, refs: dict[str, str]
) -> None:
    assert await again(erasures, digests(refs["police"])) == {"otherwise-linked": 1}
    assert await intake_pool.fetchval("SELECT count(*) FROM erasure") == 0


async def test_who_is_held_there_is_left_to_a_person(
    erasures: Erasures, intake_pool: Pool, refs: dict[str, str]
) -> None:
    await intake_pool.execute(
        "INSERT INTO legal_hold SELECT 'h', record_ref, 'public-inquiry', $2, now()"
        " FROM record WHERE child_ref = $1",
        refs["child"],
        ONE.subject,
    )
    known = digests(refs["child"], refs["police"], refs["school"])
    assert await again(erasures, known) == {"refused": 1}
    assert await intake_pool.fetchval("SELECT count(*) FROM record") == 3


def test_what_is_no_register_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "erased.txt"
    file.write_text("\n".join(digests("a", "b")))
    assert read(file) == digests("a", "b")
    file.write_text("a child's name")
    with pytest.raises(SystemExit, match="no register"):
        read(file)
