"""How is each process of the stack started: its command line and its environment?"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded import secret_files
from deploy.embedded.kafka import Broker
from deploy.embedded.places import PROJECT, Places
from deploy.embedded.ports import HOST
from deploy.embedded.postgres import Database
from deploy.embedded.processes import DATABASE, PROCESSES, SIGN_IN, Process
from deploy.embedded.runner import Program
from deploy.told import DSN, told

PACK = "RW_POLICY_PACK"
"""Names a local pack of policy; handed on to every service."""

MAIL: Final = (
    "RW_CONTACTS", "RW_ALERT_POLICY", "RW_ALERTS_LINK", "RW_SMTP_HOST", "RW_SMTP_PORT",
    "RW_SMTP_TLS", "RW_SMTP_USER", "RW_SMTP_PASSWORD", "RW_MAIL_FROM",
)  # fmt: skip
"""How alerts mail, and by which ladders and contacts; handed on to them alone."""

SERVICES_GROUP = "services"
"""Started after database and broker, stopped before them, and all at once."""


def programs(
    places: Places, ports: Mapping[str, int], database: Database, broker: Broker
) -> list[Program]:
    """Return everything that supervisord runs, in the order of starting."""
    return [
        # INT is PostgreSQL's fast shutdown; TERM would wait for its clients to go.
        Program(DATABASE, database.command, user=database.account.name, signal="INT"),
        Program("kafka", broker.command),
        *(
            Program(
                process.name,
                [sys.executable, "-m", process.module],
                environment(process, places, ports, database, broker),
                group=SERVICES_GROUP,
            )
            for process in PROCESSES
        ),
    ]


@dataclass(frozen=True, slots=True)
class Here:
    """This machine, as a place where processes run."""

    places: Places
    ports: Mapping[str, int]
    broker: Broker
    host: str = HOST

    @property
    def bootstrap(self) -> str:
        """The broker of this stack."""
        return self.broker.bootstrap

    @property
    def issuer(self) -> str:
        """The provider that lets everybody be anybody."""
        return self.url(SIGN_IN)

    def port(self, name: str) -> int:
        """Return a port as chosen."""
        return self.ports[name]

    def url(self, name: str) -> str:
        """Return an address on this machine."""
        return f"http://{HOST}:{self.ports[name]}"

    def inside(self, name: str) -> str:
        """Return the same: there is no other network."""
        return self.url(name)

    def file(self, name: str) -> str:
        """Return the path of a secret, made when first asked for."""
        if name == "jwks.json":
            return str(self.places.jwks)
        return str(secret_files.FILES[name](self.places.secrets))


def environment(
    process: Process,
    places: Places,
    ports: Mapping[str, int],
    database: Database,
    broker: Broker,
) -> dict[str, str]:
    """Return what one service is told: its own role's password and no other."""
    found = {
        DSN: database.dsn(process.role),
        "RW_SCHEMAS": str(PROJECT / "schemas"),
        **told(process, Here(places, ports, broker)),
    }
    if PACK in os.environ:
        found[PACK] = str(Path(os.environ[PACK]).resolve())
    if process.role == "alerts":
        found |= {name: os.environ[name] for name in MAIL if name in os.environ}
    if process.role in {"intake", "feedback"}:  # receivers of a demo are on this machine
        found["RW_PRIVATE_RECEIVERS"] = "true"
    if process.role == "audit":
        found["RW_AUDIT_HEADS"] = str(places.audit_heads)
    return found
