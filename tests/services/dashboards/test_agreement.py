"""Is agreement beyond chance what is worked out by hand?"""

import pytest

from services.dashboards.agreement import kappa, stated

# 50 pairs: 35 agree (0.7). Chance: (25 * 30 + 25 * 20) / 2500 = 0.5. So (0.7 - 0.5) / 0.5 = 0.4.
# Standard error (Fleiss, Cohen and Everitt 1969), by hand: 0.12699.
HAND = [[20, 5, 0], [10, 15, 0], [0, 0, 0]]


def test_kappa_and_its_interval_are_those_worked_out_by_hand() -> None:
    assert kappa(HAND) == pytest.approx((0.4, 0.4 - 1.96 * 0.12699, 0.4 + 1.96 * 0.12699), abs=1e-4)


def test_a_dimension_is_stated_with_its_counts() -> None:
    (one,) = stated({"overall": HAND}, 50)
    assert (one["dimension"], one["pairs"], one["agreed"], one["table"], one["standing"]) == (
        "overall", 50, 35, HAND, "stated",
    )  # fmt: skip
    assert (one["kappa"], one["low"], one["high"]) == kappa(HAND)


def test_of_fewer_pairs_than_the_least_no_kappa_is_stated() -> None:
    (one,) = stated({"overall": HAND}, 51)
    assert (one["standing"], one["pairs"], one["agreed"]) == ("too-few", 50, 35)
    assert (one["kappa"], one["low"], one["high"]) == (None, None, None)


@pytest.mark.parametrize(
    "table",
    [
        [[12, 0, 0], [0, 0, 0], [0, 0, 0]],
        [[0, 0, 0], [0, 0, 0], [0, 0, 12]],
        [[0, 12, 0], [0, 0, 0], [0, 0, 0]],
        [[6, 6, 0], [0, 0, 0], [0, 0, 0]],
        [[0, 6, 0], [0, 6, 0], [0, 0, 0]],
    ],
)
def test_where_a_reader_gave_one_grade_only_there_is_nothing_to_state(
    table: list[list[int]],
) -> None:
    (one,) = stated({"overall": table}, 10)
    assert (one["standing"], one["pairs"], one["kappa"]) == ("no-variation", 12, None)


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ([[6, 0, 0], [0, 6, 0], [0, 0, 0]], 1.0),
        ([[0, 6, 0], [6, 0, 0], [0, 0, 0]], -1.0),
        ([[3, 3, 0], [3, 3, 0], [0, 0, 0]], 0.0),
    ],
)
def test_the_ends_of_the_scale_are_stated_without_leaving_it(
    table: list[list[int]], value: float
) -> None:
    (one,) = stated({"overall": table}, 10)
    assert one["kappa"] == pytest.approx(value)
    assert -1 <= one["low"] <= value <= one["high"] <= 1
