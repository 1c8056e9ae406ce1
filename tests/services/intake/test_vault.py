"""The vault: what is sealed opens only where it was sealed, with the key it was sealed with."""

import base64
from pathlib import Path

import pytest

from services.intake.vault import Unreadable, Vault, event_place

VAULT = Vault.of(bytes(range(32)))
PLACE = event_place("r", "/norfolk-police/custody", "e-1")


def test_what_is_sealed_opens_again_with_the_stored_key() -> None:
    key = VAULT.new_key("record")
    sealed = key.seal(b"narrative", PLACE)
    assert b"narrative" not in sealed
    again = VAULT.key_of("record", key.wrapped, key.master_key_id)
    assert again.open(sealed, PLACE) == b"narrative"


def test_the_same_content_is_sealed_differently_each_time() -> None:
    key = VAULT.new_key("record")
    assert key.seal(b"narrative", PLACE) != key.seal(b"narrative", PLACE)


@pytest.mark.parametrize(
    "place",
    [
        event_place("s", "/norfolk-police/custody", "e-1"),
        event_place("r", "/norfolk-police/custody|e", "-1"),
        event_place("r", "/norfolk-police/custody", "e-2"),
    ],
)
def test_what_was_moved_does_not_open(place: str) -> None:
    key = VAULT.new_key("record")
    with pytest.raises(Unreadable):
        key.open(key.seal(b"narrative", PLACE), place)


def test_a_wrapped_key_opens_for_its_owner_and_its_master_key_alone() -> None:
    key = VAULT.new_key("record")
    with pytest.raises(Unreadable):
        VAULT.key_of("another", key.wrapped, key.master_key_id)
    with pytest.raises(Unreadable):
        Vault.of(bytes(32)).key_of("record", key.wrapped, key.master_key_id)


def test_macs_of_two_purposes_or_two_splits_differ() -> None:
    assert VAULT.mac("upn", "a") == VAULT.mac("upn", "a")
    assert VAULT.mac("upn", "a") != VAULT.mac("nhs-number", "a")
    assert VAULT.mac("upn", "ab", "c") != VAULT.mac("upn", "a", "bc")
    assert VAULT.mac("upn", "a") != Vault.of(bytes(32)).mac("upn", "a")


def test_a_master_key_file_must_be_32_bytes_of_base64(tmp_path: Path) -> None:
    file = tmp_path / "master"
    for content in (b"not base64!", base64.b64encode(b"short")):
        file.write_bytes(content)
        with pytest.raises(ValueError, match="master key"):
            Vault.load(file)
    file.write_bytes(base64.b64encode(bytes(range(32))) + b"\n")
    assert Vault.load(file).mac("upn", "a") == VAULT.mac("upn", "a")
