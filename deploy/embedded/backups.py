"""`python -m deploy.embedded.backups backup|restore FOLDER KEYS [ERASED]`: this clone's stack."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from deploy.backup import Tools
from deploy.embedded import beside
from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import PROJECT, write_private
from deploy.embedded.progress import Say, aloud, step
from deploy.embedded.secret_files import FILES
from deploy.embedded.stack import Stack

SIGNING: Final = "signing.jwk"
KEYS: Final = (*FILES, SIGNING)
"""What no stack can make again: without them the vault is lost, and tokens are refused."""

Work = Callable[[Stack, Path, Path], None]
ERASED: Final = "services.intake.erased"
USAGE: Final = (
    "Say: backup FOLDER KEYS, or restore FOLDER KEYS [ERASED] (where the keys are kept, on another "
    "medium; the register of erasures)."
)


def backup(stack: Stack, folder: Path, keys: Path, say: Say = aloud) -> None:
    """Write what is stored into one folder and the keys that open it into another."""
    with step(say, f"the database, into {folder}"):
        Tools(stack.database.binaries, stack.database.server).dump(folder)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in KEYS:
        write_private(keys / name, (stack.places.secrets / name).read_text())
    write_private(keys / "jwks.json", stack.places.jwks.read_text())
    say(f"The keys are in {keys}: keep them elsewhere; who has both can read everything.")


def restore(
    stack: Stack, folder: Path, keys: Path, say: Say = aloud, *, erased: Path | None = None
) -> None:
    """Fill an empty stack and start it. Raises CannotStartError where it is not empty.

    Whoever the register `erased` says was erased after the backup is erased again before.
    """
    if stack.places.postgres.exists():
        raise CannotStartError("There is something stored already: `make clean` deletes it.")
    stack.places.make()
    for name in KEYS:
        write_private(stack.places.secrets / name, (keys / name).read_text())
    shutil.copy2(keys / "jwks.json", stack.places.jwks)
    with step(say, "an empty database"):
        stack.start_database()
    with step(say, "what was backed up"):
        asyncio.run(Tools(stack.database.binaries, stack.database.server).load(folder))
    if erased is None:
        say("No register of erasures: children who were erased after this backup are there again.")
    else:
        _erase_again(stack, erased, say)
    stack.up(say)


def _erase_again(stack: Stack, erased: Path, say: Say) -> None:
    """Have intake's own command erase them in the database that no service serves yet."""
    asyncio.run(stack.database.server.prepare())
    done = subprocess.run(
        [sys.executable, "-m", ERASED, "--again", str(erased.resolve())],
        env=os.environ | beside.environment(stack, ERASED),
        cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    say(done.stdout.strip())
    if done.returncode:
        raise CannotStartError(
            "Not everybody who was erased is erased again, so nothing was started: "
            "docs/for-operators.md says what to do."
        )


def main(arguments: list[str]) -> int:
    """Run one of the two; return the exit status."""
    try:
        command, folder, keys, *more = filter(None, arguments)
        known: dict[tuple[str, int], Work] = {
            ("backup", 0): backup,
            ("restore", 0): restore,
            ("restore", 1): partial(restore, erased=Path(*more)),
        }
        work = known[command, len(more)]
    except (KeyError, ValueError):
        aloud(USAGE)
        return 2
    try:
        work(Stack(PROJECT, usual_ports=True), Path(folder), Path(keys))
    except CannotStartError as failure:
        aloud(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
