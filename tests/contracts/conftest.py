"""What the contract tests share: schemas/ as it is, loaded once."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.runtime.contracts import Contracts, load_schemas

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


@pytest.fixture(scope="session")
def schemas() -> Path:
    return SCHEMAS


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    return Contracts.load(SCHEMAS)


@pytest.fixture(scope="session")
def documents() -> dict[str, dict[str, Any]]:
    return load_schemas(SCHEMAS)


@pytest.fixture(scope="session")
def examples() -> dict[str, dict[str, Any]]:
    folder = SCHEMAS / "events" / "examples"
    return {
        file.relative_to(folder).as_posix(): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.json"))
    }
