"""Which passwords and keys does this stack have? Each made once, at random, in its own file."""

import base64
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from deploy.embedded.places import write_private


def password(folder: Path, name: str) -> str:
    """Return the password called `name`, made when first asked for."""
    return _once(folder / f"{name}.password", lambda: secrets.token_hex(24))


def master_key(folder: Path) -> Path:
    """Return the file of the vault's master key: 32 random bytes, base64."""
    return _key(folder / "master.key")


def audit_key(folder: Path) -> Path:
    """Return the file of the key that binds audit rows into chains: the same, another key."""
    return _key(folder / "audit.key")


def _key(file: Path) -> Path:
    _once(file, lambda: base64.b64encode(secrets.token_bytes(32)).decode())
    return file


def client_secret(folder: Path) -> Path:
    """Return the file of what we show the identity provider, who takes anything here."""
    password(folder, "sign-in")
    return folder / "sign-in.password"


def sealing_key(folder: Path) -> Path:
    """Return the file of the key that seals webhooks' secrets: 32 random bytes, base64."""
    return _key(folder / "sealing.key")


def pages_key(folder: Path) -> Path:
    """Return the file of the key by which the dashboards sign for who is signed in to them."""
    return folder / "pages.jwk"


def responses_key(folder: Path) -> Path:
    """Return the file of the key by which the responses do."""
    return folder / "responses.jwk"


ACTING: Final[Mapping[str, Callable[[Path], Path]]] = {
    "dashboards": pages_key,
    "responses": responses_key,
}
"""The services that sign for who is signed in to them, each with a key of its own."""


def _once(file: Path, make: Callable[[], str]) -> str:
    """Return what the file holds; write it first where there is none."""
    if not file.exists():
        write_private(file, make())
    return file.read_text()


FILES: Final[Mapping[str, Callable[[Path], Path]]] = {
    "master.key": master_key,
    "audit.key": audit_key,
    "sealing.key": sealing_key,
    "sign-in.password": client_secret,
    "pages.jwk": pages_key,
    "responses.jwk": responses_key,
}
"""The secrets that services are given as files, and what makes each."""
