"""How is everything stored kept, and brought back? PostgreSQL holds it all; topics are made again.

One dump is one moment: vault, chronologies and beliefs fit each other. Keys are no part of it: who
finds a backup must not be able to read it. After a restore, epochs and versions go on from a higher
base and everything is published again, so that nothing said before it can be taken for newer.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

import asyncpg

from deploy import access
from deploy.embedded.failure import CannotStartError
from deploy.embedded.processes import SERVICES
from deploy.preparing import EVERY_SERVERS, NAME, OWNER, Server
from services.runtime import clock

DUMP: Final = "database.dump"
MANIFEST: Final = "backup.json"
HIGHER: Final = 1_000_000
"""More versions than a child gets between a backup and its restore."""

# Chronology hears again all that intake still has to say, and says itself of every child how they
# stand; who was signed in is signed out.
_RESUME: Final = f"""
UPDATE chronology.state SET epoch = epoch + 1;
UPDATE ledger.epoch SET current = current + 1;
UPDATE chronology.child SET version = version + {HIGHER};
UPDATE intake.outbox SET published_at = NULL WHERE parked_at IS NULL;
INSERT INTO chronology.publication (child_ref, version, due_at)
SELECT child_ref, version, clock_timestamp() FROM chronology.child
WHERE NOT erased OR child_ref IN (SELECT child_ref FROM chronology.erasure)
ON CONFLICT (child_ref) DO UPDATE
SET version = excluded.version, due_at = excluded.due_at, claimed_until = NULL;
"""  # noqa: S608 - a number of ours
_SESSIONS: Final = """
SELECT format('%I.%I', schemaname, tablename) AS place FROM pg_tables
WHERE tablename IN ('session', 'sign_in') AND schemaname = ANY ($1)
"""


@dataclass(frozen=True, slots=True)
class Tools:
    """PostgreSQL's programs, run against a server as its owner."""

    binaries: Path
    server: Server

    def dump(self, folder: Path) -> None:
        """Write a backup into a folder that does not exist yet, while everything runs."""
        folder.mkdir(mode=0o700, parents=True)
        began = clock.now()
        file = folder / DUMP
        self._run("pg_dump", "--format=custom", f"--file={file}", NAME)
        file.chmod(0o600)
        told = {"began_at": began.isoformat(), "sha256": _digest(file), "services": SERVICES}
        (folder / MANIFEST).write_text(json.dumps(told, indent=2) + "\n")

    async def load(self, folder: Path) -> None:
        """Fill an empty server.

        Raises:
            CannotStartError: It is not empty, or the backup is not whole.
        """
        told = json.loads((folder / MANIFEST).read_text())
        if _digest(folder / DUMP) != told["sha256"]:
            raise CannotStartError(f"{folder / DUMP} is not what was backed up; nothing was done.")
        await self._empty_database()
        self._run("pg_restore", f"--dbname={NAME}", "--exit-on-error", str(folder / DUMP))
        connection = await asyncpg.connect(self.server.dsn())
        try:
            async with connection.transaction():
                await connection.execute(_RESUME)
                for row in await connection.fetch(_SESSIONS, list(SERVICES)):
                    await connection.execute(f"DELETE FROM {row['place']}")  # noqa: S608 - quoted
        finally:
            await connection.close()

    async def _empty_database(self) -> None:
        """Make the database, and the roles that own what will be in it."""
        connection = await asyncpg.connect(self.server.dsn(name=EVERY_SERVERS))
        try:
            if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", NAME):
                raise CannotStartError("There is a database already: restore into an empty stack.")
            await connection.execute(f"CREATE DATABASE {NAME}")
            for service in SERVICES:
                await connection.execute(f"CREATE ROLE {service} LOGIN")
                await connection.execute(f"CREATE ROLE {access.reader_of(service)} NOLOGIN")
        finally:
            await connection.close()

    def _run(self, program: str, *arguments: str) -> None:
        place = ("--host", self.server.host, "--port", str(self.server.port), "--username", OWNER)
        done = subprocess.run(
            [self.binaries / program, *place, "--no-password", *arguments],
            env=os.environ | {"PGPASSWORD": self.server.password(OWNER)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it does not say why"])[-1]
            raise CannotStartError(f"{program} failed: {last}")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
