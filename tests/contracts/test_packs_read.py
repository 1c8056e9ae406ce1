"""Which local packs are read, and from where?"""

import shutil
from pathlib import Path

import pytest

from services.domain.policy import Policy, PolicyFaults
from services.runtime.contracts import Contracts

EXAMPLES = Path("policy/examples")
LIMIT = "timeliness.decision_overdue.limit"


def of(schemas: Path, pack: Path | None) -> Policy:
    return Contracts.load(schemas, pack).policy()


def test_an_installation_starts_without_a_pack(schemas: Path) -> None:
    assert Contracts.load(schemas).packs() == {}
    assert not Contracts.load(schemas).policy().local_numbers


def test_a_pack_is_named_by_its_file_or_by_a_folder_of_packs(schemas: Path) -> None:
    (file,) = (schemas / EXAMPLES).glob("*.toml")
    by_file, by_folder = of(schemas, file), of(schemas, schemas / EXAMPLES)
    assert by_file.version == by_folder.version != of(schemas, None).version
    assert by_file.line(f"/{file.stem}/numbers/{LIMIT}/0")


def test_a_pack_that_is_not_there_is_never_passed_over(schemas: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        of(schemas, tmp_path / "absent.toml")


def test_without_a_name_the_local_file_or_folder_is_read(schemas: Path, tmp_path: Path) -> None:
    here = shutil.copytree(schemas, tmp_path / "schemas")
    (file,) = (here / EXAMPLES).glob("*.toml")
    shutil.copy(file, here / "policy" / "local.toml")
    assert of(here, None).line(f"/local/numbers/{LIMIT}/0")
    (here / "policy" / "local").mkdir()
    shutil.copy(file, here / "policy" / "local" / "one.toml")
    assert of(here, None).line(f"/one/numbers/{LIMIT}/0")


def test_a_faulty_pack_stops_the_load_and_is_named(schemas: Path, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('schema = 1\n[[numbers."no.such"]]\nvalue = 1\n')
    with pytest.raises(PolicyFaults) as raised:
        of(schemas, tmp_path)
    assert raised.value.pointers == ["/ours/numbers/no.such: no rule asks for it"]
