"""Where does what is offered end soon, and where is nothing offered?"""

from datetime import date
from typing import Any

import pytest

from services.domain.provision import Limits, cells, ending, months_after, unsaid
from tests.domain.test_offers import AREAS, offer

UNTIL = date(2027, 5, 26)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 11, 26), 6, date(2027, 5, 26)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 1, 31), 12, date(2027, 1, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(
    day: date, months: int, after: date
) -> None:
    assert months_after(day, months) == after


def test_what_ends_by_the_day_is_listed_the_next_to_end_first() -> None:
    on, after = offer(name="on", funded_until="2027-05-26"), offer(funded_until="2027-05-27")
    past = offer(name="past", funded_until="2026-01-01")
    gone = offer(name="gone", funded_until="2027-01-01", status="defunct")
    for_ever, unknown = offer(funded_until="no-end"), offer(funded_until="unknown")
    assert ending([on, after, past, gone, for_ever, unknown], UNTIL) == [past, on]
    assert unsaid([on, unknown, for_ever]) == [unknown]


@pytest.mark.parametrize(
    ("offers", "state"),
    [
        ([], "none"),
        ([{"open_to_referrals": False}], "closed"),
        ([{"status": "inactive"}], "none"),
        ([{"funded_until": "2027-05-26"}], "ending"),
        ([{"funded_until": "2027-05-27"}], "covered"),
        ([{"funded_until": "2027-05-26"}, {"funded_until": "no-end"}], "covered"),
        ([{"funded_until": "2027-05-26"}, {"funded_until": "unknown"}], "covered"),
        ([{"funded_until": "2027-05-26"}, {"open_to_referrals": False}], "ending"),
    ],
)
def test_a_need_in_an_area_is_covered_by_what_is_open_and_lasts(
    offers: list[dict[str, Any]], state: str
) -> None:
    there = [offer(name=str(n), **stated) for n, stated in enumerate(offers)]
    (cell,) = [one for one in cells(there, ["knife"], AREAS, UNTIL) if one.area == "east"]
    assert cell.state == state


def test_what_nobody_has_said_is_counted_beside_what_is_known_to_last() -> None:
    there = [
        offer(name="a", funded_until="unknown"),
        offer(name="b", funded_until="no-end"),
        offer(name="c", funded_until="2027-01-01", areas=["county"]),
    ]
    found = {cell.area: cell for cell in cells(there, ["knife"], AREAS, UNTIL)}
    assert found["east"][2:6] == (3, 3, 1, 1)
    assert found["west"][2:6] == (1, 1, 0, 0)
    assert "county" not in found


def test_a_number_that_is_missing_unknown_or_out_of_sense_is_named() -> None:
    good = {"source": "us", "standing": "assumption"}
    stated = {
        "ends_within": {"value": 0, "unit": "months", **good},
        "assured_within": {"value": 12, "unit": "days", **good},
        "referred_again_within": {"value": 90, "unit": "days", "standing": "assumption"},
        "fewest_for_a_median": {"value": 5, "unit": "children", **good},
        "more": {},
    }
    with pytest.raises(ValueError, match="ends_within") as raised:
        Limits.parse({"numbers": stated})
    assert str(raised.value).count("/numbers/") == len(stated)
