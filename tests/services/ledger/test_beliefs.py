"""What do verdicts change? Pure."""

import pytest

from services.ledger.beliefs import (
    Epoch,
    Standing,
    believed,
    difference,
    newer_standings,
    newest,
    refusal,
)
from tests.gaps import HOUR, MONDAY, gap, verdict

PAIR = ("child-a", "timeliness")
NEW = Standing("child-a", 0, 0, None, erased=False)


def test_what_is_equal_stays_what_differs_ends_and_begins_what_vanished_ends() -> None:
    same, before, gone, fresh = gap(1), gap(2), gap(3), gap(4)
    after = gap(2, closes_at=MONDAY + 9 * HOUR)
    change = difference({PAIR: [same, before, gone]}, {PAIR: [same, after, fresh]})
    assert change.ended == (("timeliness", before), ("timeliness", gone))
    assert change.begun == (("timeliness", after), ("timeliness", fresh))


def test_a_judge_that_says_nothing_ends_its_own_beliefs_alone() -> None:
    other = ("child-a", "equity")
    change = difference({PAIR: [gap(1)], other: [gap(2)]}, {PAIR: []})
    assert change.ended == (("timeliness", gap(1)),)
    assert change.begun == ()


def test_of_a_batch_only_the_newest_verdict_on_a_child_counts() -> None:
    old, new = verdict(version=2), verdict(gap(1), version=3)
    assert newest([old, new, verdict(version=1)]) == [new]
    low = verdict(version=9, epoch=1)
    assert newest([low, high := verdict(version=1, epoch=2)]) == [high]


@pytest.mark.parametrize(
    ("position", "answered", "reason"),
    [
        ((1, 2), None, None),
        ((1, 2), (1, 1), None),
        ((2, 1), (1, 9), None),
        ((1, 2), (1, 2), "duplicate"),
        ((1, 2), (1, 3), "older"),
        ((0, 9), None, "epoch"),
    ],
)
def test_only_a_higher_epoch_and_version_counts(
    position: tuple[int, int], answered: tuple[int, int] | None, reason: str | None
) -> None:
    epoch, version = position
    assert refusal(verdict(epoch=epoch, version=version), answered, Epoch(1, None), NEW) == reason


def test_gaps_of_an_erased_child_are_refused_for_ever_and_its_silence_is_heard() -> None:
    erased = Standing("child-a", 1, 4, None, erased=True)
    assert refusal(verdict(gap(1), version=9), None, Epoch(1, None), erased) == "erased"
    assert refusal(verdict(version=4), None, Epoch(1, None), erased) is None


def test_a_verdict_from_before_a_merge_leaves_nothing_and_one_after_un_linking_does() -> None:
    merged = Standing("child-a", 1, 4, "child-b", erased=False)
    assert believed(verdict(gap(1), version=4), merged) == ()
    assert believed(verdict(gap(1), version=5), merged) == (gap(1),)


def test_a_chronology_moves_forward_only_and_never_out_of_erasure() -> None:
    known = {"child-a": Standing("child-a", 1, 4, None, erased=False)}
    later = Standing("child-a", 1, 5, None, erased=True)
    back = Standing("child-a", 1, 6, None, erased=False)
    earlier = Standing("child-a", 1, 3, "child-b", erased=False)
    assert newer_standings(known, [earlier]) == {}
    assert newer_standings(known, [later, back]) == {"child-a": later}
