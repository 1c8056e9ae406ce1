"""What is intake told by its environment?"""

from datetime import timedelta
from pathlib import Path

from services.runtime.settings import Misconfigured
from services.runtime.settings import Settings as RuntimeSettings


class Settings(RuntimeSettings):
    """The runtime's settings, and how much one sender may ask of us."""

    event_rate: float = 2_000.0
    event_burst: float = 5_000.0
    requests_at_once: int = 3
    requests_waiting: int = 2_000
    uploads_at_once: int = 4
    uploads_waiting: int = 200
    outbox_bound: int = 200_000
    sealing_key_file: Path | None = None
    """Opens nothing but the secrets of webhooks."""

    private_receivers: bool = False
    """Let webhooks be registered inside our own network, and without TLS: for demos and tests."""

    reconcile_after: timedelta = timedelta(minutes=5)
    """How long a published message may be on its way to chronology, before it counts as lost."""


def require_keys(settings: Settings) -> None:
    """Refuse to start without keys: nothing could be sealed, nobody told from anybody."""
    for name, file in (
        ("RW_JWKS_FILE", settings.jwks_file),
        ("RW_MASTER_KEY_FILE", settings.master_key_file),
        ("RW_SEALING_KEY_FILE", settings.sealing_key_file),
    ):
        if file is None:
            raise Misconfigured(f"Cannot start, the environment is not right: {name} is missing")
