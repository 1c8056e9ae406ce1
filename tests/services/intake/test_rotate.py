"""Does the master key change while intake goes on, and is nothing ever left without a key?"""

import asyncio
import base64
from pathlib import Path

import pytest

from services.intake.candidates import Offered
from services.intake.handlers import Intake
from services.intake.keyring import KeyFile, vault_of
from services.intake.rotate import TABLES, InUse, Rotation, counts, retire
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from tests.services.conftest import Pool
from tests.services.matcher.vaulted import missing

CALLER = Caller("system", "norfolk-police", "agency", ())
_WITH_KEYS = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'intake' AND column_name = 'wrapped_key'
"""
_GUARDED = """
SELECT event_object_table FROM information_schema.triggers
WHERE action_statement LIKE '%refuse_retired_key%' AND event_manipulation = 'INSERT'
"""


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    file = tmp_path / "keys"
    file.write_bytes(base64.b64encode(bytes(32)))
    return KeyFile(file)


@pytest.fixture
async def intake(intake_pool: Pool, contracts: Contracts, keys: KeyFile) -> Intake:
    return Intake(intake_pool, contracts, await vault_of(intake_pool, keys._path))  # noqa: SLF001


async def take(intake: Intake, *local_ids: str) -> None:
    answers = await intake.take(CALLER, [Offered(missing(one)) for one in local_ids])
    assert {answer.status for answer in answers} == {202}


async def test_every_key_is_wrapped_anew_while_intake_goes_on_and_the_old_one_may_go(
    intake: Intake, intake_pool: Pool, keys: KeyFile
) -> None:
    await take(intake, *(f"before-{n}" for n in range(40)))
    old, new = keys.current, keys.add()

    async def go_on() -> None:
        for n in range(40):
            await take(intake, f"before-{n}", f"meanwhile-{n}")

    rotation = Rotation(intake_pool, keys, size=7)
    await asyncio.gather(go_on(), rotation.run())
    await retire(intake_pool, keys, old)
    assert keys.ids == [new]
    async with intake_pool.acquire() as connection:
        assert set(await counts(connection)) == {new}
    await take(intake, *(f"before-{n}" for n in range(40)))
    assert rotation.done >= 41
    assert rotation.shut == set()


async def test_a_key_that_wraps_anything_is_not_retired(
    intake: Intake, intake_pool: Pool, keys: KeyFile
) -> None:
    await take(intake, "one")
    old = keys.current
    with pytest.raises(InUse):
        await retire(intake_pool, keys, old)
    keys.add()
    with pytest.raises(InUse):
        await retire(intake_pool, keys, old)
    assert old in keys.ids


async def test_a_rotation_that_was_stopped_goes_on(
    intake: Intake, intake_pool: Pool, keys: KeyFile
) -> None:
    await take(intake, *(f"one-{n}" for n in range(30)))
    keys.add()
    first = Rotation(intake_pool, keys, size=5)
    running = asyncio.create_task(first.run())
    while first.done < 10:
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    second = Rotation(intake_pool, keys, size=5)
    await second.run()
    assert first.done < 32
    assert first.done + second.done >= 32  # 30 records, one of staff, the root of the MACs
    async with intake_pool.acquire() as connection:
        assert set(await counts(connection)) == {keys.current}


async def test_a_process_that_has_not_heard_wraps_nothing_by_a_retired_key(
    intake: Intake, intake_pool: Pool, keys: KeyFile
) -> None:
    await take(intake, "one")
    old = keys.current
    keys.add()
    await Rotation(intake_pool, keys).run()
    await retire(intake_pool, keys, old)
    with pytest.raises(Exception, match="retired master key"):
        await intake_pool.execute("UPDATE record SET master_key_id = $1", old)


async def test_a_key_that_nothing_opens_is_told_and_left_alone(
    intake: Intake, intake_pool: Pool, keys: KeyFile
) -> None:
    await take(intake, "one", "two")
    lost = await intake_pool.fetchval(
        "UPDATE record SET master_key_id = 'gone'"
        " WHERE record_ref = (SELECT min(record_ref) FROM record) RETURNING record_ref"
    )
    keys.add()
    rotation = Rotation(intake_pool, keys)
    await rotation.run()
    assert rotation.shut == {lost}


async def test_no_table_with_wrapped_keys_is_left_out(intake_pool: Pool) -> None:
    assert {row[0] for row in await intake_pool.fetch(_WITH_KEYS)} == TABLES.keys()
    assert {row[0] for row in await intake_pool.fetch(_GUARDED)} == TABLES.keys()
