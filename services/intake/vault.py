"""How is identity kept so that nobody reads it by accident, and compared without being read?

Three things: a master key wraps a random key for every record (or member of staff), that key seals
what was said of them, and keyed MACs let equal values be found without opening anything. Who keeps
the master keys is behind `Wrapping`: a file (`keyring.KeyFile`), or a key service that offers the
same two methods.
"""

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Purpose = Literal[
    "local-id",
    "staff",
    "body",
    "nhs-number",
    "upn",
    "birth-date",
    "identity",
    "census-ref",
    "review",
    "block",
    "erased-event",
]
"""What a MAC is for; the MACs of two purposes can never be compared."""

PURPOSES: Final[tuple[Purpose, ...]] = Purpose.__args__  # type: ignore[attr-defined]
KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class Unreadable(Exception):
    """What was sealed does not open: another key, another place, or it was changed."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A wrapped key as it is stored: its bytes, and which master key opens it."""

    key: bytes
    master_key_id: str


class Wrapping(Protocol):
    """Who keeps the master keys. Several may open; one, the current one, wraps what is new."""

    @property
    def current(self) -> str:
        """The id of the master key that wraps what is new."""

    def wrap(self, key: bytes, owner: str) -> Wrapped:
        """Wrap a key by the current master key, so that it opens for this owner alone."""

    def unwrap(self, wrapped: Wrapped, owner: str) -> bytes:
        """Return the key; raises Unreadable."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The key of one record; `wrapped` and `master_key_id` are what may be stored of it."""

    wrapped: bytes
    master_key_id: str
    cipher: AESGCM

    def seal(self, content: bytes, place: str) -> bytes:
        """Seal content; it opens again only for the same `place` (see `event_place`)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, content, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed; raises Unreadable."""
        try:
            return self.cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise Unreadable from None


class MasterKey:
    """A master key held in memory."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        self._cipher = AESGCM(_derive(key, "wrap"))
        self.current = _derive(key, "name").hex()[:16]

    def wrap(self, key: bytes, owner: str) -> Wrapped:
        """Wrap a key with AES-GCM, bound to its owner."""
        nonce = os.urandom(_NONCE_BYTES)
        return Wrapped(nonce + self._cipher.encrypt(nonce, key, owner.encode()), self.current)

    def unwrap(self, wrapped: Wrapped, owner: str) -> bytes:
        """Return the key; raises Unreadable."""
        if wrapped.master_key_id != self.current:
            raise Unreadable
        nonce, sealed = wrapped.key[:_NONCE_BYTES], wrapped.key[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, owner.encode())
        except InvalidTag:
            raise Unreadable from None


class Vault:
    """Sealing keys and MACs. `owner` is the record_ref, staff_ref or import id a key belongs to."""

    def __init__(self, wrapping: Wrapping, mac_root: bytes) -> None:
        """Every MAC key is derived from `mac_root`, which no master key's end touches."""
        self._wrapping = wrapping
        self._mac_keys = {p: _derive(mac_root, f"mac:{p}") for p in PURPOSES}

    @classmethod
    def of(cls, master_key: bytes) -> "Vault":
        """Make a vault of one master key alone, whose MAC keys are derived from it too."""
        return cls(MasterKey(master_key), master_key)

    def new_key(self, owner: str) -> SealingKey:
        """Make a fresh random key for an owner."""
        key = os.urandom(KEY_BYTES)
        wrapped = self._wrapping.wrap(key, owner)
        return SealingKey(wrapped.key, wrapped.master_key_id, AESGCM(key))

    def key_of(self, owner: str, wrapped: bytes, master_key_id: str) -> SealingKey:
        """Unwrap a stored key; raises Unreadable."""
        key = self._wrapping.unwrap(Wrapped(wrapped, master_key_id), owner)
        return SealingKey(wrapped, master_key_id, AESGCM(key))

    def mac(self, purpose: Purpose, *parts: str | bytes) -> bytes:
        """Return the HMAC-SHA-256 of the parts, each preceded by its length."""
        whole = b"".join(
            len(part).to_bytes(8, "big") + part
            for part in (p if isinstance(p, bytes) else p.encode() for p in parts)
        )
        return hmac.digest(self._mac_keys[purpose], whole, sha256)


def event_place(receipt: str, source: str, event_id: str) -> str:
    """Where a sealed event stands: moved to another row it no longer opens."""
    return f"event|{receipt}|{len(source)}:{source}|{event_id}"


def original_place(receipt: str) -> str:
    """Where a sealed original stands."""
    return f"original|{receipt}"


def identity_place(record_ref: str) -> str:
    """Where a sealed statement of identity stands."""
    return f"identity|{record_ref}"


def decision_place(decision_id: str) -> str:
    """Where the sealed reason of a person's decision stands."""
    return f"decision|{decision_id}"


def glass_place(glass_id: str) -> str:
    """Where the sealed reason stands for which glass was broken."""
    return f"glass|{glass_id}"


def import_place(import_id: str) -> str:
    """Where a sealed census file stands."""
    return f"import|{import_id}"


def draft_place(draft_id: str, agency: str) -> str:
    """Where a sealed draft stands."""
    return f"draft|{draft_id}|{agency}"


def _derive(key: bytes, purpose: str) -> bytes:
    info = b"referral-watch/" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)
