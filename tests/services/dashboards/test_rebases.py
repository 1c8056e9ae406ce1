"""Are limits worked out anew from a step, shown as such, and never across it? Vectors by hand."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from lxml import html

from services.dashboards.measure_counts import Count, Shown
from services.dashboards.measure_limits import begins, control
from services.dashboards.measure_picture import as_svg
from services.dashboards.measure_tables import book
from services.dashboards.measures import answer
from services.dashboards.measures_question import MeasureQuestion
from services.dashboards.pages.pictures import drawn
from services.domain.measures.catalogue import MEASURES
from services.domain.measures.months import Month, Period
from services.domain.measures.reading import Reading, Rebase
from services.runtime.contracts import Contracts
from services.runtime.settings import REPOSITORY
from tests.services.dashboards.conftest import Ask

MEASURE: Final = MEASURES["decision.in-time"]
PERIOD: Final = Period(Month(2025, 1), Month(2026, 8))
NOW: Final = datetime(2026, 11, 26, tzinfo=UTC)
STEP: Final = Rebase(date(2026, 2, 1), "A second decision maker", "Minutes of 9 January", "local")
HIDDEN: Final[Count] = {"units": "c", "met": "c", "missing": 0, "not_judged": "c"}
BEFORE: Final = [50, 54] * 6 + [50]
AFTER: Final = [80, 82, 80, 82, 80, 82, 80]
"""Met of a hundred. Before: mean 51.84..., every range 4; after: mean 80.857..., every range 2."""


def months(met: list[int]) -> dict[str, dict[str, Any]]:
    return {str(PERIOD.first.after(place)): {"value": one / 100} for place, one in enumerate(met)}


def test_each_stretch_has_limits_of_its_own_months_alone() -> None:
    found = control(months(BEFORE + AFTER), MEASURE, None, (STEP,))
    first, second = found["stretches"]
    assert (first["from"], first["to"], first["months"]) == ("2025-01", "2026-01", 13)
    assert (second["from"], second["to"], second["months"]) == ("2026-02", "2026-08", 7)
    assert [first["mean"], first["high"]] == pytest.approx(
        [(7 * 0.50 + 6 * 0.54) / 13, (7 * 0.50 + 6 * 0.54) / 13 + 2.66 * 0.04], abs=1e-6
    )
    assert [second["mean"], second["low"]] == pytest.approx(
        [(4 * 0.80 + 3 * 0.82) / 7, (4 * 0.80 + 3 * 0.82) / 7 - 2.66 * 0.02], abs=1e-6
    )
    assert [found[name] for name in ("mean", "low", "high")] == [
        second[name] for name in ("mean", "low", "high")
    ]
    assert first["rebased"] is None
    assert second["rebased"]["reason"] == "A second decision maker"


def test_a_stretch_of_fewer_than_thirteen_is_said_to_be_few() -> None:
    first, second = control(months(BEFORE + AFTER), MEASURE, None, (STEP,))["stretches"]
    assert (first["few"], second["few"]) == (False, True)
    said = answered(STEP)["sentences"]
    (warned,) = (one for one in said if "fewer than" in one and "February 2026" in one)
    assert warned == (
        "The limits from February 2026 to August 2026 are of 6 months, fewer than 13:"
        " they are not firm."
    )


def test_no_rule_runs_across_the_step() -> None:
    """Seven rising months, two before the step and five after it, are a trend only without it."""
    met = [60, 62, 61, 63, 60, 62, 61, 63, 60, 62, 61, 62, 63, 64, 65, 66, 67, 61, 63, 61]
    step = Rebase(date(2026, 2, 1), "A step", "Minutes", "local")
    rules = [point["rule"] for point in control(months(met), MEASURE, None)["points"]]
    assert rules[10:17] == ["trend"] * 7
    rules = [point["rule"] for point in control(months(met), MEASURE, None, (step,))["points"]]
    assert "trend" not in rules


def test_a_jump_that_a_step_explains_stands_out_only_without_it() -> None:
    rules = {point["rule"] for point in control(months(BEFORE + AFTER), MEASURE, None)["points"]}
    assert rules >= {"outside"}
    found = control(months(BEFORE + AFTER), MEASURE, None, (STEP,))
    assert {point["rule"] for point in found["points"]} == {None}


@pytest.mark.parametrize(
    ("since", "at"),
    [
        ("2026-02-01", {"2026-02"}),
        ("2026-02-02", {"2026-03"}),
        ("2026-01-15", {"2026-02"}),
        ("2024-06-01", {"2025-01"}),
        ("2026-08-02", set()),
    ],
)
def test_new_limits_begin_with_the_first_whole_month(since: str, at: set[str]) -> None:
    step = Rebase(date.fromisoformat(since), "A step", "Minutes", "local")
    names = [str(month) for month in PERIOD]
    assert {names[place] for place in begins(names, (step,))} == at


def test_of_two_steps_with_no_month_between_the_later_counts() -> None:
    other = Rebase(date(2026, 1, 5), "Another", "Minutes", "local")
    names = [str(month) for month in PERIOD]
    assert begins(names, (other, STEP)) == {13: STEP}
    without = [name for name in names if name not in {"2026-02", "2026-03"}]
    found = control({name: {"value": 0.5} for name in without}, MEASURE, None, (STEP,))
    assert [each["from"] for each in found["stretches"]] == ["2025-01", "2026-04"]


def reading(*steps: Rebase) -> Reading:
    delivered = Contracts.load(REPOSITORY / "schemas").reading()
    return Reading(
        delivered.targets, {MEASURE.id: steps}, delivered.fewest, delivered.confidence,
        delivered.comparators,
    )  # fmt: skip


def answered(*steps: Rebase) -> dict[str, Any]:
    counts = {
        month: {"units": 100, "met": met, "missing": 0, "not_judged": 0}
        for month, met in zip(PERIOD, BEFORE + AFTER, strict=True)
    }
    shown = Shown(
        "live", PERIOD, NOW, NOW, beyond=False, why="why",
        months=counts | {Month(2025, 6): HIDDEN, Month(2026, 3): HIDDEN},
    )  # fmt: skip
    return answer(MEASURE, shown, MeasureQuestion(), reading(*steps), {})


def test_the_picture_draws_the_step_and_says_why() -> None:
    said = answered(STEP)
    chart = drawn(said)
    assert "from February 2026: A second decision maker (Minutes of 9 January)." in chart.says
    tree = html.fromstring(f"<div>{chart.wide}</div>")
    assert tree.xpath("//text[text()='New limits']")
    for kind, lines in (("c-mean", 2), ("c-limit", 4)):
        found = tree.xpath(f"//polyline[@class='{kind}']/@points")
        assert len(found) == lines
        heights = [{place.split(",")[1] for place in one.split()} for one in found]
        assert all(len(each) == 1 for each in heights), "a limit is level: it never slopes"
    assert "New limits" not in drawn(answered()).wide
    assert b"New limits" in as_svg(said)
    table = [(row[0], row[2]) for row in chart.rows]
    assert dict(table)["Jun 25"] == dict(table)["Jan 26"] != dict(table)["Mar 26"]


def test_files_say_which_limits_belong_to_which_months_and_why() -> None:
    made = book(answered(STEP))
    (limits,) = (table for table in made.tables if table.name == "Limits")
    of = {(row[0], row[2], row[3]) for row in limits.rows[:-1]}
    assert of == {
        (line, *months)
        for line in ("Mean", "Lower limit", "Upper limit")
        for months in (("2025-01", "2026-01"), ("2026-02", "2026-08"))
    }
    assert {row[4] for row in limits.rows if row[2] == "2026-02"} == {
        "A second decision maker (Minutes of 9 January)"
    }
    assert limits.rows[-1][0] == "Target"
    assert any(note.startswith("Limits anew since 2026-02-01: ") for note in made.notes)


async def test_the_change_log_lists_every_step(ask: Ask) -> None:
    page = html.fromstring((await ask("pcc-analyst", "/changes")).text)
    assert "The limits of no chart have been worked out anew." in page.text_content()
    assert not page.xpath("//table[@id='rebases']")
