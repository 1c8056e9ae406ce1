"""How is the way to the broker sealed? By TLS both ways where a folder of certificates is told.

What is on the topics is restricted: in every deployment but that of one machine it travels sealed,
and the broker knows each service by its certificate and lets it do its own work and no other.
"""

import ssl
from pathlib import Path
from typing import Any, Final

import faust

AUTHORITY: Final = "ca.crt"
CERTIFICATE: Final = "user.crt"
KEY: Final = "user.key"

_contexts: dict[str, ssl.SSLContext] = {}


def configure(folder: Path | None) -> None:
    """Seal every connection of this process from now on by what is in a folder, or none."""
    _contexts.clear()
    if folder is not None:
        context = ssl.create_default_context(cafile=str(folder / AUTHORITY))
        context.load_cert_chain(folder / CERTIFICATE, folder / KEY)
        _contexts["broker"] = context


def client() -> dict[str, Any]:
    """Return what aiokafka's clients are told besides."""
    context = _contexts.get("broker")
    return {} if context is None else {"security_protocol": "SSL", "ssl_context": context}


def credentials() -> Any:  # noqa: ANN401 - Faust has no types
    """Return what Faust is told besides; None where nothing is sealed."""
    context = _contexts.get("broker")
    return None if context is None else faust.SSLCredentials(context=context)


def admin(folder: Path | None) -> dict[str, Any]:
    """Return what kafka-python's clients are told besides."""
    if folder is None:
        return {}
    return {
        "security_protocol": "SSL",
        "ssl_cafile": str(folder / AUTHORITY),
        "ssl_certfile": str(folder / CERTIFICATE),
        "ssl_keyfile": str(folder / KEY),
    }
