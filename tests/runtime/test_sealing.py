"""A sealed secret opens by its keys, at its place, and nowhere else."""

import base64
from pathlib import Path

import pytest

from services.runtime.sealing import Sealer, Unsealable

OLD, NEW = bytes(32), bytes(range(32))


def test_what_was_sealed_opens_again() -> None:
    sealed = Sealer([OLD]).seal(b"secret", "hook-1")
    assert b"secret" not in sealed
    assert Sealer([OLD]).open(sealed, "hook-1") == b"secret"


def test_an_older_key_still_opens_and_the_first_seals() -> None:
    both = Sealer([NEW, OLD])
    assert both.open(Sealer([OLD]).seal(b"s", "p"), "p") == b"s"
    assert Sealer([NEW]).open(both.seal(b"s", "p"), "p") == b"s"


@pytest.mark.parametrize("change", ["place", "key", "bit", "cut", "empty"])
def test_what_was_changed_does_not_open(change: str) -> None:
    sealed = Sealer([OLD]).seal(b"secret", "hook-1")
    changed = {"bit": sealed[:-1] + bytes([sealed[-1] ^ 1]), "cut": sealed[:12], "empty": b""}
    sealer = Sealer([NEW if change == "key" else OLD])
    with pytest.raises(Unsealable):
        sealer.open(changed.get(change, sealed), "hook-2" if change == "place" else "hook-1")


def test_a_key_file_holds_one_key_a_line(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_bytes(base64.b64encode(NEW) + b"\n" + base64.b64encode(OLD) + b"\n")
    assert Sealer.load(file).open(Sealer([OLD]).seal(b"s", "p"), "p") == b"s"


@pytest.mark.parametrize("content", [b"", b"not base64!", base64.b64encode(b"short")])
def test_a_key_file_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "keys"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="key"):
        Sealer.load(file)
