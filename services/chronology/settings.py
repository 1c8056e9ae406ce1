"""What was the chronology told by its environment?"""

from services.runtime import settings


class Settings(settings.Settings):
    """What every service needs, and how long to gather one child's changes before publishing."""

    gather_ms: int = 100
    """For how many milliseconds one child's changes are gathered into one version."""
