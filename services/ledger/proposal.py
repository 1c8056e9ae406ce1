"""Which policy is proposed? The one in force, but for one file.

A file named as one of schemas/policy/ (default.toml, bank-holidays.toml, …) stands in its place;
any other is a local pack and stands in place of the packs in force.
"""

import tomllib
from dataclasses import replace
from pathlib import Path
from shutil import copy, copytree
from tempfile import TemporaryDirectory

from services.domain.policy import Policy, PolicyFaults
from services.domain.working_days import CalendarFaults
from services.ledger.crew import Stopped
from services.runtime.contracts import Contracts


def proposed(contracts: Contracts, file: Path) -> Policy:
    """Read the policy in force with this file in its place.

    Raises:
        Stopped: the file cannot be read or is no policy; every fault is named.

    """
    try:
        if (contracts.path / "policy" / file.name).is_file():
            return _in_place(contracts, file)
        return replace(contracts, pack=file).policy()
    except (PolicyFaults, CalendarFaults) as error:
        raise Stopped(f"{file.name} is no policy: {'; '.join(error.pointers)}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Stopped(f"{file.name} is no TOML: {error}") from None
    except OSError:
        raise Stopped(f"{file} is not there.") from None


def _in_place(contracts: Contracts, file: Path) -> Policy:
    """Read a copy of the folder in which one file is replaced."""
    with TemporaryDirectory(prefix="policy-") as folder:
        beside = Path(folder) / "policy"
        copytree(contracts.path / "policy", beside)
        copy(file, beside / file.name)
        return replace(contracts, path=Path(folder)).policy()
