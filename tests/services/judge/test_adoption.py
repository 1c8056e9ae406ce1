"""By which policy does a running judge judge, once another was adopted?"""

from dataclasses import replace
from functools import partial

import pytest

from services.domain.judging import judge
from services.domain.policy import Policy
from services.runtime.contracts import Contracts
from services.runtime.guard import NotNow
from services.runtime.judging_worker import Bench, Epoch, in_epoch


@pytest.fixture
def bench(contracts: Contracts) -> Bench:
    return Bench("timeliness", partial(judge, "timeliness"), contracts.policy(), 1)


def unread() -> Policy:
    raise AssertionError("the policy is not read again")


@pytest.mark.parametrize("adopted", [None, "its own"])
def test_it_goes_on_by_its_own_while_no_other_is_adopted(bench: Bench, adopted: str | None) -> None:
    version = bench.policy.version if adopted else None
    now = in_epoch(bench, Epoch(2, version), unread)
    assert (now.epoch, now.policy) == (2, bench.policy)


def test_it_reads_the_files_again_when_another_is_adopted(bench: Bench) -> None:
    other = replace(bench.policy, version="other")
    now = in_epoch(bench, Epoch(2, "other"), lambda: other)
    assert (now.epoch, now.policy) == (2, other)


def test_it_waits_while_the_files_are_not_what_was_adopted(bench: Bench) -> None:
    with pytest.raises(NotNow) as waiting:
        in_epoch(bench, Epoch(2, "other"), lambda: bench.policy)
    assert waiting.value.reason == "policy-not-adopted"
