"""What is docker-compose.yml? What stands around the services, and one entry a process."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy import told
from deploy.embedded.places import PROJECT
from deploy.embedded.postgres import SETTINGS
from deploy.embedded.processes import DEFAULT_PORTS, PROCESSES, SERVICES, SIGN_IN, Process
from deploy.embedded.programs import MAIL
from deploy.preparing import OWNER

FILE: Final = PROJECT / "docker-compose.yml"
TARGETS: Final = PROJECT / "deploy" / "containers" / "targets.json"
AROUND: Final = Path(__file__).with_name("around.yml")
SECRETS: Final = ".run/containers/secrets"
OTHERS: Final = ("keycloak-admin.password", "grafana-admin.password")
"""Secrets of what is not ours."""

SECRET: Final = {"RW_SMTP_PASSWORD"}
"""Where a mail server wants one: a secret with the target rw_smtp_password."""

NOT_THERE: Final = {"listen_addresses", "unix_socket_directories"}
"""Settings of the embedded database that a container, with its own network, does not share."""


@dataclass(frozen=True, slots=True)
class Compose:
    """Containers on one machine, as a place where processes run."""

    bootstrap: str = "kafka:9092"
    issuer: str = f"http://keycloak.localhost:{DEFAULT_PORTS[SIGN_IN]}/realms/referral-watch"
    host: str = "0.0.0.0"  # noqa: S104 - its network is the container's

    def port(self, name: str) -> int:
        """Return the usual port: inside as outside."""
        return DEFAULT_PORTS[name]

    def url(self, name: str) -> str:
        """Return where the port is published."""
        return f"http://127.0.0.1:{DEFAULT_PORTS[name]}"

    def inside(self, name: str) -> str:
        """Return the container's own name and port."""
        return f"http://{name}:{DEFAULT_PORTS[name]}"

    def file(self, name: str) -> str:
        """Return where compose puts a secret."""
        return f"/run/secrets/{name}"


def password(role: str) -> str:
    """Name the secret that is a role's password."""
    return f"postgres-{role}.password"


def dsn(role: str) -> str:
    """Name the secret that is a role's way into the database."""
    return f"postgres-{role}.dsn"


def secrets() -> list[str]:
    """Name every secret, each a file."""
    roles = [password(role) for role in (OWNER, *SERVICES)]
    return [*roles, *(dsn(service) for service in SERVICES), *told.FILES, *OTHERS]


def entry(process: Process) -> str:
    """Return what the file says of one process."""
    settings = {name: f'"{said}"' for name, said in told.told(process, Compose()).items()}
    if process.role == "alerts":  # as the environment of `docker compose` says, if it does
        settings |= dict.fromkeys(sorted(set(MAIL) - SECRET), "")
    lines = [
        f"  {process.name}:",
        "    <<: *service",
        f"    command: [{process.module}]",
        "    environment:",
        *(f"      {name}: {said}".rstrip() for name, said in settings.items()),
        "    secrets:",
        f"      - {{source: {dsn(process.role)}, target: rw_postgres_dsn}}",
        *(f"      - {name}" for name in told.secrets(process)),
    ]
    if process.serves:
        port = DEFAULT_PORTS[process.name]
        lines += [f'    ports: ["127.0.0.1:{port}:{port}"]', "    networks: [front, back]"]
    return "\n".join(lines) + "\n"


def text() -> str:
    """Return the whole file."""
    database = [f"{key}={value}" for key, value in SETTINGS.items() if key not in NOT_THERE]
    options = ", ".join(f"-c, {option}" for option in database)
    parts = {
        "postgres": options,
        "passwords": _comma(password(role) for role in (OWNER, *SERVICES)),
        "services": "\n".join(entry(process) for process in PROCESSES),
        "secrets": "\n".join(f"  {name}: {{file: {SECRETS}/{name}}}" for name in secrets()),
    }
    found = AROUND.read_text(encoding="utf-8")
    for name, part in parts.items():
        found = found.replace("{{" + name + "}}", part)
    return found


def targets() -> str:
    """Return what Prometheus scrapes there: every process by its name."""
    found = [
        {"targets": [f"{p.name}:{DEFAULT_PORTS[p.name]}"], "labels": {"process": p.name}}
        for p in PROCESSES
    ]
    return json.dumps(found, indent=2) + "\n"


def _comma(names: Iterable[str]) -> str:
    return ", ".join(names)


def write() -> None:
    """Write the files."""
    FILE.write_text(text(), encoding="utf-8")
    TARGETS.write_text(targets(), encoding="utf-8")
