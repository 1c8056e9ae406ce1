"""What does the verifying command print, and how does it end?"""

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from services.audit.sealer import Sealer
from services.audit.verify_audit import main
from tests.services.audit.conftest import KEY, Tamper, looked
from tests.services.conftest import Dsn, Pool

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
async def run(
    dsn: Dsn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run the command as the role `audit` in a thread of its own loop; code, output, errors."""
    file = tmp_path / "audit.key"
    file.write_bytes(base64.b64encode(KEY))
    monkeypatch.setenv("RW_POSTGRES_DSN", dsn("audit"))
    monkeypatch.setenv("RW_KAFKA_BOOTSTRAP", "unused")
    monkeypatch.setenv("RW_AUDIT_KEY_FILE", str(file))

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


async def test_it_ends_with_0_where_all_is_well_and_with_1_where_a_row_was_changed(
    intake_pool: Pool, sealer: Sealer, tamper: Tamper, run: Run
) -> None:
    await looked(intake_pool, 5)
    await sealer.seal()
    code, out, _ = await asyncio.to_thread(run)
    assert (code, out.splitlines()[-1]) == (0, "All is well.")
    assert any(line.startswith("intake: 5 rows, head ") for line in out.splitlines())
    await tamper("UPDATE audit_entry SET row_count = 9 WHERE seq = 2")
    code, out, _ = await asyncio.to_thread(run)
    assert (code, out.splitlines()[-1]) == (1, "NOT WHOLE: intake")


async def test_it_ends_with_2_where_it_cannot_tell(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = tmp_path / "heads"
    heads.write_text("anything\n")
    code, out, errors = await asyncio.to_thread(run, "--against", str(heads))
    assert (code, out) == (2, "")
    assert "line 1" in errors
    monkeypatch.setenv("RW_POSTGRES_DSN", "postgresql://audit@127.0.0.1:9/none")
    code, _, errors = await asyncio.to_thread(run)
    assert code == 2
    assert errors == "Cannot verify: ConnectionRefusedError.\n"
