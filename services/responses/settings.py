"""What are the responses told by their environment?"""

from datetime import timedelta
from pathlib import Path

from services.runtime.settings import Settings as RuntimeSettings


class Settings(RuntimeSettings):
    """The runtime's settings, and where figures come from."""

    measures_url: str | None = None
    """Where the dashboards answer; without it no figure can be inserted."""
    acting_key_file: Path | None = None
    """The private key by which we ask them for people (docs/decisions/acting-for-people.md)."""
    findings_every: timedelta = timedelta(hours=1)
    """How often it is looked for findings whose figures have become worse."""
