"""Is a byte of an erased child left in any file of the stack, once all have let go?"""

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.embedded.search import folders, words_of
from deploy.embedded.stack import Stack
from deploy.embedded.turn_over import Connection, turn_over
from deploy.traces import Wanted, in_folders
from services.intake.subject_words import Words
from services.runtime import clock
from services.runtime.contracts import Contracts
from tests.agencies import Agencies
from tests.journeys.erased_child import NAME, NUMBER, command, erase, holding, life
from tests.journeys.letting_go import go_on, letting_go

WITHIN_SECONDS = 60
MONTHS = {"from": "2026-01", "to": "2026-06"}


async def equity_pack(agencies: Agencies) -> dict[str, object]:
    """Every figure of the pack as it is counted now, without the moment at which it was drawn."""
    answer = await agencies.get("/api/v1/equity-pack", "qa-reviewer", **MONTHS)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        figures: dict[str, object] = json.loads(pack.read("pack.json"))
    assert figures.pop("as_of")
    return figures


async def child_of(agencies: Agencies, sent: list[dict[str, Any]]) -> str:
    (child_ref,) = {
        gap["child_ref"]
        for one in sent[:2]
        for gap in await agencies.gaps(event=f"{one['source']}|{one['id']}")
    }
    return str(child_ref)


def gather(stack: Stack, child_ref: str, folder: Path) -> dict[str, Any]:
    """Gather as an operator does; the papers are kept elsewhere."""
    command(stack, "subject_access", "--child-ref", child_ref, "--by", "ada", "--out", str(folder))
    held: dict[str, Any] = json.loads((folder / "held.json").read_text())
    return held


def places(found: dict[Path, set[str]], stack: Stack) -> set[str]:
    """Where something was found, in words."""
    database = stack.database.folder
    return {
        "log of the database" if "pg_wal" in path.parts
        else "database" if path.is_relative_to(database) or path.is_relative_to(database.resolve())
        else "kafka" if path.is_relative_to(stack.places.kafka) else path.name
        for path in found
    }  # fmt: skip


async def written_down(connection: Connection) -> None:
    """Have the database write into its files what it has only in its log so far."""
    await connection.execute("CHECKPOINT")


async def in_database(stack: Stack, work: Callable[[Connection], Awaitable[None]]) -> None:
    connection = await asyncpg.connect(stack.database.dsn())
    try:
        await work(connection)
    finally:
        await connection.close()


async def let_go(stack: Stack, kept: Contracts, wanted: Wanted) -> None:
    """Have the database and Kafka let go, and wait until Kafka has."""
    await in_database(stack, turn_over)
    topics, bootstrap = list(kept.topics.values()), stack.endpoints["kafka"]
    with letting_go(bootstrap, topics):
        for _ in range(WITHIN_SECONDS // 2):
            await asyncio.to_thread(go_on, bootstrap, topics)
            await asyncio.sleep(2)
            if not await asyncio.to_thread(in_folders, [stack.places.kafka], wanted):
                return


@pytest.mark.early
@pytest.mark.timeout(300)
async def test_no_byte_of_an_erased_child_is_left_in_any_file(
    stack: Stack, agencies: Agencies, tmp_path: Path, contracts: Contracts
) -> None:
    tag = str(int(clock.new_ref()[:7], 16))
    sent = life(tag)
    await agencies.post_all(sent)
    await agencies.settled()
    child_ref = await child_of(agencies, sent)
    await all_have_heard(stack, child_ref)

    held = await asyncio.to_thread(gather, stack, child_ref, tmp_path / "out")
    marks = [child_ref, *agencies.receipts.values(), f"R-{tag}", f"C-{tag}", NAME + tag, NUMBER]
    await nothing_was_missed(stack, marks, held, Words.load(contracts.path))
    wanted = Wanted.of([*marks, *words_of(held)])
    assert set(wanted.words) > {*marks, "Erasmus"}
    everywhere = folders(stack.places)
    await in_database(stack, written_down)
    before = places(await asyncio.to_thread(in_folders, everywhere, wanted), stack)
    assert {"database", "log of the database", "kafka"} <= before
    pack = await equity_pack(agencies)

    asked = {"child_ref": child_ref, "reason": "right-to-erasure"}
    answer = await agencies.ask("POST", "/v1/erasures", "administrator", json=asked)
    erasure_id = answer.json()["erasure_id"]
    assert "state\tdone" in erase(stack, "--by", "ben", "--confirm", erasure_id)
    agencies.receipts.clear()
    await all_have_acted(stack, marks)
    await let_go(stack, contracts, wanted)

    found = await asyncio.to_thread(in_folders, everywhere, wanted)
    assert {str(path): words for path, words in found.items()} == {}
    assert await equity_pack(agencies) == pack
    status = await agencies.ask("GET", f"/v1/erasures/{erasure_id}", "administrator")
    assert status.json()["confirmed_by"] == "ben"


async def all_have_heard(stack: Stack, child_ref: str) -> None:
    """Wait until the service that is told last has the child: it follows the ledger."""
    for _ in range(WITHIN_SECONDS):
        if {"alerts.alert", "alerts.agenda"} <= await holding(stack.database.dsn(), [child_ref]):
            return
        await asyncio.sleep(1)
    raise AssertionError("the alerts never heard of the child")


async def all_have_acted(stack: Stack, marks: list[str]) -> None:
    """Wait until no row names the child: who only follows the ledger acts a moment later."""
    for _ in range(WITHIN_SECONDS):
        if not await holding(stack.database.dsn(), marks):
            return
        await asyncio.sleep(1)
    raise AssertionError("a row still names the child")


async def nothing_was_missed(
    stack: Stack, marks: list[str], held: dict[str, Any], words: Words
) -> None:
    """Every table in which a row of the child stands is in what was gathered."""
    named = {*held["rows"], *(f"{name}" for name, of in words.tables.items() if of.nothing)}
    holds = await holding(stack.database.dsn(), marks)
    assert "ledger.gap" in holds
    assert {
        table
        for table in holds
        if table not in named and f"*.{table.partition('.')[2]}" not in named
    } == set()
