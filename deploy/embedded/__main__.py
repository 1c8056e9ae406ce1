"""Start, stop, look at or delete the stack of this clone: `python -m deploy.embedded up`."""

import subprocess
import sys
from collections.abc import Callable, Mapping

from deploy.embedded import browser, jars, leftovers, prometheus
from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import PROJECT
from deploy.embedded.processes import PROCESSES
from deploy.embedded.progress import aloud, step
from deploy.embedded.stack import Stack
from services.runtime import log


def up(stack: Stack) -> int:
    """Start everything and say where it is."""
    with step(aloud, "up"):
        stack.up(aloud)
    endpoints = stack.endpoints
    aloud(f"intake      {endpoints['intake']}")
    aloud(f"dashboards  {endpoints['dashboards']}")
    aloud(f"Addresses and tokens are in {stack.places.endpoints}; `make down` stops everything.")
    return 0


def down(stack: Stack) -> int:
    """Stop everything."""
    stack.down(aloud)
    aloud("Nothing is running; what was stored is kept (`make clean` deletes it).")
    return 0


def clean(stack: Stack) -> int:
    """Stop everything and delete what was stored."""
    stack.clean(aloud)
    aloud("Nothing is running and nothing is stored.")
    return 0


def status(stack: Stack) -> int:
    """Say which processes run."""
    if not stack.places.run.exists() or not leftovers.running(stack.places):
        aloud("Nothing is running.")
        return 1
    unready = stack.unready()
    for name in ("postgres", "kafka", *(process.name for process in PROCESSES)):
        ready = "not ready" if name in unready else ""
        aloud(f"{name:18}{stack.runner.state(name):10}{stack.pid(name):>8}  {ready}".rstrip())
    return 1 if unready else 0


def demo(stack: Stack) -> int:
    """Start everything, fill it with the demo county, and publish what is due of its measures."""
    up(stack)
    command = [sys.executable, "-m", "deploy.demo", "--endpoints", str(stack.places.endpoints)]
    filled = subprocess.run(command, cwd=PROJECT, check=False).returncode
    if filled != 0:
        return filled
    release = [sys.executable, "-m", "deploy.embedded.beside", "services.ledger.release"]
    return subprocess.run(release, cwd=PROJECT, check=False).returncode


def rotate_keys(stack: Stack) -> int:
    """Sign tokens by a new key."""
    stack.rotate_keys()
    aloud("A new key signs; the old one is known until the last of its tokens has ended.")
    return 0


def deps(stack: Stack) -> int:
    """Fetch what the stack needs and the environment does not bring."""
    del stack
    jars.classpath(aloud)
    jars.classpath(aloud, lock=jars.VERAPDF_LOCK)
    prometheus.fetch(aloud)
    browser.fetch(aloud)
    aloud("Everything is here; the next start needs no network.")
    return 0


COMMANDS: Mapping[str, Callable[[Stack], int]] = {
    "up": up,
    "down": down,
    "clean": clean,
    "status": status,
    "demo": demo,
    "deps": deps,
    "keys rotate": rotate_keys,
}


def main(arguments: list[str]) -> int:
    """Run one command; return the exit status. A failure is one sentence, never a traceback."""
    command = COMMANDS.get(" ".join(arguments))
    if command is None:
        aloud(f"Say one of: {', '.join(COMMANDS)}.")
        return 2
    try:
        return command(Stack(PROJECT, usual_ports=True))
    except CannotStartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped half-way; `make down` stops what was started.\n")
        return 130


if __name__ == "__main__":
    log.configure("embedded", "WARNING")
    sys.exit(main(sys.argv[1:]))
