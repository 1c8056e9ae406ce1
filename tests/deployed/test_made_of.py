"""Does the list of what we are made of name everything, and does a scan never pass on nothing?"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy import advisories, sbom
from deploy.embedded import jars

NOW = datetime(2026, 11, 26, tzinfo=UTC)
Write = Callable[..., Path]


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return sbom.bom()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "some.lock"
    file.write_text("left-pad==1.2.0 \\\n    --hash=sha256:00\nNice_Name==3.0 ; extra\n")
    return file


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write one advisory and return its folder."""
    folder = tmp_path / "advisories"
    folder.mkdir()

    def written(modified: datetime = NOW, name: str = "left.pad", **affected: Any) -> Path:  # noqa: ANN401
        one = {
            "id": "PYSEC-1",
            "modified": modified.isoformat(),
            "affected": [{"package": {"name": name, "ecosystem": "PyPI"}, **affected}],
        }
        (folder / "one.json").write_text(json.dumps(one))
        return folder

    return written


def test_the_list_is_as_its_specification_says(made: dict[str, Any]) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(made)) is None


def test_every_pinned_package_and_every_jar_is_on_it_with_its_hash(made: dict[str, Any]) -> None:
    listed = {(one["name"].lower(), one["version"]): one for one in made["components"]}
    for name, pinned in advisories.pinned(sbom.LOCK).items():
        assert any(
            found.replace("_", "-").replace(".", "-") == name and told == str(pinned)
            for found, told in listed
        ), name
    for jar in jars.locked():
        _, name, version = jar.coordinate.split(":")
        assert listed[name.lower(), version]["hashes"][0]["content"] == jar.sha256


def test_a_scan_with_nothing_to_compare_with_fails(tmp_path: Path, lock: Path) -> None:
    for folder in (None, tmp_path / "absent", tmp_path):
        status, (said,) = advisories.scan(folder, NOW, lock)
        assert status == advisories.NOT_SCANNED
        assert said.startswith("NOT SCANNED")


def test_a_scan_with_old_advisories_only_fails_too(write: Write, lock: Path) -> None:
    within = {"type": "ECOSYSTEM", "events": [{"introduced": "9"}]}
    for days, expected in ((30, 0), (31, advisories.NOT_SCANNED)):
        folder = write(NOW - timedelta(days=days), ranges=[within])
        assert advisories.scan(folder, NOW, lock)[0] == expected


@pytest.mark.parametrize(
    ("events", "hit"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "1.2.0"}], False),
        ([{"introduced": "0"}, {"fixed": "1.2.1"}], True),
        ([{"introduced": "1.2.1"}], False),
        ([{"introduced": "0"}, {"last_affected": "1.2.0"}], True),
        ([{"introduced": "0"}, {"last_affected": "1.1"}], False),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "1.2"}], True),
        ([{"introduced": "not-a-version"}], True),
    ],
)
def test_a_version_within_an_advisorys_range_is_found(
    write: Write, lock: Path, events: list[dict[str, str]], *, hit: bool
) -> None:
    folder = write(ranges=[{"type": "ECOSYSTEM", "events": events}])
    status, lines = advisories.scan(folder, NOW, lock)
    assert (status == advisories.UNSAFE) == hit
    assert ("left-pad 1.2.0: PYSEC-1" in lines) == hit


def test_versions_named_one_by_one_are_found_and_other_names_are_not(
    write: Write, lock: Path
) -> None:
    assert advisories.scan(write(versions=["1.2.0"]), NOW, lock)[0] == advisories.UNSAFE
    assert advisories.scan(write(name="nice-name", versions=["3.0"]), NOW, lock)[0] == 1
    assert advisories.scan(write(name="another", versions=["1.2.0"]), NOW, lock)[0] == 0
