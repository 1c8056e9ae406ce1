"""`python -m deploy.embedded.backups backup|restore FOLDER KEYS`: the stack of this clone."""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Final

from deploy.backup import Tools
from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import PROJECT, write_private
from deploy.embedded.progress import Say, aloud, step
from deploy.embedded.secret_files import FILES
from deploy.embedded.stack import Stack

SIGNING: Final = "signing.jwk"
KEYS: Final = (*FILES, SIGNING)
"""What no stack can make again: without them the vault is lost, and tokens are refused."""

USAGE: Final = "Say: backup|restore FOLDER KEYS (where the keys are kept, on another medium)."


def backup(stack: Stack, folder: Path, keys: Path, say: Say = aloud) -> None:
    """Write what is stored into one folder and the keys that open it into another."""
    with step(say, f"the database, into {folder}"):
        Tools(stack.database.binaries, stack.database.server).dump(folder)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in KEYS:
        write_private(keys / name, (stack.places.secrets / name).read_text())
    write_private(keys / "jwks.json", stack.places.jwks.read_text())
    say(f"The keys are in {keys}: keep them elsewhere; who has both can read everything.")


def restore(stack: Stack, folder: Path, keys: Path, say: Say = aloud) -> None:
    """Fill an empty stack and start it. Raises CannotStartError where it is not empty."""
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
    stack.up(say)


def main(arguments: list[str]) -> int:
    """Run one of the two; return the exit status."""
    try:
        command, folder, keys = arguments
        work = {"backup": backup, "restore": restore}[command]
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
