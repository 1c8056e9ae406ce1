"""Is what a picture shows what its table says, and is nothing shown that is hidden?"""

import re
from itertools import pairwise

import pytest

from services.runtime.web.charts import (
    Bar,
    Bound,
    Chart,
    Dot,
    Named,
    Point,
    bars,
    funnel,
    spark,
    spc,
)
from services.runtime.web.svg import apart, scale

NAMED = Named("x", "In time, by month", "No clear change & nothing <odd>.")
PERCENT = "{:.0f}%".format
POINTS = [
    Point("Jan 26", 40.0, "40%", 50, 30, 70),
    Point("Feb 26", None, "c", 50, 30, 70),
    Point("Mar 26", 90.0, "90%", 50, 30, 70, "above the upper limit"),
]
DOTS = [
    Dot("Duty", 40, 50.0, "50%", 40),
    Dot("Custody", None, None, "c", "c"),
    Dot("CID", 90, 80.0, "80%", 90, "above"),
]
BOUNDS = [Bound(10, 5, 20, 80, 95), Bound(90, 30, 40, 60, 70)]
RANKED = [Bar("A", 40.0, "40%", 30, 50), Bar("B", None, "c"), Bar("C", 20.0, "20%", 10, 35)]
CHARTS = [spc(NAMED, POINTS, PERCENT, 60), funnel(NAMED, DOTS, BOUNDS, PERCENT),
          bars(NAMED, RANKED, PERCENT)]  # fmt: skip


@pytest.mark.parametrize("chart", CHARTS)
def test_both_pictures_show_the_values_of_the_table_and_what_is_hidden_is_said(
    chart: Chart,
) -> None:
    told = [row[1] for row in chart.rows if row[1] != "c"]
    for drawn in (chart.wide, chart.narrow):
        assert re.findall(r'data-value="([^"]+)"', drawn) == told
    assert "c" in [row[1] for row in chart.rows]
    assert chart.omitted is not None


def test_a_funnels_table_says_that_how_many_is_hidden() -> None:
    assert [row[2] for row in CHARTS[1].rows] == [40, "c", 90]


@pytest.mark.parametrize("chart", CHARTS)
def test_a_picture_is_named_described_safe_and_different_in_each_width(chart: Chart) -> None:
    for drawn in (chart.wide, chart.narrow):
        assert "<title " in drawn
        assert "<desc " in drawn
        assert "style=" not in drawn
        assert "&lt;odd&gt;" in drawn
        assert len(drawn) < 6_000
    ids = [set(re.findall(r' id="([^"]+)"', drawn)) for drawn in (chart.wide, chart.narrow)]
    assert not ids[0] & ids[1]


def test_what_stands_out_has_another_shape() -> None:
    assert CHARTS[0].wide.count('class="c-mark"') == 1
    assert CHARTS[0].wide.count("<circle") == 1


def test_labels_are_moved_apart_and_stay_within() -> None:
    moved = apart([50, 50, 52, 10], 0, 60, 15)
    assert all(later - earlier >= 15 for earlier, later in pairwise(sorted(moved)))
    assert min(moved) >= 0
    assert max(moved) <= 60
    assert moved[3] < moved[0] < moved[1] < moved[2]


@pytest.mark.parametrize("values", [[0, 1], [5], [], [3, 3], [0.31, 0.94], [12, 3456]])
def test_a_scale_holds_its_values_between_few_round_numbers(values: list[float]) -> None:
    found = scale(values, floor=0.0)
    assert all(found.low <= value <= found.high for value in values)
    assert 2 <= len(found.ticks) <= 8
    assert found.low >= 0


def test_one_value_is_no_line() -> None:
    assert spark("x", "Title", [None, 3.0]) == ""
    assert "<svg" in spark("x", "Title", [1.0, 3.0])


def test_nothing_is_a_bar_of_no_length() -> None:
    drawn = bars(Named("x", "Made", "None."), [Bar("Advocacy", 0.0, "0")], "{:.0f}".format)
    assert 'width="0.0"' in drawn.wide
    assert not drawn.empty


def test_months_alike_do_not_stretch_the_scale_beyond_what_can_be() -> None:
    assert scale([1.0, 1.0], floor=0.0).ticks[-1] == 1.0


def test_a_picture_of_which_everything_is_hidden_is_none() -> None:
    named = Named("x", "In time", "Hidden.")
    write = "{:.0f}".format
    assert spc(named, [Point("Jan 26", None, "c")], write, 0.9).empty
    assert bars(named, [Bar("A", None, "c")], write).empty
    assert funnel(named, [Dot("A", 0, None, "c", "c")], [], write).empty
    assert not spc(named, [Point("Jan 26", 0.5, "50%")], write).empty
