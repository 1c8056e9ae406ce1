"""Parked rows are listed without their content, and go out once they are let go of."""

import pytest

from services.intake import parked
from tests.services.conftest import Dsn, Pool


@pytest.fixture
async def environment(monkeypatch: pytest.MonkeyPatch, dsn: Dsn, intake_pool: Pool) -> Pool:
    monkeypatch.setenv("RW_POSTGRES_DSN", dsn("intake"))
    monkeypatch.setenv("RW_KAFKA_BOOTSTRAP", "127.0.0.1:9")
    await intake_pool.executemany(
        "INSERT INTO outbox (topic, key, value, created_at, parked_at, parked_reason)"
        " VALUES ('police.events', 'secret-key', 'secret', now(), now() - $1 * interval '1 hour',"
        " 'too-large')",
        [(26,), (1,)],
    )
    await intake_pool.execute("INSERT INTO outbox (topic, key, value) VALUES ('t', 'k', 'v')")
    return intake_pool


async def left(pool: Pool) -> list[int]:
    rows = await pool.fetch("SELECT seq FROM outbox WHERE parked_at IS NOT NULL ORDER BY seq")
    return [row["seq"] for row in rows]


async def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = await parked.run(parked.options(arguments))
    return code, capsys.readouterr().out.splitlines()


async def test_the_list_says_where_why_and_since_when_and_no_content(
    environment: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = await left(environment)
    code, lines = await run(capsys, "--list")
    assert code == 0
    assert [line.split("\t")[:3] for line in lines] == [
        [str(first), "police.events", "too-large"],
        [str(second), "police.events", "too-large"],
    ]
    assert lines[0].split("\t")[3].startswith("1 day, 2:00:0")
    assert "secret" not in "".join(lines)


async def test_those_named_are_released_and_no_others(
    environment: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = await left(environment)
    assert await run(capsys, "--release", str(second)) == (0, ["1 of 1 released."])
    assert await left(environment) == [first]
    assert await run(capsys, "--release", str(second)) == (1, ["0 of 1 released."])


async def test_all_are_released(environment: Pool, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(capsys, "--all") == (0, ["2 of 2 released."])
    assert await left(environment) == []
    reasons = "SELECT count(*) FROM outbox WHERE parked_reason IS NOT NULL"
    assert await environment.fetchval(reasons) == 0
    assert await run(capsys, "--list") == (0, ["None is parked."])


def test_exactly_one_thing_must_be_asked_for() -> None:
    with pytest.raises(SystemExit):
        parked.options([])
