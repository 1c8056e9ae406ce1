"""Is a rating shown only from its day, and only as its source has it?"""

from datetime import date, timedelta
from typing import Any

import pytest

from services.domain.evidence import Evidence, EvidenceFaults

DAY = date(2026, 9, 1)
SCALE = {"impact": ["high", "low"], "evidence": [0, 1, 2], "source": "an invented scale"}
LINE: dict[str, Any] = {
    "impact": "low", "evidence": 2, "since": DAY, "read_on": DAY, "source": "an invented source",
    "url": "https://example.org/", "standing": "guidance",
}  # fmt: skip


def parse(*lines: dict[str, Any], approach: str = "mentoring") -> Evidence:
    return Evidence.parse({"scale": SCALE, "ratings": {approach: list(lines)}}, ["mentoring"])


def test_a_rating_holds_from_its_day_until_the_next() -> None:
    later = DAY + timedelta(days=30)
    evidence = parse(LINE, LINE | {"since": later, "impact": "high"})
    ratings = [evidence.of("mentoring", DAY + timedelta(days=n)) for n in (-1, 0, 29, 30)]
    assert [one and one.impact for one in ratings] == [None, "low", "low", "high"]


def test_what_has_no_rating_has_none() -> None:
    assert parse(LINE).of("sports", DAY) is None
    assert parse(LINE).of(None, DAY) is None


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"impact": "wonderful"}, "impact: not one of"),
        ({"evidence": 6}, "evidence: not one of"),
        ({"since": "2026"}, "since: not a day"),
        ({"read_on": None}, "read_on: not a day"),
        ({"source": " "}, "source: missing"),
        ({"standing": "hearsay"}, "standing: unknown"),
        ({"stars": 5}, "stars: unknown"),
    ],
)
def test_a_rating_that_does_not_say_who_says_so_is_refused(
    changed: dict[str, Any], fault: str
) -> None:
    with pytest.raises(EvidenceFaults) as raised:
        parse(LINE | changed)
    assert [one.partition("/0/")[2].startswith(fault) for one in raised.value.pointers] == [True]


def test_an_unknown_approach_or_a_line_out_of_order_is_refused() -> None:
    with pytest.raises(EvidenceFaults, match="/ratings/prayer: unknown"):
        parse(LINE, approach="prayer")
    with pytest.raises(EvidenceFaults, match="/ratings/mentoring/1/since: not after"):
        parse(LINE, LINE)
