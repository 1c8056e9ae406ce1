"""What is feedback told by its environment?"""

from pathlib import Path

from services.runtime.settings import Settings as RuntimeSettings


class Settings(RuntimeSettings):
    """The runtime's settings, how often the ledger is asked, and what calling needs."""

    follow_seconds: float = 0.5
    sealing_key_file: Path | None = None
    private_receivers: bool = False
    """Call addresses inside our own network as well, and without TLS: for demos and tests."""
