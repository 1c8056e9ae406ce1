"""What the matcher's tests share."""

import pytest

from services.runtime.contracts import Contracts
from tests.services.conftest import Pool
from tests.services.matcher.vaulted import SCHEMAS, Vaulted


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    return Contracts.load(SCHEMAS)


@pytest.fixture
def vaulted(intake_pool: Pool, contracts: Contracts) -> Vaulted:
    return Vaulted(intake_pool, contracts)
