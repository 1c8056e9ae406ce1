"""What do intake's commands for operators work with, and how do they read refs and log-ins?"""

import argparse
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from asyncpg import Pool, Record

from services.intake.keyring import vault_of
from services.intake.minted import is_minted
from services.intake.settings import KEYS, Settings
from services.intake.vault import Vault
from services.runtime import command
from services.runtime.contracts import Contracts


def ref(text: str) -> str:
    """Read a ref that we have made."""
    if not is_minted(text):
        raise argparse.ArgumentTypeError("32 small hexadecimal digits")
    return text


def log_in(text: str) -> str:
    """Read who somebody is."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,63}", text):
        raise argparse.ArgumentTypeError("a log-in: small letters, digits, dots, hyphens")
    return text


class Tools(NamedTuple):
    """What a command works with: intake's database, what opens its vault, what is agreed."""

    pool: "Pool[Record]"
    vault: Vault
    contracts: Contracts


@asynccontextmanager
async def at_work(name: str) -> AsyncIterator[Tools]:
    """Give a command its tools; `name` is what it is called in the log."""
    settings = Settings.load(*KEYS)
    assert settings.master_key_file is not None  # noqa: S101 - just required
    contracts = Contracts.load(settings.schemas, settings.policy_pack)
    async with command.at_work(f"intake-{name}", settings) as pool:
        yield Tools(pool, await vault_of(pool, settings.master_key_file), contracts)
