"""How are moments and months written on pages, also where the clocks change?"""

from datetime import datetime

import pytest

from services.domain.moments import moment
from services.runtime.web import months, words


@pytest.mark.parametrize(
    ("at", "written"),
    [
        ("2026-11-03T14:05:00Z", "3 November 2026, 14:05"),
        ("2026-07-03T14:05:59.9Z", "3 July 2026, 15:05"),
        ("2026-06-30T23:30:00Z", "1 July 2026, 00:30"),
        # The clocks go forward: 01:00 to 01:59 of that night is no time of London's.
        ("2026-03-29T00:59:00Z", "29 March 2026, 00:59"),
        ("2026-03-29T01:00:00Z", "29 March 2026, 02:00"),
        # The clocks go back: 01:00 to 01:59 comes twice, and is told apart.
        ("2026-10-24T23:59:00Z", "25 October 2026, 00:59"),
        ("2026-10-25T00:00:00Z", "25 October 2026, 01:00 BST"),
        ("2026-10-25T00:59:00Z", "25 October 2026, 01:59 BST"),
        ("2026-10-25T01:00:00Z", "25 October 2026, 01:00 GMT"),
        ("2026-10-25T02:00:00Z", "25 October 2026, 02:00"),
    ],
)
def test_a_moment_is_written_by_londons_clock(at: str, written: str) -> None:
    assert words.moment(moment(at)) == written


def test_a_moment_is_marked_with_the_exact_one() -> None:
    at = moment("2026-10-25T00:30:00.5Z")
    marked = '<time datetime="2026-10-25T00:30:00Z">25 October 2026, 01:30 BST</time>'
    assert words.timed(at) == marked
    assert words.timed(None) == words.NONE


NOW = datetime.fromisoformat("2026-10-31T23:59:00+00:00")


def test_months_are_chosen_by_name_the_last_complete_one_first() -> None:
    offered = months.choices(NOW, most=3)
    assert offered == [
        ("2026-09", "September 2026"), ("2026-08", "August 2026"), ("2026-07", "July 2026"),
    ]  # fmt: skip
    assert months.choices(moment("2026-11-01T00:00:00Z"))[0] == ("2026-10", "October 2026")


def test_a_month_that_is_asked_for_is_offered_however_long_ago_it_was() -> None:
    first, last = months.fields("1999-12", "2026-09", NOW)
    assert (first["name"], first["value"]) == ("from", "1999-12")
    assert last["choices"][-1] == ("1999-12", "December 1999")
    assert len(last["choices"]) == months.MOST + 1
