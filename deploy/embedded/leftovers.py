"""Does anything of this stack still run? Asked of the system, not of supervisord's memory."""

import os
from collections.abc import Iterator

import psutil

from deploy.embedded.places import Places
from deploy.embedded.runner import MARK

PATIENCE_SECONDS = 10


def running(places: Places) -> list[psutil.Process]:
    """Return every process that carries this stack's mark, and the database's, which hides it."""
    return list(_running(places))


def _running(places: Places) -> Iterator[psutil.Process]:
    """Find them one by one."""
    mark, database = str(places.run), str(places.postgres.resolve())
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and _belongs(process, mark, database):
                yield process
        except psutil.Error:
            continue  # ended meanwhile, or another person's


def _belongs(process: psutil.Process, mark: str, database: str) -> bool:
    """Say whether a process is of the stack with this mark."""
    if process.status() == psutil.STATUS_ZOMBIE:
        return False
    if process.environ().get(MARK) == mark:
        return True
    return process.name() == "postgres" and process.cwd().startswith(database)


def end(places: Places) -> None:
    """End whatever of this stack still runs: politely, then not."""
    for tell in (psutil.Process.terminate, psutil.Process.kill):
        found = running(places)
        for process in found:
            try:
                tell(process)
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(found, timeout=PATIENCE_SECONDS)
