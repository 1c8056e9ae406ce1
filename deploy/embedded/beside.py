"""Run a command of a service as that service, beside the running stack.

`python -m deploy.embedded.beside services.ledger.rebuild --workers 1`
"""

import asyncio
import os
import sys

from deploy.embedded.places import PROJECT
from deploy.embedded.programs import programs
from deploy.embedded.stack import Stack


def environment(stack: Stack, module: str) -> dict[str, str]:
    """Return what the service that a module belongs to is told: its own role's password."""
    service = module.split(".")[1]
    made = programs(stack.places, stack.ports, stack.database, stack.broker)
    told = next(program.environment for program in made if program.name == service)
    return {name: value for name, value in told.items() if not name.endswith("_PORT")}


def main(arguments: list[str]) -> None:
    """Become that command, so that its signals and its exit status are ours."""
    stack = Stack(PROJECT, usual_ports=True)
    if not stack.places.endpoints.exists() or not asyncio.run(stack.database.server.answers()):
        sys.exit("The stack is not up: start it first (`make up`).")
    told = os.environ | environment(stack, arguments[0])
    command = [sys.executable, "-m", *arguments]
    os.execve(sys.executable, command, told)  # noqa: S606 - a module of ours, no shell


if __name__ == "__main__":
    main(sys.argv[1:])
