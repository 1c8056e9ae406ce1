"""A disagreement: raised by the sender alone, one at a time, onwards and never back."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from services.domain.disagreements import (
    ADVANCED,
    RAISED,
    SETTLED,
    Disagreement,
    disagreements_of,
    ladder_at,
    ladders,
    latest,
    told,
)
from services.domain.events import MADE, RECEIVED, Event
from services.domain.referrals import referrals_of
from services.runtime.contracts import Contracts

DAY = datetime(2026, 3, 5, 9, tzinfo=UTC)  # a Thursday


def said(kind: str, agency: str, day: int, **facts: object) -> Event:
    at = DAY + timedelta(days=day)
    source, name = f"/{agency}/pages", f"{kind}-{agency}-{day}"
    return Event(source, name, kind, at, at, agency, 1, 0, {"referral_ref": "R-1", **facts}, "r")


BEGUN = [said(MADE, "norfolk-school", -2), said(RECEIVED, "norfolk-csc", -1)]


def found(contracts: Contracts, *events: Event) -> list[Disagreement]:
    referral = referrals_of({"R-1": [*BEGUN, *events]})["R-1"]
    return disagreements_of(referral, contracts.registry)


def test_in_whatever_order_it_is_told_it_stands_the_same(contracts: Contracts) -> None:
    steps = [
        said(RAISED, "norfolk-school", 0), said(ADVANCED, "norfolk-csc", 1, stage=2),
        said(ADVANCED, "norfolk-school", 3, stage=3), said(SETTLED, "norfolk-qa", 9, outcome="x"),
    ]  # fmt: skip
    for order in permutations(steps):
        (one,) = found(contracts, *order)
        assert (one.stage, one.stage_at, one.state) == (3, DAY + timedelta(days=3), "settled")
        assert one.days_open(DAY + timedelta(days=90)) == 9


@pytest.mark.parametrize("agency", ["norfolk-csc", "norfolk-qa", "norfolk-health"])
def test_nobody_but_the_sender_raises_one(contracts: Contracts, agency: str) -> None:
    assert found(contracts, said(RAISED, agency, 0)) == []


def test_a_stranger_carries_nothing_on_and_nothing_goes_back(contracts: Contracts) -> None:
    (one,) = found(
        contracts, said(RAISED, "norfolk-school", 0), said(ADVANCED, "norfolk-csc", 1, stage=3),
        said(ADVANCED, "norfolk-csc", 2, stage=2), said(SETTLED, "norfolk-health", 3),
    )  # fmt: skip
    assert (one.stage, one.state) == (3, "open")


def test_one_at_a_time_and_another_after_it(contracts: Contracts) -> None:
    first, second = found(
        contracts, said(RAISED, "norfolk-school", 0), said(RAISED, "norfolk-school", 1),
        said(SETTLED, "norfolk-school", 2), said(SETTLED, "norfolk-school", 3),
        said(RAISED, "norfolk-school", 4),
    )  # fmt: skip
    assert (first.raised.time, first.state) == (DAY, "settled")
    assert latest([first, second]) is second
    assert (second.stage, second.state) == (1, "open")


@pytest.mark.parametrize(("later", "overdue"), [(3, False), (4, True)])
def test_a_stage_is_over_its_days_only_after_the_last_working_day(
    contracts: Contracts, later: int, *, overdue: bool
) -> None:
    (one,) = found(contracts, said(RAISED, "norfolk-school", 1))  # on a Friday: due on Monday
    now = DAY + timedelta(days=1 + later)
    answer = told(one, contracts.disagreements(), contracts.policy().calendar, now)
    assert (answer["due_at"], answer["overdue"]) == ("2026-03-09T23:59:59Z", overdue)


def test_the_ladder_that_holds_is_that_of_the_day_of_raising() -> None:
    stage = {"name": "One", "who": "both", "days": 1}
    line = {"source": "s", "standing": "local", "stages": [stage]}
    both = ladders(
        {"policy": [line | {"since": date(2000, 1, 1)}, line | {"since": date(2026, 3, 6)}]}
    )
    assert ladder_at(both, DAY).since == date(2000, 1, 1)
    assert ladder_at(both, DAY + timedelta(days=1)).since == date(2026, 3, 6)
    with pytest.raises(ValueError, match="without stages"):
        ladders({"policy": []})
