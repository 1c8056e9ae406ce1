import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from jgo.maven import MavenContext

from deploy.embedded import jars
from deploy.embedded.__main__ import COMMANDS, main
from deploy.embedded.failure import CannotStartError, check_disk, check_python
from deploy.embedded.places import PROJECT
from deploy.embedded.progress import silently

ONE_JAR = jars.Jar("org.example:thing:1.0", "00")


def test_too_old_a_python_is_one_sentence() -> None:
    with pytest.raises(CannotStartError, match=r"needs Python 3\.11 or later; this is 3\.10\."):
        check_python((3, 10))


def test_too_little_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match="free some disk space"):
        check_disk(tmp_path, needed=10**18)


def test_no_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr(MavenContext, "project", unreachable)
    monkeypatch.setattr(jars, "locked", lambda *_: [ONE_JAR])
    with pytest.raises(CannotStartError, match="check the network"):
        jars.classpath(silently, tmp_path / "jars")


def test_a_jar_that_is_not_the_locked_one_is_never_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Repository:
        def resolve(self) -> Path:
            return Path(shutil.copy(__file__, tmp_path / "fetched"))

        def artifact(self) -> "Repository":
            return self

        def at_version(self, _: str) -> "Repository":
            return self

    monkeypatch.setattr(MavenContext, "project", lambda *_: Repository())
    monkeypatch.setattr(jars, "locked", lambda *_: [ONE_JAR])
    with pytest.raises(CannotStartError, match="is not the file"):
        jars.classpath(silently, tmp_path / "jars")
    assert not (tmp_path / "jars" / ONE_JAR.filename).exists()


def test_the_broker_and_its_client_library_are_of_one_version() -> None:
    versions = {
        jar.coordinate.rsplit(":", 1)[1]
        for jar in jars.locked()
        if jar.coordinate.startswith("org.apache.kafka:")
    }
    assert versions == {"4.1.2"}


def test_a_failure_is_printed_alone_and_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: object) -> int:
        raise CannotStartError("Port 1 is in use.")

    monkeypatch.setitem(dict(COMMANDS), "up", fails)
    monkeypatch.setattr("deploy.embedded.__main__.COMMANDS", {"up": fails})
    assert main(["up"]) == 1
    assert capsys.readouterr().err == "Port 1 is in use.\n"


def test_make_without_a_suitable_python_says_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    shutil.copy(PROJECT / "deploy" / "venv.sh", tmp_path / "deploy")
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "dirname"):
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)
    done = subprocess.run(
        ["/bin/sh", "deploy/venv.sh"],
        cwd=tmp_path, env={"PATH": str(tools)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("Referral Watch needs Python 3.11")
    assert done.stderr.count("\n") == 1
