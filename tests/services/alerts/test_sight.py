"""Alerts are seen by whom their gaps are seen by: the dashboards' rule, asked of every reader."""

from itertools import product

import pytest

from deploy.embedded.tokens import PERSONAS
from services.alerts.sight import counts_only, sight_of
from services.dashboards.sight import sight_of as of_gaps
from services.domain.registry import Registry
from services.runtime.auth import ROLES, Caller
from services.runtime.contracts import Contracts

AREAS = (None, (), ("E10000020",), ("E10000016",))


@pytest.fixture
def registry(contracts: Contracts) -> Registry:
    return contracts.registry


def test_every_reader_sees_the_alerts_of_the_gaps_that_they_see(registry: Registry) -> None:
    for role, agency, areas in product(ROLES, [*registry.agencies, "nobody"], AREAS):
        caller = Caller("someone", agency, role, areas)
        gaps, alerts = of_gaps(caller, registry), sight_of(caller, registry)
        assert (alerts is None) == (gaps is None), caller
        if alerts is not None and gaps is not None:
            assert (alerts.owing, alerts.told) == (gaps.owing, gaps.told), caller


def test_the_commissioners_office_sees_counts_and_nobody_else_does(registry: Registry) -> None:
    seen = {
        name: counts_only(Caller("someone", who.agency, who.role), registry) is not None
        for name, who in PERSONAS.items()
    }
    assert {name for name, sees in seen.items() if sees} == {
        "pcc-analyst", "pcc-editor", "pcc-approver"
    }  # fmt: skip
