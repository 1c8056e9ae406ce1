"""How is a secret that we must be able to use kept, so that the database alone does not give it?

A key file holds 32 random bytes as base64, one key a line: the first seals, every one opens. To
change keys put a new line first; drop the old one when nothing is sealed by it any more.
"""

import os
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
_NAME: Final = 8
_NONCE: Final = 12


class Unsealable(Exception):
    """What was sealed does not open: by no key of ours, at another place, or it was changed."""


class Sealer:
    """Seals by the first of its keys and opens by any."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError("a sealing key has 32 bytes")
        self._ciphers = {_name(key): AESGCM(key) for key in keys}
        self._first = _name(keys[0])

    @classmethod
    def load(cls, path: Path) -> "Sealer":
        """Read a key file. ValueError says what is wrong with it."""
        try:
            return cls([b64decode(line, validate=True) for line in path.read_bytes().split()])
        except NotBase64:
            raise ValueError("the sealing key file is not base64") from None

    def seal(self, content: bytes, place: str) -> bytes:
        """Seal content; it opens again only for the same place."""
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self._first].encrypt(nonce, content, place.encode())
        return self._first + nonce + sealed

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed. Raises Unsealable."""
        cipher = self._ciphers.get(sealed[:_NAME])
        if cipher is None:
            raise Unsealable
        nonce, content = sealed[_NAME : _NAME + _NONCE], sealed[_NAME + _NONCE :]
        try:
            return cipher.decrypt(nonce, content, place.encode())
        except (InvalidTag, ValueError):
            raise Unsealable from None


def _name(key: bytes) -> bytes:
    """Tell keys apart without telling what they are."""
    return sha256(b"referral-watch/sealing" + key).digest()[:_NAME]
