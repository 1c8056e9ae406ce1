"""Which ports does this stack use? The default ones if all are free, else others, for good."""

import json
import secrets
import socket
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import write_private

HOST = "127.0.0.1"
CHOICE = range(20_000, 30_000)
"""Below the ports that the system lends to outgoing connections: none is taken while we restart."""


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Say whether a server listens on this port now."""
    return not is_free(port)


def choose(file: Path, defaults: Mapping[str, int], *, usual: bool = True) -> dict[str, int]:
    """Return the port of every name, as kept in `file`; choose and keep those not yet there.

    The defaults are taken all or none, and only where they are `usual` for this stack.
    """
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    lacking = [name for name in defaults if name not in kept]
    if not lacking:
        return kept
    if usual and not kept and all(is_free(port) for port in defaults.values()):
        chosen = dict(defaults)
    else:
        chosen = kept | dict(zip(lacking, _draw(len(lacking), kept.values()), strict=True))
    write_private(file, json.dumps(chosen, indent=2) + "\n")
    return chosen


def _draw(count: int, taken: Iterable[int]) -> list[int]:
    """Draw so many different free ports."""
    refused = set(taken)
    found: list[int] = []
    while len(found) < count:
        port = secrets.choice(CHOICE)
        if port not in refused and is_free(port):
            found.append(port)
        refused.add(port)
    return found


def check_free(ports: Mapping[str, int], file: Path) -> None:
    """Refuse to start where another program listens on a port of ours."""
    for name, port in ports.items():
        if not is_free(port):
            raise CannotStartError(
                f"Port {port}, needed by {name}, is in use by another program: stop that program, "
                f"or delete {file} and other ports will be chosen."
            )
