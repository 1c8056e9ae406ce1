"""Intake as a process of its own, so that its memory can be measured."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from joserfc.jwk import ECKey, KeySet

from deploy.embedded.ports import HOST, is_free

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60


class Served:
    """A running intake: where it answers, and how much memory it has ever needed."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.url = url
        self.log = log
        self.pid = process.pid

    def peak(self) -> int:
        """The most memory that the process has held so far, in bytes."""
        told = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in told.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024


@contextmanager
def serving(dsn: str, folder: Path, key: ECKey, master_key: bytes) -> Iterator[Served]:
    """Run `python -m services.intake` on a free port until the block ends."""
    (folder / "jwks").write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    (folder / "master").write_bytes(base64.b64encode(master_key))
    port = next(port for port in range(31_000, 32_000) if is_free(port))
    environment = os.environ | {
        "RW_POSTGRES_DSN": dsn,
        "RW_KAFKA_BOOTSTRAP": f"{HOST}:9",
        "RW_JWKS_FILE": str(folder / "jwks"),
        "RW_MASTER_KEY_FILE": str(folder / "master"),
        "RW_SEALING_KEY_FILE": str(folder / "master"),
        "RW_HTTP_PORT": str(port),
    }
    log = folder / "intake.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.intake"],
            cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    served = Served(f"http://{HOST}:{port}", process, log)
    try:
        _answers(served.url, process)
        yield served
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/health/live")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("intake does not answer")
