"""Do the rules find exactly what was planted, and the planter exactly what the rules find?"""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.demo.compare import Score, compare
from deploy.demo.county import County
from deploy.demo.staff import Staff
from deploy.demo.year import lives, training
from services.domain.events import Event
from services.domain.judging import judge
from services.domain.rules.catalogue import CATALOGUE, FAMILIES
from tests.demo.lives_judged import chronology, policy, published

NOW = datetime(2026, 11, 23, 1, 4, tzinfo=UTC)


def scored(county: County) -> list[Score]:
    """Judge every life by every family there is, as if all records had been joined rightly."""
    staff = Staff(county)
    trained: dict[str | None, list[Event]] = defaultdict(list)
    for event in map(published, training(county, staff)):
        trained[event.staff_ref].append(event)
    sown, gaps = [], []
    for life in lives(county, staff):
        named = {f"{s.agency} {s.content['practitioner']['ref']}" for s in life.said
                 if "practitioner" in s.content}  # fmt: skip
        whole = chronology(life, (event for name in named for event in trained[name]))
        gaps += [gap.to_wire() for family in FAMILIES for gap in judge(family, whole, policy())]
        sown += [failing.wire() for failing in life.failings]
    return compare(sown, gaps)


@pytest.mark.parametrize("seed", [1, 2])
def test_rules_find_all_that_was_planted_and_nothing_else(seed: int) -> None:
    scores = scored(County.before(NOW, seed=seed, scale=0.2))
    planted = {score.rule for score in scores if score.planted}
    assert planted == {rule.name for rule in CATALOGUE}, "plant it: deploy/demo/failings.py"
    for score in scores:
        assert (score.found, score.both) == (score.planted, score.planted), score


def failing(ambiguous: str | None = None) -> dict[str, str | None]:
    return {
        "rule": "timeliness.x",
        "source": "/a/demo-b",
        "id": "1",
        "opens_at": "2026-01-01T00:00:00Z",
        "closes_at": None,
        "ambiguous": ambiguous,
    }


def gap(id_: str, opens_at: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    anchor = {"source": "/a/demo-b", "id": id_}
    return {"rule": "timeliness.x", "anchor": anchor, "opens_at": opens_at, "closes_at": None}


def test_a_failing_not_found_and_a_gap_not_planted_both_show() -> None:
    assert compare([failing()], [gap("2")]) == [Score("timeliness.x", 1, 1, 0, 0)]
    assert compare([failing()], [gap("1", "2026-01-02T00:00:00Z")]) == [
        Score("timeliness.x", 1, 1, 0, 0)
    ]


def test_the_same_failing_found_counts_as_found() -> None:
    assert compare([failing()], [gap("1")]) == [Score("timeliness.x", 1, 1, 1, 0)]


def test_other_families_are_left_out_where_some_are_named() -> None:
    assert compare([failing()], [gap("1")], ["equity"]) == []


def test_what_is_ambiguous_counts_neither_way() -> None:
    assert compare([failing("unlinked-record")], [gap("1")]) == [Score("timeliness.x", 0, 0, 0, 1)]


def test_every_end_of_year_gives_a_year_on_which_both_agree() -> None:
    for now in (datetime(2025, 1, 2, tzinfo=UTC), datetime(2026, 3, 30, 9, tzinfo=UTC)):
        counted = Counter(
            s.both == s.planted == s.found for s in scored(County.before(now, scale=0.05))
        )
        assert counted[False] == 0
