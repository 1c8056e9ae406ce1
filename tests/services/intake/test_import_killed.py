"""An import whose process is killed goes on in the next one, and nothing counts twice."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx

from tests.services.conftest import Dsn, Pool
from tests.services.intake.conftest import KEY, MASTER_KEY, token
from tests.services.intake.filled import CSV, as_csv, row
from tests.services.intake.serving import Served, serving

ROWS = 3_000
WITHIN_SECONDS = 120


async def test_a_table_is_worked_off_to_its_end_though_intake_is_killed(
    dsn: Dsn, tmp_path: Path, intake_pool: Pool
) -> None:
    content = as_csv([row(referral_ref=f"R-{n}", child__local_id=f"S-{n}") for n in range(ROWS)])
    with serving(dsn("intake"), tmp_path, KEY, MASTER_KEY) as first:
        import_id = _begun(first, content)
        seen = _until(first, import_id, lambda told: told["counts"]["events"] > 0)
        os.kill(first.pid, signal.SIGKILL)
    assert 0 < seen["counts"]["events"] < ROWS, "it was over before it could be killed"
    assert seen["facts"] == ROWS
    with serving(dsn("intake"), tmp_path, KEY, MASTER_KEY) as second:
        told = _until(second, import_id, lambda told: told["state"] != "running")
    assert told["state"] == "done"
    assert told["counts"] == {"referrals": ROWS, "children": ROWS, "events": ROWS, "rejected": 0}
    assert await intake_pool.fetchval("SELECT count(*) FROM event") == ROWS
    assert await intake_pool.fetchval("SELECT count(*) FROM outbox") == ROWS


def _begun(served: Served, content: bytes) -> str:
    headers = {**_bearer(), "Content-Type": CSV}
    path = f"{served.url}/v1/imports?type=referral"
    import_id: str = httpx.post(path, content=content, headers=headers, timeout=60).json()["id"]
    return import_id


def _bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {token('norfolk-school', 'agency')}"}


def _until(served: Served, import_id: str, enough: Any) -> dict[str, Any]:  # noqa: ANN401 - a function
    """Ask how far an import is until that is enough."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        answer = httpx.get(f"{served.url}/v1/imports/{import_id}", headers=_bearer())
        told: dict[str, Any] = answer.json()
        if enough(told):
            return told
        time.sleep(0.02)
    raise AssertionError("the import does not get on")
