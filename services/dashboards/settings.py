"""What are the dashboards told by their environment?"""

from pathlib import Path

from services.runtime.settings import Settings as RuntimeSettings


class Settings(RuntimeSettings):
    """The runtime's settings, and whom pages ask on behalf of who is signed in."""

    acting_key_file: Path | None = None
    """The private key by which we sign for people (docs/decisions/acting-for-people.md)."""

    alerts_url: str | None = None
    """Where pages ask for alerts."""
    intake_url: str | None = None
    """Where pages ask intake, and send what is written on them."""
    directory_url: str | None = None
    """Where pages ask for services and onward referrals."""
