"""How does an operator's command reach its database, and say what was done?"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Pool, Record

from services.runtime import log, postgres
from services.runtime.settings import Settings


@asynccontextmanager
async def at_work(name: str, settings: Settings) -> "AsyncIterator[Pool[Record]]":
    """Give a command its database; `name` is what it is called in the log."""
    log.configure(name, settings.log_level)
    pool = await postgres.create_pool(settings)
    try:
        yield pool
    finally:
        pool.terminate()


def say(sentence: str, code: int) -> int:
    """Say something to who asked, and return the exit status."""
    sys.stdout.write(sentence + "\n")
    return code
