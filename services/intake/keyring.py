"""Which master keys are there, and what opens the vault?

The file holds one key a line, 32 bytes in base64: the first wraps what is new, all of them open.
It is read again when it changes, so that a key comes and goes while processes run.
"""

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import asyncpg

from services.intake.vault import (
    KEY_BYTES,
    MasterKey,
    Unreadable,
    Vault,
    Wrapped,
    Wrapping,
)
from services.runtime import log

MAC_OWNER: Final = "mac"
"""Whose key the root of the MAC keys is: it is wrapped like a record's."""

_log = log.get(__name__)

_ROOT: Final = "SELECT wrapped_key, master_key_id FROM mac_key"
_FIRST: Final = """
INSERT INTO mac_key (wrapped_key, master_key_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
_IN_USE: Final = "SELECT EXISTS (SELECT FROM record)"


class KeyFile:
    """Master keys from a file; ValueError says what is wrong with it when it is first read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = (0, 0)
        self._lines: list[str] = []
        self._keys: Mapping[str, MasterKey] = {}
        self._read()

    @property
    def current(self) -> str:
        """The id of the key that wraps what is new."""
        self._refresh()
        return next(iter(self._keys))

    @property
    def ids(self) -> list[str]:
        """The ids of all keys, the current one first."""
        self._refresh()
        return list(self._keys)

    @property
    def first(self) -> bytes:
        """The current key itself: what a vault without a MAC root of its own derives them from."""
        return _decoded(self._lines[0])

    def wrap(self, key: bytes, owner: str) -> Wrapped:
        """Wrap by the first key that the file holds now."""
        return self._keys[self.current].wrap(key, owner)

    def unwrap(self, wrapped: Wrapped, owner: str) -> bytes:
        """Return the key; raises Unreadable."""
        if wrapped.master_key_id not in self._keys:
            self._refresh()
        master = self._keys.get(wrapped.master_key_id)
        if master is None:
            raise Unreadable
        return master.unwrap(wrapped, owner)

    def add(self) -> str:
        """Put a new random key in front; return its id."""
        line = b64encode(os.urandom(KEY_BYTES)).decode()
        self._write([line, *self._lines])
        return self.current

    def remove(self, master_key_id: str) -> None:
        """Take a key out; nothing that it wraps opens any more."""
        self._write([one for one in self._lines if _key(one).current != master_key_id])

    def _refresh(self) -> None:
        """Read the file again if it is another; what cannot be read leaves the keys as they are."""
        try:
            status = self._path.stat()
            if (status.st_mtime_ns, status.st_ino) != self._stamp:
                self._read()
        except (OSError, ValueError) as error:
            _log.error("master key file is not readable, former keys stay", error=error)

    def _read(self) -> None:
        status = self._path.stat()
        lines = self._path.read_text(encoding="ascii").split()
        keys = {key.current: key for key in map(_key, lines)}
        if not keys:
            raise ValueError("the master key file is empty")
        self._lines, self._keys = lines, keys
        self._stamp = (status.st_mtime_ns, status.st_ino)

    def _write(self, lines: list[str]) -> None:
        """Replace the file, whole or not at all, readable to its owner alone."""
        beside_it = self._path.with_name(f".{self._path.name}.new")
        beside_it.unlink(missing_ok=True)
        descriptor = os.open(beside_it, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside_it.replace(self._path)
        self._read()


async def open_vault(
    pool: "asyncpg.Pool[asyncpg.Record]", wrapping: Wrapping, earlier: bytes | None = None
) -> Vault:
    """Open the vault of this database, making the root of its MAC keys where there is none.

    `earlier` is what MAC keys were derived from before they had a root: a vault in use keeps it,
    for its MACs are written down.
    """
    row = await pool.fetchrow(_ROOT)
    if row is None:
        in_use = earlier is not None and await pool.fetchval(_IN_USE)
        made = wrapping.wrap(earlier if earlier and in_use else os.urandom(KEY_BYTES), MAC_OWNER)
        await pool.execute(_FIRST, made.key, made.master_key_id)
        row = await pool.fetchrow(_ROOT)
    assert row is not None  # noqa: S101 - it has just been made
    root = wrapping.unwrap(Wrapped(row["wrapped_key"], row["master_key_id"]), MAC_OWNER)
    return Vault(wrapping, root)


async def vault_of(pool: "asyncpg.Pool[asyncpg.Record]", file: Path) -> Vault:
    """Open the vault with the keys of a file; ValueError says what is wrong with it."""
    keys = KeyFile(file)
    return await open_vault(pool, keys, keys.first)


def _key(line: str) -> MasterKey:
    return MasterKey(_decoded(line))


def _decoded(line: str) -> bytes:
    try:
        return b64decode(line, validate=True)
    except NotBase64:
        raise ValueError("the master key file is not base64") from None
