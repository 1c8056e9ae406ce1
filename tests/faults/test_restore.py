"""Is everything there again after a backup, the loss of all else, and a restore?"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded import backups
from deploy.embedded.failure import CannotStartError
from deploy.embedded.progress import silently
from deploy.embedded.stack import Stack
from services.domain.rules.catalogue import FAMILIES
from services.runtime.contracts import Contracts
from tests.agencies import Agencies
from tests.crowd import crowd
from tests.journeys.erased_child import command, erase, holding
from tests.oracle import Beliefs, believed, differences, unaccounted
from tests.thrown_away import thrown_away

BEFORE, ON_THEIR_WAY, AFTER = 400, 400, 100
FORGOTTEN_SECONDS = 60

_THEIRS = """
SELECT event.source, event.id, record.record_ref FROM intake.event JOIN intake.record
USING (record_ref) WHERE record.child_ref = $1
"""


@pytest.fixture
def empty() -> Iterator[Stack]:
    """Give a stack that has nothing yet, and is gone afterwards."""
    with thrown_away("watch-restored-") as folder:
        made = Stack(folder)
        try:
            yield made
        finally:
            made.clean()


async def beliefs(stack: Stack) -> Beliefs:
    connection = await asyncpg.connect(stack.endpoints["postgres"])
    try:
        return await believed(connection)
    finally:
        await connection.close()


async def erased_since(stack: Stack, agencies: Agencies, child_ref: str) -> set[str]:
    """Erase a child; return the refs they were known by. Their receipts lead nowhere any more."""
    connection = await asyncpg.connect(stack.endpoints["postgres"])
    try:
        theirs = await connection.fetch(_THEIRS, child_ref)
    finally:
        await connection.close()
    asked = ("--by", "ada", "--child", child_ref, "--reason", "right-to-erasure")
    erasure_id = (await asyncio.to_thread(erase, stack, *asked)).split()[2]
    told = await asyncio.to_thread(erase, stack, "--by", "ben", "--confirm", erasure_id)
    assert "state\tdone" in told
    for row in theirs:
        agencies.receipts.pop((row["source"], row["id"]), None)
    return {child_ref, *(row["record_ref"] for row in theirs)}


async def forgotten(stack: Stack, refs: set[str]) -> bool:
    """Wait until nothing on the stack names them."""
    for _ in range(2 * FORGOTTEN_SECONDS):
        if not await holding(stack.endpoints["postgres"], refs):
            return True
        await asyncio.sleep(0.5)
    return False


@pytest.mark.early
@pytest.mark.timeout(600)
async def test_what_was_accepted_before_a_backup_is_there_judged_and_goes_on_after_a_restore(
    stack: Stack, agencies: Agencies, contracts: Contracts, empty: Stack, tmp_path: Path
) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "keys"
    await agencies.post_all(crowd("restore", BEFORE))
    await agencies.settled()
    known = await beliefs(stack)
    await agencies.post_all(crowd("onway", ON_THEIR_WAY))
    await asyncio.to_thread(backups.backup, stack, folder, keys, silently)
    gone = await erased_since(stack, agencies, min(child_ref for child_ref, _ in known))
    register = tmp_path / "erased.txt"
    command(stack, "erased", "--write", str(register))
    said: list[str] = []
    await asyncio.to_thread(backups.restore, empty, folder, keys, said.append, erased=register)
    assert any(
        one.endswith("1 children who were erased were there again.\ndestroyed\t1") for one in said
    )
    assert await forgotten(empty, gone)

    async with Agencies(empty.endpoints, dict(agencies.receipts)) as again:
        await again.settled(within=200)
        dsn = empty.endpoints["postgres"]
        assert await unaccounted(dsn, agencies.receipts) == set()
        assert await differences(dsn, contracts.policy(), FAMILIES) == []
        believed_again = await beliefs(empty)
        stays = {key: gap for key, gap in known.items() if key[0] not in gone}
        assert {key: believed_again.get(key) for key in stays} == stays
        assert believed_again.keys().isdisjoint(known.keys() - stays.keys())

        await again.post_all(crowd("after", AFTER))
        await again.settled()
        assert await differences(dsn, contracts.policy(), FAMILIES) == []


@pytest.mark.early
async def test_a_backup_is_not_restored_over_what_is_stored_or_when_it_is_not_whole(
    stack: Stack, empty: Stack, tmp_path: Path
) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "keys"
    await asyncio.to_thread(backups.backup, stack, folder, keys, silently)
    with pytest.raises(CannotStartError, match="stored already"):
        await asyncio.to_thread(backups.restore, stack, folder, keys, silently)
    with (folder / "database.dump").open("ab") as dump:
        dump.write(b"x")
    with pytest.raises(CannotStartError, match="is not what was backed up"):
        await asyncio.to_thread(backups.restore, empty, folder, keys, silently)


@pytest.mark.early
async def test_keys_are_kept_apart_and_both_are_closed_to_others(
    stack: Stack, tmp_path: Path
) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "keys"
    await asyncio.to_thread(backups.backup, stack, folder, keys, silently)
    dump = (folder / "database.dump").read_bytes()
    assert {file.name for file in folder.iterdir()} == {"database.dump", "backup.json"}
    for file in [*folder.iterdir(), *keys.iterdir()]:
        assert file.stat().st_mode & 0o077 == 0 or file.name == "backup.json"
    for name in backups.KEYS:
        assert (keys / name).read_bytes().strip() not in dump
