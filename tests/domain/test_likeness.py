"""What makes two records one child, what only a reason to look, and what neither: a table."""

import math
import tomllib
from datetime import date
from typing import Any

import pytest

from deploy.embedded.places import PROJECT
from services.domain.likeness import LEVELS, Comparison, Weights

POLICY = tomllib.loads((PROJECT / "schemas" / "policy" / "matching.toml").read_text())
TODAY = date(2026, 11, 26)
WEIGHTS = Weights.parse(POLICY, TODAY)
SAME = Comparison("exact", "exact", "exact", "same", "same", "unknown")


@pytest.mark.parametrize(
    ("differs", "band"),
    [
        ({}, "linked"),
        ({"postcode": "district"}, "linked"),
        ({"postcode": "other"}, "review"),
        ({"postcode": "unknown"}, "linked"),
        ({"given_name": "variant"}, "linked"),
        ({"given_name": "swapped", "family_name": "swapped"}, "linked"),
        ({"family_name": "near"}, "linked"),
        ({"given_name": "near"}, "review"),
        ({"family_name": "other"}, "review"),
        ({"birth_date": "day-and-month"}, "review"),
        ({"birth_date": "fifteenth"}, "review"),
        ({"birth_date": "near"}, "review"),
        ({"birth_date": "unknown"}, "review"),
        ({"number": "other"}, "review"),
        ({"given_name": "other"}, "apart"),
        ({"sex": "other"}, "apart"),
        ({"birth_date": "other"}, "apart"),
        ({"birth_date": "unknown", "postcode": "unknown"}, "apart"),
        ({"birth_date": "near", "family_name": "other", "postcode": "other"}, "apart"),
    ],
)
def test_each_band_has_what_belongs_in_it(differs: dict[str, Any], band: str) -> None:
    assert WEIGHTS.band(SAME._replace(**differs)) == band


def test_common_names_alone_do_not_link_two_who_live_apart() -> None:
    common = SAME._replace(given_name="exact-common", family_name="exact-common")
    assert WEIGHTS.weight(common) < WEIGHTS.weight(SAME)
    assert WEIGHTS.band(common._replace(postcode="other")) == "review"


def test_the_weight_is_the_odds_before_and_what_each_thing_adds() -> None:
    parts = WEIGHTS.parts(SAME)
    assert parts["number"] == 0
    assert WEIGHTS.weight(SAME) == pytest.approx(WEIGHTS.before + sum(parts.values()))
    line = POLICY["weights"][-1]
    share = line["m"]["sex"]["same"] / line["u"]["sex"]["same"]
    assert parts["sex"] == pytest.approx(math.log2(share))


@pytest.mark.parametrize("thing", LEVELS)
def test_less_agreement_never_weighs_more(thing: str) -> None:
    weights = [WEIGHTS.levels[thing][level] for level in LEVELS[thing]]
    assert min(weights) == weights[-1] < 0
    assert len(weights) == 1 or weights[0] > 0


def test_the_line_in_force_is_the_last_that_has_begun() -> None:
    (line,) = POLICY["weights"][:1]
    later = {**line, "version": "later", "since": date(2027, 1, 1)}
    both = {"weights": [line, later]}
    assert Weights.parse(both, date(2026, 12, 31)).version == line["version"]
    assert Weights.parse(both, date(2027, 1, 1)).version == "later"


@pytest.mark.parametrize("missing", ["version", "one_in", "linked_from", "source", "standing"])
def test_weights_without_their_source_are_refused(missing: str) -> None:
    line = {name: said for name, said in POLICY["weights"][0].items() if name != missing}
    with pytest.raises(ValueError, match=missing):
        Weights.parse({"weights": [line]}, TODAY)


def test_a_level_without_a_share_is_refused() -> None:
    line = {**POLICY["weights"][0], "u": {**POLICY["weights"][0]["u"], "sex": {"same": 0.5}}}
    with pytest.raises(ValueError, match=r"u\.sex\.other"):
        Weights.parse({"weights": [line]}, TODAY)


def test_no_weights_in_force_are_refused() -> None:
    with pytest.raises(ValueError, match="in force"):
        Weights.parse({}, TODAY)
