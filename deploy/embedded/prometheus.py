"""Where is Prometheus, and what is it told? Debian's packages, unpacked beside the other downloads.

Nothing is installed on the machine and no service is started: the programs are static. Where there
is no Debian, a Prometheus on the PATH will do; without one the stack runs unwatched and says so.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from deploy.embedded.places import PROJECT, Places
from deploy.embedded.ports import HOST
from deploy.embedded.processes import PROCESSES

CONFIGURATION = PROJECT / "deploy" / "prometheus"
CACHE = Path(sys.prefix) / "share" / "referral-watch" / "prometheus"
PACKAGES = ("prometheus", "prometheus-alertmanager")
PROGRAM, TOOL = "prometheus", "promtool"


def found(program: str = PROGRAM) -> Path | None:
    """Return where a program of Prometheus is; None where nobody has fetched or installed it."""
    fetched = CACHE / "usr" / "bin" / program
    if fetched.exists():
        return fetched
    installed = shutil.which(program)
    return None if installed is None else Path(installed)


def fetch(say: Callable[[str], None]) -> bool:
    """Fetch it once, where there is Debian; say whether it is here now."""
    if found() is not None and found(TOOL) is not None:
        return True
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        say("No Prometheus: put `prometheus` and `promtool` on the PATH to have the stack watched.")
        return False
    say("fetching Prometheus from Debian, about 30 MB")
    with tempfile.TemporaryDirectory() as folder:
        if not (_downloaded(folder) or (_lists_renewed() and _downloaded(folder))):
            say("Prometheus could not be fetched from Debian; `apt-get update` may be needed.")
            return False
        CACHE.mkdir(parents=True, exist_ok=True)
        for package in sorted(Path(folder).glob("*.deb")):
            subprocess.run(["dpkg", "-x", package, CACHE], check=True)  # noqa: S607
    return True


def _downloaded(folder: str) -> bool:
    command = ["apt-get", "download", "--quiet", *PACKAGES]
    return _runs(command, folder)


def _lists_renewed() -> bool:
    return _runs(["apt-get", "update", "--quiet"], None)


def _runs(command: list[str], folder: str | None) -> bool:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A stack's own Prometheus: its folder and its port."""

    program: Path
    folder: Path
    port: int

    @classmethod
    def at(cls, places: Places, port: int) -> "Prometheus | None":
        """Return the stack's Prometheus; None where there is no program."""
        program = found()
        return None if program is None else cls(program, places.run / "prometheus", port)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    def answers(self) -> bool:
        """Say whether it has read its rules and takes questions."""
        try:
            return httpx.get(f"{self.url}/-/ready", timeout=5, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    @property
    def command(self) -> list[str]:
        """Return what supervisord runs."""
        return [
            str(self.program),
            f"--config.file={self.folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address={HOST}:{self.port}",
            "--storage.tsdb.retention.time=15d",
            "--web.enable-lifecycle",
        ]

    def create(self, ports: Mapping[str, int], every: str | None = None) -> None:
        """Write what it scrapes, and how often if not as usual, and which rules it asks."""
        self.folder.mkdir(exist_ok=True)
        told = yaml.safe_load((CONFIGURATION / "prometheus.yml").read_text())
        told["rule_files"] = [str(CONFIGURATION / name) for name in told["rule_files"]]
        if every is not None:
            told["global"] = dict.fromkeys(told["global"], every)
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(told))
        (self.folder / "targets.json").write_text(json.dumps(targets(ports), indent=2))


def targets(ports: Mapping[str, int]) -> list[dict[str, object]]:
    """Return every process of the catalogue as a target."""
    return [
        {"targets": [f"{HOST}:{ports[one.name]}"], "labels": {"process": one.name}}
        for one in PROCESSES
    ]
