"""Does an area stand beside the whole force area, by its name, and is a difference said rightly?"""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

from tests.services.conftest import Dsn
from tests.services.dashboards.conftest import Ask
from tests.services.dashboards.test_dip_files import texts
from tests.services.dashboards.test_drill import linked, total
from tests.services.dashboards.test_measures import Count, count, fact, released

__all__ = ["count"]
ASKED = {"by": "area", "from": "2026-01", "to": "2026-03"}
NORWICH, YARMOUTH = "E07000148", "E07000145"


async def counted(count: Count) -> None:
    """In Norwich 90 of 100 are in time, in Great Yarmouth 60 of 100, elsewhere 8 of 9.

    Of so few in January and February that the months are hidden, and the quarter is not.
    """
    facts = [
        fact(number, _day(number), "missed" if number % 100 < missed else "met", area=area)
        for first, units, missed, area in (
            (0, 100, 10, NORWICH), (100, 100, 40, YARMOUTH), (200, 9, 1, "Unknown"),
        )
        for number in range(first, first + units)
    ]  # fmt: skip
    await count(*facts)


def _day(number: int) -> str:
    few = {0: "2026-01-05", 1: "2026-02-05"}
    return few.get(number // 4, "2026-03-02")


async def test_an_area_stands_beside_the_force_by_its_name(ask: Ask, count: Count) -> None:
    await counted(count)
    page = (await ask("qa-reviewer", "/compare", **ASKED)).text
    rows = {row[0]: row[1:] for row in texts(page, "groups")}
    assert list(rows) == ["All together", "Great Yarmouth", "Norwich", "Unknown"]
    assert rows["All together"][:3] == ["75.6%", "158", "209"]
    assert rows["Norwich"][:3] == ["90.0%", "90", "100"]
    # The others of Norwich are 68 of 109, those of Great Yarmouth 98 of 109.
    assert rows["Norwich"][-1] == "Clearly better: 27.6 percentage points more than all others."
    assert rows["Great Yarmouth"][-1] == (
        "Clearly worse: 29.9 percentage points less than all others."
    )
    assert rows["Unknown"][-1] == "Too few to say whether it differs from all others."
    for table in ("groups", "periods"):
        numbers = list(linked(page, table))
        assert numbers
        for number, place in numbers:
            path, _, query = place.partition("?")
            asked = dict(parse_qsl(query))
            assert total((await ask("qa-reviewer", path, **asked)).text) == number


async def test_the_office_is_shown_the_same_of_what_was_published(
    ask: Ask, count: Count, dsn: Dsn
) -> None:
    await counted(count)
    await released(dsn, datetime(2026, 4, 2, tzinfo=UTC))
    page = (await ask("pcc-analyst", "/compare", **ASKED)).text
    rows = {row[0]: row[1:] for row in texts(page, "groups")}
    assert "/cases" not in page
    said = (await ask("pcc-analyst", "/api/v1/measures/decision.in-time", **ASKED)).json()
    assert [month["denominator"] for month in said["months"]][:2] == ["c", "c"]
    assert said["total"]["denominator"] == "c"
    assert said["rows_total"]["denominator"] == 209
    assert rows["Unknown"][0] == "c"
    assert {row["group"]["area"]: row["others"] for row in said["rows"]}["Unknown"] is None
    assert said["names"]["area"] == {NORWICH: "Norwich", YARMOUTH: "Great Yarmouth"}
