"""Which years stand beside the months, and is a year ever more than its published parts?"""

from datetime import UTC, datetime
from itertools import product
from typing import Any, Final

import pytest

from services.dashboards.measure_counts import UNPUBLISHED, Count, Shown
from services.dashboards.measure_years import answered, complete
from services.dashboards.measures import looked_back
from services.domain.measures.catalogue import MEASURES
from services.domain.measures.months import Month, Period
from services.runtime.contracts import Contracts
from services.runtime.settings import REPOSITORY

MEASURE: Final = MEASURES["decision.in-time"]
READING: Final = Contracts.load(REPOSITORY / "schemas").reading()
HIDDEN: Final[Count] = {"units": "c", "met": "c", "missing": 0, "not_judged": 0}
PERIOD: Final = Period(Month(2024, 9), Month(2026, 8))
NOW: Final = datetime(2026, 9, 14, tzinfo=UTC)


def count(units: int, met: int) -> Count:
    return {"units": units, "met": met, "missing": 1, "not_judged": 2}


def shown(first: Month, basis: Any = "live", **more: Any) -> Shown:  # noqa: ANN401 - any field
    months = {month: count(10, 7) for month in Period(first, PERIOD.last)}
    fields: dict[str, Any] = {"as_of": NOW, "known_at": NOW, "beyond": False, "why": ""} | more
    return Shown(basis, PERIOD, months={**months, **fields.pop("hidden", {})}, **fields)


def years(found: Shown) -> list[str]:
    return [str(year.first) for year in complete(found, looked_back(found.period))]


def test_years_are_april_to_march_complete_and_begin_after_counting_did() -> None:
    assert years(shown(Month(2022, 9))) == ["2023-04", "2024-04", "2025-04"]
    assert years(shown(Month(2024, 4))) == ["2024-04", "2025-04"]
    assert years(shown(Month(2024, 5))) == ["2025-04"]
    assert years(shown(Month(2025, 5))) == []
    assert years(Shown("live", PERIOD, NOW, NOW, beyond=False, why="")) == []


def test_a_year_that_is_not_over_is_none() -> None:
    early = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert years(shown(Month(2024, 4), as_of=early)) == ["2024-04"]
    assert years(shown(Month(2024, 4), as_of=datetime(2026, 4, 1, 12, tzinfo=UTC)))[-1] == "2025-04"


def test_a_year_is_the_sum_of_its_months_with_what_changed() -> None:
    more = {month: count(10, 2) for month in Period(Month(2025, 4), Month(2026, 3))}
    found = shown(Month(2024, 4), hidden=more)
    first, second = answered(complete(found, looked_back(PERIOD)), found, MEASURE, READING)
    assert (first["year"], first["from"], first["to"]) == ("2024-25", "2024-04", "2025-03")
    assert (first["numerator"], first["denominator"], first["value"]) == (84, 120, 0.7)
    assert (first["missing"], first["not_judged"]) == (12, 24)
    assert first["change"] is None
    assert second["change"]["sentence"] == (
        "Clear change since the year before: worse, down by 50.0 percentage points."
    )


YEAR: Final = Period(Month(2025, 4), Month(2026, 3))
QUARTERS: Final = [Period(YEAR.first.after(n), YEAR.first.after(n + 2)) for n in (0, 3, 6, 9)]


def test_where_a_month_is_hidden_its_quarter_stands_for_it() -> None:
    hidden = {Month(2025, 5): HIDDEN}
    blocks = {each: count(30, 21) for each in QUARTERS}
    assert shown(Month(2024, 4), "release", hidden=hidden).year(YEAR)["units"] == "c"
    found = shown(Month(2024, 4), "release", hidden=hidden, blocks=blocks)
    assert (found.year(YEAR)["units"], found.year(YEAR)["met"]) == (120, 84)


@pytest.mark.parametrize("name", ["units", "met"])
def test_a_year_is_a_sum_of_what_is_shown_and_hidden_with_any_part_of_it(name: str) -> None:
    """Of every way in which quarters and their months may be hidden."""
    for months, quarters in product(product((True, False), repeat=4), repeat=2):
        hidden = {
            quarter.first.after(1): HIDDEN
            for quarter, told in zip(QUARTERS, months, strict=True) if not told
        }  # fmt: skip
        blocks = {
            quarter: count(30, 21) if told else HIDDEN
            for quarter, told in zip(QUARTERS, quarters, strict=True)
        }
        found = shown(Month(2024, 4), "release", hidden=hidden, blocks=blocks).year(YEAR)[name]
        known = all(one or other for one, other in zip(months, quarters, strict=True))
        assert found == ({"units": 120, "met": 84}[name] if known else "c")


def test_a_year_with_a_part_that_is_not_published_is_not() -> None:
    assert shown(Month(2025, 6), "release").year(YEAR) == UNPUBLISHED


def test_no_more_than_what_is_asked_for_and_before_it_is_looked_through() -> None:
    assert len(years(shown(Month(1990, 1)))) == 3
