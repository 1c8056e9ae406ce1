"""What is intake told by its environment?"""

from datetime import timedelta
from pathlib import Path
from typing import Final

from services.runtime.settings import Settings as RuntimeSettings

KEYS: Final = ("jwks_file", "master_key_file", "sealing_key_file")
"""Without them nothing could be sealed, and nobody told from anybody."""


class Settings(RuntimeSettings):
    """The runtime's settings, and how much one sender may ask of us."""

    event_rate: float = 2_000.0
    """Events a second that one sender may send for long."""
    event_burst: float = 5_000.0
    """Events that one sender may send at once; above it the answer is 429."""
    requests_at_once: int = 3
    """Requests worked on at a time."""
    requests_waiting: int = 2_000
    """Requests that may wait for that; above it the answer is 503."""
    uploads_at_once: int = 4
    """Bodies read at a time."""
    uploads_waiting: int = 200
    """Bodies that may wait to be read."""
    outbox_bound: int = 200_000
    """Rows that may wait for the broker; above it the answer is 503."""
    sealing_key_file: Path | None = None
    """Opens nothing but the secrets of webhooks."""

    private_receivers: bool = False
    """Let webhooks be registered inside our own network, and without TLS: for demos and tests."""

    reconcile_after: timedelta = timedelta(minutes=5)
    """How long a published message may be on its way to chronology, before it counts as lost."""
