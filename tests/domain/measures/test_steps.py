"""What may stand in measures.toml as a step, and what may not?"""

from copy import deepcopy
from datetime import date, datetime
from typing import Any, Final

import pytest

from services.domain.measures.reading import Reading, Rebase
from services.runtime.contracts import read_toml
from services.runtime.settings import REPOSITORY

DELIVERED: Final = read_toml(REPOSITORY / "schemas" / "policy" / "measures.toml")
STEP: Final[dict[str, Any]] = {
    "since": date(2026, 4, 1),
    "reason": "The front door moved to a form",
    "source": "Partnership minutes of 3 March 2026",
    "standing": "local",
}


def read(*steps: dict[str, Any], measure: str = "decision.in-time") -> Reading:
    return Reading.parse({**deepcopy(DELIVERED), "rebases": {measure: list(steps)}})


def test_a_step_is_read_with_its_reason_and_source() -> None:
    later = {**STEP, "since": date(2026, 7, 15)}
    found = read(STEP, later).rebases["decision.in-time"]
    assert found == (Rebase(**STEP), Rebase(**later))
    assert found[1].told()["since"] == "2026-07-15"


def test_none_is_delivered_that_nobody_has_recorded() -> None:
    assert Reading.parse(DELIVERED).rebases == {}


@pytest.mark.parametrize(
    "steps",
    [
        [{**STEP, "reason": ""}],
        [{**STEP, "source": ""}],
        [{**STEP, "standing": "because"}],
        [{**STEP, "since": "2026-04-01"}],
        [{**STEP, "since": datetime(2026, 4, 1)}],  # noqa: DTZ001 - a moment is no day
        [{name: value for name, value in STEP.items() if name != "reason"}],
        [{**STEP, "until": date(2026, 5, 1)}],
        [STEP, STEP],
        [STEP, {**STEP, "since": date(2026, 3, 31)}],
    ],
)
def test_a_step_without_date_reason_or_source_is_refused(steps: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match=r"/rebases/decision\.in-time"):
        read(*steps)


def test_a_step_of_no_measure_is_refused() -> None:
    with pytest.raises(ValueError, match=r"/rebases/decision\.in-tyme"):
        read(STEP, measure="decision.in-tyme")
