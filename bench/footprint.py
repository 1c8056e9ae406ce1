"""How much memory do the stack's own processes hold?"""

from collections.abc import Iterator
from pathlib import Path

import psutil


def resident_megabytes(root: Path) -> dict[str, float]:
    """Return megabytes by process name: what each alone holds, with its share of what is shared.

    The stack's processes are those whose command, folder or environment names its `root`, and
    their children; on systems that cannot tell shares, resident size.
    """
    held: dict[str, float] = {}
    for process in _of_stack(str(root.resolve())):
        try:
            full = process.memory_full_info()
            size = getattr(full, "pss", full.rss)
            name = _name(process)
        except psutil.Error:
            continue
        held[name] = held.get(name, 0.0) + size / 1e6
    return held


def _of_stack(root: str) -> Iterator[psutil.Process]:
    mine = {psutil.Process().pid, *(parent.pid for parent in psutil.Process().parents())}
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        try:
            if process.pid not in mine and _names(process, root):
                found[process.pid] = process
                found.update((child.pid, child) for child in process.children(recursive=True))
        except psutil.Error:
            continue
    yield from found.values()


def _names(process: psutil.Process, root: str) -> bool:
    within = root + "/"
    stated = [*process.cmdline(), *process.environ().values()]
    return any(within in text for text in stated)


def _name(process: psutil.Process) -> str:
    command = process.cmdline()
    services = [part for part in command if part.startswith("services.")]
    if services:
        return " ".join(command[command.index(services[0]) :])
    return process.name()
