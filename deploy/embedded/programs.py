"""How is each process of the stack started: its command line and its environment?"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded import secret_files
from deploy.embedded.kafka import Broker
from deploy.embedded.places import PROJECT, Places
from deploy.embedded.ports import HOST
from deploy.embedded.postgres import Database
from deploy.embedded.processes import DATABASE, PROCESSES, SIGN_IN, Process
from deploy.embedded.runner import Program

PACK = "RW_POLICY_PACK"
"""Names a local pack of policy; handed on to every service."""

MAIL = (
    "RW_CONTACTS", "RW_ALERT_POLICY", "RW_ALERTS_LINK", "RW_SMTP_HOST", "RW_SMTP_PORT",
    "RW_SMTP_TLS", "RW_SMTP_USER", "RW_SMTP_PASSWORD", "RW_MAIL_FROM",
)  # fmt: skip
"""How alerts mail, and by which ladders and contacts; handed on to them alone."""

PAGES = frozenset({"dashboards", "responses"})
"""Services with pages, that lead to one another."""

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


def environment(
    process: Process,
    places: Places,
    ports: Mapping[str, int],
    database: Database,
    broker: Broker,
) -> dict[str, str]:
    """Return what one service is told: its own role's password and no other."""
    face = "RW_HTTP_PORT" if process.serves else "RW_STATUS_PORT"
    told = {
        "RW_POSTGRES_DSN": database.dsn(process.role),
        "RW_KAFKA_BOOTSTRAP": broker.bootstrap,
        "RW_SCHEMAS": str(PROJECT / "schemas"),
        "RW_JWKS_FILE": str(places.jwks),
        "RW_HTTP_HOST": HOST,
        face: str(ports[process.name]),
    }
    if PACK in os.environ:
        told[PACK] = str(Path(os.environ[PACK]).resolve())
    if process.role == "alerts":
        told |= {name: os.environ[name] for name in MAIL if name in os.environ}
    if process.role == "intake":  # the vault is intake's alone
        told["RW_MASTER_KEY_FILE"] = str(secret_files.master_key(places.secrets))
    if process.serves:  # people sign in there
        told["RW_OIDC_ISSUER"] = f"http://{HOST}:{ports[SIGN_IN]}"
        told["RW_OIDC_CLIENT_SECRET_FILE"] = str(secret_files.client_secret(places.secrets))
        told["RW_PUBLIC_URL"] = f"http://{HOST}:{ports[process.name]}"
        for pages in PAGES & ports.keys():
            told[f"RW_{pages.upper()}_URL"] = f"http://{HOST}:{ports[pages]}"
    if process.role == "dashboards":  # its pages ask these for who is signed in
        told["RW_ACTING_KEY_FILE"] = str(secret_files.pages_key(places.secrets))
        told |= {
            f"RW_{name.upper()}_URL": f"http://{HOST}:{ports[name]}"
            for name in ("intake", "directory", "alerts")
        }
    if process.role in {"intake", "feedback"}:  # receivers of a demo are on this machine
        told["RW_SEALING_KEY_FILE"] = str(secret_files.sealing_key(places.secrets))
        told["RW_PRIVATE_RECEIVERS"] = "true"
    if process.role == "audit":  # what binds its chains is known to no other
        told["RW_AUDIT_KEY_FILE"] = str(secret_files.audit_key(places.secrets))
        told["RW_AUDIT_HEADS"] = str(places.audit_heads)
    return told
