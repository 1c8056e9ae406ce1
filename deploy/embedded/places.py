"""Where does a stack keep its files? Below `.run`, secrets readable by the owner alone."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Places:
    """The files of the stack that lives in `root`."""

    root: Path

    @property
    def run(self) -> Path:
        """Everything is in here; `make clean` deletes it."""
        return self.root / ".run"

    @property
    def logs(self) -> Path:
        """One log for each process."""
        return self.run / "logs"

    @property
    def secrets(self) -> Path:
        """Passwords and keys, one a file, 0600."""
        return self.run / "secrets"

    @property
    def ports(self) -> Path:
        """Which ports this stack has chosen."""
        return self.run / "ports.json"

    @property
    def endpoints(self) -> Path:
        """What contract.md 4 promises to whoever uses the stack."""
        return self.run / "endpoints.json"

    @property
    def jwks(self) -> Path:
        """The public key by which services know tokens."""
        return self.run / "jwks.json"

    @property
    def runner_config(self) -> Path:
        """What supervisord is told."""
        return self.run / "supervisord.conf"

    @property
    def runner_pid(self) -> Path:
        """Written by supervisord."""
        return self.run / "supervisord.pid"

    @property
    def kafka(self) -> Path:
        """The broker's configuration and log directories."""
        return self.run / "kafka"

    @property
    def audit_heads(self) -> Path:
        """How far the audit's chains had come, and when: it only grows."""
        return self.run / "audit-heads.jsonl"

    @property
    def postgres(self) -> Path:
        """A link to wherever the database's user can reach (see account.py)."""
        return self.run / "postgres"

    def make(self) -> None:
        """Make the folders; others may pass through `.run`, as the database's user must."""
        self.run.mkdir(parents=True, exist_ok=True)
        self.run.chmod(0o711)
        for private in (self.secrets, self.logs, self.kafka):
            private.mkdir(exist_ok=True)
            private.chmod(0o700)


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    beside.replace(file)
