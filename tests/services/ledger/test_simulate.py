"""Does a simulation say what another policy would find, and change nothing? On a real Postgres."""

import asyncio
import csv
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest
from pydantic import SecretStr

from services.ledger import history
from services.ledger.comparison import Difference, Span, compare
from services.ledger.crew import Stopped
from services.ledger.proposal import proposed
from services.ledger.settings import Settings
from services.ledger.simulate import Question, simulate
from services.runtime.contracts import Contracts
from tests.gaps import HOUR, MONDAY, gap
from tests.services.ledger.county import Live, told

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
YEAR = Span(date(2025, 3, 1), date(2026, 3, 1))
PACK = """
schema = 1
[[numbers."timeliness.decision_overdue.limit"]]
value = 3
unit = "working-days"
source = "a test"
standing = "local"
"""
RULE = "timeliness.decision_overdue"


@pytest.fixture
def settings(dsn: Callable[[str], str]) -> Settings:
    return Settings(
        postgres_dsn=SecretStr(dsn("ledger")), kafka_bootstrap="unused", rebuild_chunk_events=60
    )


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    file = tmp_path / "slower.toml"
    file.write_text(PACK)
    return file


@pytest.fixture
async def chronology(dsn: Callable[[str], str], contracts: Contracts) -> AsyncIterator[Pool]:
    """Chronology's pool, with the county in it."""
    async with asyncpg.create_pool(dsn("chronology"), min_size=1, max_size=2) as pool:
        await Live(pool, pool, contracts.policy()).hear(told())
        yield pool


@pytest.fixture
def question(contracts: Contracts, pack: Path, settings: Settings, tmp_path: Path) -> Question:
    policies = (contracts.policy(), proposed(contracts, pack))
    return Question(YEAR, policies, sorted(settings.judges), tmp_path / "what-if", workers=1)


def rows(question: Question) -> list[dict[str, Any]]:
    found = json.loads(question.out.with_suffix(".json").read_text())["rows"]
    assert isinstance(found, list)
    return found


@pytest.mark.usefixtures("chronology")
async def test_only_the_rule_whose_number_changes_differs(
    settings: Settings, question: Question
) -> None:
    await simulate(settings, question)
    differing = {row["rule"] for row in rows(question) if row["vanish"] or row["change"]}
    assert differing == {RULE}
    assert not any(row["appear"] for row in rows(question) if row["rule"] != RULE)
    assert {row["rule"] for row in rows(question)} > {RULE}
    with question.out.with_suffix(".csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [int(line["before"]) for line in lines] == [row["before"] for row in rows(question)]


async def test_the_connection_of_a_simulation_cannot_write(settings: Settings) -> None:
    pool = await history.open_pool(settings, read_only=True)
    async with pool:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await pool.execute("UPDATE epoch SET current = 9")


@pytest.mark.usefixtures("chronology")
async def test_a_simulation_that_is_stopped_comes_out_the_same_in_the_end(
    settings: Settings,
    question: Question,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await simulate(settings, question)
    whole = rows(question)
    partial = question.out.with_name("what-if.partial.json")
    assert not partial.exists()
    unheeded = signal.getsignal(signal.SIGINT)
    run = asyncio.create_task(_ended(simulate(settings, question)))
    while signal.getsignal(signal.SIGINT) is unheeded:  # before that it would end the tests
        assert not run.done()
        await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGINT)
    assert "goes on from here" in await run
    noted = json.loads(partial.read_text())
    assert len(noted["done"]) < len(noted["chunks"])
    await simulate(settings, question)
    assert "Going on" in capsys.readouterr().out
    assert rows(question) == whole


async def _ended(run: Any) -> str:  # noqa: ANN401 - a coroutine of any result
    try:
        await run
    except Stopped as stopped:
        return str(stopped)
    return ""


def test_gaps_that_appear_vanish_and_change_are_counted_in_the_month_in_which_they_open() -> None:
    found = Difference()
    before = [gap(1), gap(2), gap(3, opens_at=MONDAY - 24 * 60 * HOUR)]
    after = [gap(2, closes_at=MONDAY + 9 * HOUR), gap(4), gap(3, policy_version="p2")]
    compare(
        before,
        [gap(3, opens_at=MONDAY - 24 * 60 * HOUR), *after[:2]],
        Span(YEAR.first, MONDAY.date()),
        found,
    )
    (january, march) = sorted(found.tallies.items())
    assert january[0] == (RULE, "norfolk-csc", "2026-01", True)
    assert january[1].counts == (1, 1, 0, 0, 0)
    assert march[1].counts == (2, 2, 1, 1, 1)


def test_the_name_of_the_policy_is_no_difference() -> None:
    found = Difference()
    compare([gap(1)], [gap(1, policy_version="p2")], Span(MONDAY.date(), MONDAY.date()), found)
    assert [tally.counts for tally in found.tallies.values()] == [(1, 1, 0, 0, 0)]


def test_a_gap_that_opens_outside_the_span_is_not_counted() -> None:
    found = Difference()
    compare([gap(1)], [], Span(date(2026, 3, 3), date(2026, 3, 4)), found)
    assert found.tallies == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("schema = 1\n[numbers", "no TOML"),
        (PACK.replace("decision_overdue", "decision_overdeu"), "no policy: .*no rule asks for it"),
        (PACK.replace("3", "-3"), "no policy"),
        (None, "not there"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_with_its_faults(
    contracts: Contracts, tmp_path: Path, content: str | None, said: str
) -> None:
    file = tmp_path / "wrong.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Stopped, match=said):
        proposed(contracts, file)


def test_a_file_named_as_one_of_ours_stands_in_its_place(
    contracts: Contracts, tmp_path: Path
) -> None:
    own = contracts.path / "policy" / "bank-holidays.toml"
    file = tmp_path / own.name
    file.write_text(own.read_text().replace("Boxing Day", "Some Day"))
    policy = proposed(contracts, file)
    assert "Some Day" in policy.calendar.holidays.values()
    assert policy.version != contracts.policy().version
