"""Where is a container engine? One that answers, or Debian's own, run from a folder of ours.

Debian's engine is installed from its packages, compose and buildx unpacked from the next release;
it has a socket, data and a configuration of its own and is ended afterwards.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

from deploy.embedded.progress import Say, step
from services.runtime import clock

PACKAGES: Final = ("docker.io", "containerd", "runc", "iptables", "mmdebstrap")
PLUGINS: Final = ("docker-compose", "docker-buildx")
WITHIN_SECONDS: Final = 60
DAEMON: Final = """{{
  "data-root": "{folder}/data", "exec-root": "{folder}/exec", "pidfile": "{folder}/dockerd.pid",
  "hosts": ["unix://{folder}/docker.sock"],
  "storage-driver": "overlay2", "exec-opts": ["native.cgroupdriver=cgroupfs"],
  "userland-proxy": false,
  "default-ulimits": {{"nofile": {{"Name": "nofile", "Hard": 20000, "Soft": 20000}}}}
}}
"""


class CannotRunError(Exception):
    """Containers cannot be tried on this machine; says why."""


class Engine:
    """An engine and its command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self, say: Say) -> None:
        """Install what is missing and start it. Raises CannotRunError."""
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise CannotRunError("it takes root and Debian's packages")
        self.folder.mkdir(parents=True, exist_ok=True)
        with step(say, "Debian's container engine"):
            self._install()
        (self.folder / "daemon.json").write_text(DAEMON.format(folder=self.folder))
        with (self.folder / "dockerd.log").open("wb") as log:
            self._daemon = subprocess.Popen(
                ["dockerd", "--config-file", str(self.folder / "daemon.json")],  # noqa: S607
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until = clock.monotonic() + WITHIN_SECONDS
        while not self._answers():
            if self._daemon.poll() is not None or clock.monotonic() > until:
                raise CannotRunError(f"the engine does not start: {self.folder / 'dockerd.log'}")
            time.sleep(0.5)

    def stop(self) -> None:
        """End the engine and take away what it put into the network."""
        if self._daemon is None:
            return
        self._daemon.send_signal(signal.SIGTERM)
        self._daemon.wait(WITHIN_SECONDS)
        for command in (
            ["ip", "link", "delete", "docker0"],
            ["nft", "delete", "table", "ip", "nat"],
            ["nft", "delete", "table", "ip", "filter"],
            ["sysctl", "--quiet", "--write", "net.ipv4.ip_forward=0"],
        ):
            if shutil.which(command[0]):
                subprocess.run(command, capture_output=True, check=False)

    def run(self, *arguments: str) -> str:
        """Run the engine's command line; return what it prints.

        Raises:
            RuntimeError: It failed; holds the end of what it said.
        """
        done = subprocess.run(
            ["docker", *arguments],  # noqa: S607
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            said = (done.stderr or done.stdout)[-3000:]
            raise RuntimeError(f"docker {' '.join(arguments[:3])} failed: {said}")
        return done.stdout.strip()

    @property
    def environment(self) -> dict[str, str]:
        """Return what leads the command line to this engine."""
        return os.environ | {
            "DOCKER_CONFIG": str(self.folder / "client"),
            "DOCKER_HOST": f"unix://{self.folder}/docker.sock",
            "DOCKER_BUILDKIT": "1",
        }

    def _answers(self) -> bool:
        try:
            self.run("info")
        except RuntimeError:
            return False
        return True

    def _install(self) -> None:
        if not all(shutil.which(program) for program in ("dockerd", "runc", "mmdebstrap")):
            _apt("update")
            _apt("install", "--yes", "--no-install-recommends", *PACKAGES)
        plugins = self.folder / "client" / "cli-plugins"
        if not all((plugins / name).exists() for name in PLUGINS):
            self._fetch_plugins(plugins)

    def _fetch_plugins(self, plugins: Path) -> None:
        """Unpack compose and buildx of Debian's next release, from where this one comes from."""
        lists = self.folder / "apt"
        for name in ("lists/partial", "cache/archives/partial", "parts"):
            (lists / name).mkdir(parents=True, exist_ok=True)
        for file in [*Path("/etc/apt").glob("sources.list"), *_debian()]:
            suffix = ".sources" if file.suffix == ".sources" else ".list"
            told = file.read_text().replace("bookworm", "trixie")
            (lists / "parts" / f"{file.stem}{suffix}").write_text(told)
        options = [
            *("-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={lists}/parts"),
            *("-o", f"Dir::State::lists={lists}/lists", "-o", f"Dir::Cache={lists}/cache"),
        ]
        _apt(*options, "update")
        _apt(*options, "download", *PLUGINS, folder=lists)
        for package in lists.glob("docker-*.deb"):
            _program("dpkg", "-x", str(package), str(lists / "unpacked"))
        found = lists / "unpacked" / "usr" / "libexec" / "docker" / "cli-plugins"
        shutil.copytree(found, plugins, dirs_exist_ok=True)


def _debian() -> list[Path]:
    """Return the files that name Debian's own packages."""
    return list(Path("/etc/apt/sources.list.d").glob("debian*.sources"))


def _apt(*arguments: str, folder: Path | None = None) -> None:
    _program("apt-get", "--quiet", *arguments, folder=folder)


def _program(*command: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it does not say why"])[-1]
        raise CannotRunError(f"{command[0]} failed: {last}")
