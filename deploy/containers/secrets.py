"""Which secrets do the containers have? Made once at random, each in a file of its own."""

from pathlib import Path
from typing import Final

from deploy.containers.compose import OTHERS, SECRETS, dsn
from deploy.embedded import secret_files, tokens
from deploy.embedded.places import PROJECT
from deploy.embedded.processes import SERVICES
from deploy.preparing import OWNER, Server

FOLDER: Final = PROJECT / SECRETS
READABLE: Final = 0o444  # by whatever number a container runs as; the folder is closed to others


def make(folder: Path = FOLDER) -> Path:
    """Make whatever is not there yet; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    server = Server("postgres", 5432, lambda role: _password(folder, role))
    server.dsn(OWNER)
    for service in SERVICES:
        (folder / dsn(service)).write_text(server.dsn(service))
    for made in secret_files.FILES.values():
        made(folder)
    for name in OTHERS:
        secret_files.password(folder, name.removesuffix(".password"))
    tokens.signing_key(signing(folder), folder / "jwks.json")
    for service, key in secret_files.ACTING.items():
        tokens.acting_key(key(folder), folder / "jwks.json", service)
    for file in folder.iterdir():
        file.chmod(0o400 if file == signing(folder) else READABLE)
    return folder


def signing(folder: Path) -> Path:
    """Return the file of the key that signs agencies' tokens: no container is given it."""
    return folder / "signing.jwk"


def _password(folder: Path, role: str) -> str:
    return secret_files.password(folder, f"postgres-{role}")
