"""How is one file of an npm package had? Packed by npm, checked against its integrity, taken out.

Nothing is installed and nothing of the package is run.
"""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path


class CannotFetchError(Exception):
    """Why a package could not be had, in one sentence."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package at a version, and the SHA-512 of its tarball as npm writes it."""

    name: str
    version: str
    integrity: str

    def files(self, *members: str) -> list[bytes]:
        """Return some of its files. Raises CannotFetchError."""
        npm = shutil.which("npm")
        if npm is None:
            raise CannotFetchError(f"{self.name} is fetched by npm, and there is no npm here.")
        with tempfile.TemporaryDirectory() as folder:
            command = [npm, "pack", "--silent", f"{self.name}@{self.version}"]
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
            packed = next(Path(folder).glob("*.tgz"), None)
            if done.returncode != 0 or packed is None:
                raise CannotFetchError(f"npm could not fetch {self.name} {self.version}.")
            if _integrity(packed.read_bytes()) != self.integrity:
                raise CannotFetchError(f"{self.name} {self.version} is not the file we know.")
            with tarfile.open(packed) as archive:
                return [_member(archive, name) for name in members]


def _integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(f"package/{name}")
    if found is None:
        raise CannotFetchError(f"{name} is not in the package.")
    return found.read()
