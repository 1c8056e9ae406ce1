"""What is each process told, wherever it runs? One answer for machine, containers and clusters.

Settings are `RW_…` variables; what is secret is a file. How a place reaches things is for the place
to say; who is told what is said here.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from deploy.embedded.processes import DEFAULT_PORTS, Process

FILES: Final[Mapping[str, str]] = {
    "jwks.json": "RW_JWKS_FILE",
    "master.key": "RW_MASTER_KEY_FILE",
    "sealing.key": "RW_SEALING_KEY_FILE",
    "audit.key": "RW_AUDIT_KEY_FILE",
    "sign-in.password": "RW_OIDC_CLIENT_SECRET_FILE",
    "pages.jwk": "RW_ACTING_KEY_FILE",
    "responses.jwk": "RW_ACTING_KEY_FILE",
}
"""Secrets that are files, and the variable that says where each is."""

DSN: Final = "RW_POSTGRES_DSN"
ASKS: Final[Mapping[str, tuple[str, ...]]] = {
    "dashboards": ("intake", "directory", "alerts"),
    "responses": ("dashboards",),
}
"""Whom pages ask on behalf of who is signed in."""
PAGES: Final = ("dashboards", "responses")
"""Services with pages, that lead to one another."""


class Place(Protocol):
    """Somewhere that processes run."""

    @property
    def bootstrap(self) -> str:
        """Where the broker is."""

    @property
    def issuer(self) -> str:
        """Where people sign in."""

    @property
    def host(self) -> str:
        """The address that processes listen on."""

    def port(self, name: str) -> int:
        """The port of a process."""

    def url(self, name: str) -> str:
        """How browsers reach a process that serves pages."""

    def inside(self, name: str) -> str:
        """How other processes reach one that serves."""

    def file(self, name: str) -> str:
        """Where one of `FILES` is."""


def secrets(process: Process) -> tuple[str, ...]:
    """Name the secret files of a process, beside its way into the database."""
    found = ["jwks.json"]
    if process.role == "intake":  # the vault is intake's alone
        found.append("master.key")
    if process.role in {"intake", "feedback"}:
        found.append("sealing.key")
    if process.role == "audit":  # what binds its chains is known to no other
        found.append("audit.key")
    if process.serves:
        found.append("sign-in.password")
    if process.role == "dashboards":  # its pages ask others for who is signed in
        found.append("pages.jwk")
    if process.role == "responses":  # it asks the dashboards for them
        found.append("responses.jwk")
    return tuple(found)


def told(process: Process, place: Place) -> dict[str, str]:
    """Return the settings of a process, but for its way into the database, which is a secret."""
    face, port = ("HTTP" if process.serves else "STATUS"), place.port(process.name)
    found = {
        "RW_KAFKA_BOOTSTRAP": place.bootstrap,
        f"RW_{face}_HOST": place.host,
        f"RW_{face}_PORT": str(port),
        **{FILES[name]: place.file(name) for name in secrets(process)},
    }
    if process.serves:  # people sign in there
        found["RW_OIDC_ISSUER"] = place.issuer
        found["RW_PUBLIC_URL"] = place.url(process.name)
        deployed = [name for name in PAGES if name in DEFAULT_PORTS]
        found |= {f"RW_{name.upper()}_URL": place.url(name) for name in deployed}
    if process.role == "dashboards":
        asked = ASKS[process.role]
        found |= {f"RW_{name.upper()}_URL": place.inside(name) for name in asked}
    if process.role == "responses":
        found["RW_MEASURES_URL"] = place.inside("dashboards")
    return found
