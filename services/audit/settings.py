"""What is the audit told by its environment?"""

from base64 import b64decode
from binascii import Error as NotBase64
from pathlib import Path
from typing import Final

from services.runtime.settings import Misconfigured
from services.runtime.settings import Settings as RuntimeSettings

KEY_BYTES: Final = 32


class Settings(RuntimeSettings):
    """The runtime's settings, the key that binds, and where heads are given to."""

    audit_key_file: Path | None = None
    """32 bytes as base64; never in the database, nor with any other service."""
    audit_heads: Path | None = None
    """A file that only grows, best carried to another machine."""


def key_of(settings: Settings) -> bytes:
    """Return the key that binds. Raises Misconfigured."""
    file = settings.audit_key_file
    if file is None:
        raise _wrong("is missing")
    try:
        key = b64decode(file.read_bytes().strip(), validate=True)
    except (OSError, NotBase64):
        raise _wrong("does not name a file of base64") from None
    if len(key) != KEY_BYTES:
        raise _wrong(f"does not name a key of {KEY_BYTES} bytes")
    return key


def _wrong(what: str) -> Misconfigured:
    return Misconfigured(f"Cannot start, the environment is not right: RW_AUDIT_KEY_FILE {what}")
