"""What stops the stack from starting, in one sentence for the person who started it?"""

import shutil
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
NEEDED_BYTES = 1_000_000_000


class CannotStartError(Exception):
    """Its text is one clear sentence; the command line prints it alone and ends with 1."""


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Refuse a Python that is too old."""
    if version < OLDEST_PYTHON:
        found = ".".join(map(str, version))
        raise CannotStartError(f"Referral Watch needs Python 3.11 or later; this is {found}.")


def check_disk(folder: Path, needed: int = NEEDED_BYTES) -> None:
    """Refuse to fill a disk: the broker and the database need `needed` bytes to begin with."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise CannotStartError(
            f"There are {free // 1_000_000} MB free in {folder} and the stack needs "
            f"{needed // 1_000_000} MB; free some disk space and try again."
        )
