"""What is feedback told by its environment?"""

from pathlib import Path

from services.runtime.settings import Settings as RuntimeSettings


class Settings(RuntimeSettings):
    """The runtime's settings, how often the ledger is asked, and what calling needs."""

    follow_seconds: float = 0.5
    """How often the ledger is asked for what has changed."""
    sealing_key_file: Path | None = None
    """The keys that open webhooks' secrets, not the vault: one a line, the first seals."""
    private_receivers: bool = False
    """Call addresses inside our own network as well, and without TLS: for demos and tests."""
