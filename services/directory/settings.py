"""What is the directory told by its environment? The runtime's settings, no more."""

from services.runtime.settings import Settings

__all__ = ["Settings"]
