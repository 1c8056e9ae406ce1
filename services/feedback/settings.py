"""What is feedback told by its environment?"""

from services.runtime.settings import Settings as RuntimeSettings


class Settings(RuntimeSettings):
    """The runtime's settings, and how often the ledger is asked."""

    follow_seconds: float = 0.5
