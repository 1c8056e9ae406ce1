"""The vault: what is sealed opens only where it was sealed, with the key it was sealed with.

What holds for every keeper of master keys is one suite, run on the key file and on a key service
made here.
"""

import base64
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from services.intake.keyring import KeyFile, open_vault, vault_of
from services.intake.vault import Unreadable, Vault, Wrapped, Wrapping, event_place
from tests.services.conftest import Pool

PLACE = event_place("r", "/norfolk-police/custody", "e-1")


class KeyService:
    """Keeps keys by name and version, as key services do, and binds what it wraps to its owner."""

    def __init__(self) -> None:
        self._versions = [ChaCha20Poly1305(ChaCha20Poly1305.generate_key())]

    @property
    def current(self) -> str:
        return f"vault/versions/{len(self._versions)}"

    def wrap(self, key: bytes, owner: str) -> Wrapped:
        nonce = os.urandom(12)
        sealed = self._versions[-1].encrypt(nonce, key, owner.encode())
        return Wrapped(nonce + sealed, self.current)

    def unwrap(self, wrapped: Wrapped, owner: str) -> bytes:
        name, _, version = wrapped.master_key_id.rpartition("/")
        if name != "vault/versions" or int(version) > len(self._versions):
            raise Unreadable
        cipher = self._versions[int(version) - 1]
        try:
            return cipher.decrypt(wrapped.key[:12], wrapped.key[12:], owner.encode())
        except InvalidTag:
            raise Unreadable from None

    def add(self) -> str:
        self._versions.append(ChaCha20Poly1305(ChaCha20Poly1305.generate_key()))
        return self.current


def key_file(folder: Path, *keys: bytes) -> Path:
    file = folder / "master"
    file.write_text("\n".join(base64.b64encode(key).decode() for key in keys))
    return file


@pytest.fixture(params=["file", "service"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> KeyFile | KeyService:
    if request.param == "service":
        return KeyService()
    return KeyFile(key_file(tmp_path, bytes(32)))


@pytest.fixture
def vault(keeper: Wrapping) -> Vault:
    return Vault(keeper, bytes(32))


def test_what_is_sealed_opens_again_with_the_stored_key(vault: Vault) -> None:
    key = vault.new_key("record")
    sealed = key.seal(b"narrative", PLACE)
    assert b"narrative" not in sealed
    again = vault.key_of("record", key.wrapped, key.master_key_id)
    assert again.open(sealed, PLACE) == b"narrative"


def test_the_same_content_is_sealed_differently_each_time(vault: Vault) -> None:
    key = vault.new_key("record")
    assert key.seal(b"narrative", PLACE) != key.seal(b"narrative", PLACE)


@pytest.mark.parametrize(
    "place",
    [
        event_place("s", "/norfolk-police/custody", "e-1"),
        event_place("r", "/norfolk-police/custody|e", "-1"),
        event_place("r", "/norfolk-police/custody", "e-2"),
    ],
)
def test_what_was_moved_does_not_open(vault: Vault, place: str) -> None:
    key = vault.new_key("record")
    with pytest.raises(Unreadable):
        key.open(key.seal(b"narrative", PLACE), place)


def test_a_wrapped_key_opens_for_its_owner_alone(vault: Vault) -> None:
    key = vault.new_key("record")
    with pytest.raises(Unreadable):
        vault.key_of("another", key.wrapped, key.master_key_id)


def test_a_wrapped_key_opens_with_its_master_key_alone(vault: Vault) -> None:
    key = vault.new_key("record")
    with pytest.raises(Unreadable):
        Vault.of(bytes([1] * 32)).key_of("record", key.wrapped, key.master_key_id)
    with pytest.raises(Unreadable):
        vault.key_of("record", key.wrapped, "vault/versions/9")


def test_after_a_new_master_key_what_was_wrapped_still_opens(keeper: KeyFile | KeyService) -> None:
    vault = Vault(keeper, bytes(32))
    before = vault.new_key("record")
    added = keeper.add()
    after = vault.new_key("record")
    assert (before.master_key_id == added, after.master_key_id) == (False, added)
    sealed = before.seal(b"narrative", PLACE)
    again = vault.key_of("record", before.wrapped, before.master_key_id)
    assert again.open(sealed, PLACE) == b"narrative"


def test_macs_of_two_purposes_or_two_splits_differ(vault: Vault) -> None:
    assert vault.mac("upn", "a") == vault.mac("upn", "a")
    assert vault.mac("upn", "a") != vault.mac("nhs-number", "a")
    assert vault.mac("upn", "ab", "c") != vault.mac("upn", "a", "bc")
    assert vault.mac("upn", "a") != Vault.of(bytes([1] * 32)).mac("upn", "a")


def test_a_master_key_file_must_be_32_bytes_of_base64(tmp_path: Path) -> None:
    file = tmp_path / "master"
    for content in (b"", b"not base64!", base64.b64encode(b"short")):
        file.write_bytes(content)
        with pytest.raises(ValueError, match="master key"):
            KeyFile(file)


def test_a_process_hears_of_a_new_key_and_of_one_that_is_gone(tmp_path: Path) -> None:
    file = key_file(tmp_path, bytes(32))
    here, elsewhere = KeyFile(file), KeyFile(file)
    old = here.current
    new = elsewhere.add()
    assert here.ids == [new, old]
    wrapped = Vault(elsewhere, bytes(32)).new_key("record")
    assert Vault(here, bytes(32)).key_of("record", wrapped.wrapped, new).master_key_id == new
    elsewhere.remove(old)
    assert here.ids == [new]
    assert file.stat().st_mode & 0o077 == 0


def test_a_key_file_that_is_spoilt_leaves_a_running_process_its_keys(tmp_path: Path) -> None:
    file = key_file(tmp_path, bytes(32))
    keys = KeyFile(file)
    before = keys.current
    file.write_text("spoilt")
    assert keys.current == before


async def test_macs_outlive_the_master_key_that_they_began_under(
    intake_pool: Pool, tmp_path: Path
) -> None:
    first = await vault_of(intake_pool, key_file(tmp_path, bytes(32)))
    assert first.mac("upn", "a") != Vault.of(bytes(32)).mac("upn", "a")
    keys = KeyFile(tmp_path / "master")
    keys.add()
    assert (await open_vault(intake_pool, keys)).mac("upn", "a") == first.mac("upn", "a")


async def test_a_vault_in_use_before_macs_had_a_root_keeps_its_macs(
    intake_pool: Pool, tmp_path: Path
) -> None:
    await intake_pool.execute(
        "INSERT INTO record VALUES ('r', 'norfolk-police', 'm', 'k', 'id', 'r', 0, now())"
    )
    vault = await vault_of(intake_pool, key_file(tmp_path, bytes(32)))
    assert vault.mac("upn", "a") == Vault.of(bytes(32)).mac("upn", "a")
