"""What are the dashboards told by their environment? The runtime's settings, no more."""

from services.runtime.settings import Settings

__all__ = ["Settings"]
