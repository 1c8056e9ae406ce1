"""An alert's life: warned of, new, answered for, resolved, back again. Nothing vanishes."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.alert_episodes import Belief
from services.domain.alert_words import State, Word
from services.domain.alerts import assess
from tests.domain.alerting import (
    CHILD,
    HOUR,
    OTHER_CHILD,
    START,
    alerts,
    at,
    belief,
    policy,
    registry,
    the_alert,
    told,
    word,
)

WEEK = 7 * 24


def test_nothing_is_said_of_a_gap_that_is_far_away() -> None:
    assert alerts([belief()], [], -6.01) == []


def test_a_warning_comes_before_the_gap_and_tells_when_it_is_due() -> None:
    warned = the_alert([belief()], [], -6)
    assert (warned.now.state, warned.due_at) == ("warning", START)
    assert warned.gap_ids == ("g1",)


def test_what_was_done_in_time_is_no_longer_due() -> None:
    done = the_alert([belief(until=-1)], [], 5)
    assert told(done) == [(-6, "warning", None, 0), (-1, "resolved", "no-longer-due", 0)]


def test_an_open_gap_is_new_and_climbs_by_working_days() -> None:
    new = the_alert([belief()], [], 24 * 8)
    thursday, monday, wednesday = 37.9997, 133.9997, 181.9997
    assert [(round(hours, 4), state, step) for hours, state, _, step in told(new)] == [
        (-6, "warning", 0),
        (0, "new", 1),
        (thursday, "new", 2),
        (monday, "new", 3),
        (wednesday, "new", 4),
    ]
    assert new.climbs_at is None


def test_a_gap_learned_of_late_is_new_from_then_and_old_news_is_routine() -> None:
    late = the_alert([belief(opens=-100, known=0)], [], 1)
    assert told(late) == [(0, "new", None, 1)]
    assert (late.urgency, late.due_at) == ("routine", at(-100))
    assert the_alert([belief()], [], 1).urgency == "immediate"


@pytest.mark.parametrize("state", ["acknowledged", "in-hand", "resolved"])
def test_a_word_stops_the_climbing(state: State) -> None:
    answered = the_alert([belief()], [word(state, 2)], 24 * 6)
    assert (answered.now.state, answered.now.by) == (state, "norfolk-police")
    assert answered.climbs_at is None
    assert answered.now.gaps == 1


def test_an_acknowledgement_that_nothing_follows_lapses_and_the_ladder_begins_again() -> None:
    forgotten = the_alert([belief()], [word("acknowledged", 2)], 2 + WEEK)
    assert told(forgotten)[-2:] == [(2, "acknowledged", None, 0), (2 + WEEK, "new", None, 1)]
    assert the_alert([belief()], [word("acknowledged", 2)], 1.99 + WEEK).now.state == (
        "acknowledged"
    )


def test_what_a_person_resolved_comes_back_while_the_record_still_shows_the_gap() -> None:
    resolved = [word("resolved", 2, reason="done")]
    assert the_alert([belief()], resolved, 2 + 4 * WEEK - 0.01).now.reason == "done"
    assert the_alert([belief()], resolved, 2 + 4 * WEEK).now.state == "new"


def test_a_gap_that_joins_is_answered_for_by_nobody_yet() -> None:
    both = [belief(), belief("g2", opens=10)]
    joined = the_alert(both, [word("acknowledged", 2)], 11)
    assert (joined.now.state, joined.now.gaps, joined.round_at) == ("new", 2, at(10))
    assert (
        the_alert(both, [word("acknowledged", 2), word("in-hand", 12, "g1", "g2")], 13).now.state
        == "in-hand"
    )


def test_several_gaps_of_one_rule_are_one_alert() -> None:
    found = the_alert([belief(), belief("g2", opens=1)], [], 2)
    assert (found.gap_ids, found.due_at) == (("g1", "g2"), START)


def test_two_rules_and_two_agencies_are_alerts_of_their_own() -> None:
    others = [belief("g2", rule="oversight.not_reviewed"), belief("g3", agency="norfolk-school")]
    assert len(alerts([belief(), *others], [], 1)) == 3


def test_a_gap_that_closes_resolves_its_alert_without_anybody() -> None:
    closed = [belief(until=5), belief(closes=4, known=5)]
    assert told(the_alert(closed, [], 9))[-1] == (5, "resolved", "gap-closed", 0)


def test_what_corrected_history_takes_back_is_withdrawn() -> None:
    assert the_alert([belief(until=5)], [], 9).now.reason == "gap-withdrawn"
    unobserved = [belief(until=5), belief(known=5, observed=False)]
    assert the_alert(unobserved, [], 9).now.reason == "gap-withdrawn"


def test_a_person_who_resolved_it_before_it_closed_has_the_last_word() -> None:
    closed = [belief(until=5), belief(closes=4, known=5)]
    done = the_alert(closed, [word("resolved", 3, reason="done-elsewhere")], 9)
    assert (done.now.reason, done.now.by) == ("done-elsewhere", "norfolk-police")


def test_a_gap_that_opens_again_is_new_again_and_what_was_said_before_counts_no_more() -> None:
    again = [belief(until=5), belief(known=7)]
    opened = the_alert(again, [word("resolved", 3)], 8)
    assert told(opened)[-2:] == [(5, "resolved", "done", 0), (7, "new", None, 1)]
    assert opened.round_at == at(7)


def test_a_break_as_short_as_a_link_takes_changes_nothing() -> None:
    linked = [belief(until=5), belief(known=5.5)]
    assert the_alert(linked, [word("in-hand", 3)], 6).now.state == "in-hand"
    assert the_alert(linked, [], 6).round_at == START


def test_a_gap_that_is_found_to_be_another_childs_takes_its_word_along() -> None:
    moved = [belief(until=5, child=OTHER_CHILD), belief(known=5)]
    said = [word("in-hand", 3)]
    (left,) = alerts(moved, said, 6, OTHER_CHILD)
    assert (left.now.state, left.now.reason) == ("resolved", "moved")
    assert the_alert(moved, said, 6).now.state == "in-hand"


def test_only_who_owes_it_and_reviewers_of_their_area_are_heard() -> None:
    def state(agency: str) -> str:
        return the_alert([belief()], [word("acknowledged", 2, agency=agency)], 3).now.state

    assert state("norfolk-qa") == "acknowledged"
    assert state("norfolk-school") == "new"
    assert state("nobody") == "new"


def test_what_nobody_would_report_as_done_is_no_alert() -> None:
    assert alerts([belief(observed=False)], [], 5) == []


def test_a_word_that_names_other_gaps_says_nothing_of_this_one() -> None:
    assert the_alert([belief()], [word("resolved", 2, "g9")], 3).now.state == "new"


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Belief], list[Word]]:
    """Beliefs of a few gaps that follow one another, and words about them."""
    rows = []
    for gap_id in ("g1", "g2", "g3")[: draw(st.integers(1, 3))]:
        ticks = draw(st.lists(st.integers(-60, 60), min_size=2, max_size=6, unique=True))
        for known, until in pairwise([*sorted(ticks), None]):
            if draw(st.booleans()) or known is None:
                continue
            opens = draw(st.integers(-60, 60))
            closes = draw(st.none() | st.integers(opens + 1, opens + 80))
            child = draw(st.sampled_from((CHILD, CHILD, OTHER_CHILD)))
            observed = draw(st.booleans()) or draw(st.booleans())
            rows.append(belief(gap_id, opens, closes, known, until, child=child, observed=observed))
    words = [
        word(draw(st.sampled_from(("acknowledged", "in-hand", "resolved"))), hours, *named)
        for hours in draw(st.lists(st.integers(-60, 60), max_size=4, unique=True))
        for named in [draw(st.lists(st.sampled_from(("g1", "g2", "g3")), min_size=1, max_size=3))]
    ]
    return rows, words


@given(stories(), st.integers(-70, 2000))
def test_every_gap_seen_to_be_open_is_in_an_alert_that_is_not_over(
    story: tuple[list[Belief], list[Word]], hours: int
) -> None:
    rows, words = story
    now = at(hours)
    seen = {
        row.gap_id
        for row in rows
        if row.child_ref == CHILD
        and row.observed
        and row.known(now)
        and row.opens_at <= now
        and (row.closes_at is None or now < row.closes_at)
    }
    found = alerts(rows, words, hours)
    assert {gap_id for one in found if one.now.gaps for gap_id in one.gap_ids} == seen
    for one in found:
        assert one.now.state != "resolved" or not one.now.gaps or one.now.by is not None
        assert one.now.state != "new" or one.now.step > 0


@given(stories(), st.integers(-70, 500), st.integers(0, 500))
def test_what_is_told_of_the_past_is_not_changed_by_time(
    story: tuple[list[Belief], list[Word]], hours: int, more: int
) -> None:
    rows, words = story
    then = {one.id: one.history for one in alerts(rows, words, hours)}
    later = {one.id: one.history for one in alerts(rows, words, hours + more)}
    for name, history in then.items():
        assert later[name][: len(history)] == history


@given(stories(), st.integers(-70, 500), st.randoms(use_true_random=False))
def test_neither_order_nor_duplicates_matter(
    story: tuple[list[Belief], list[Word]],
    hours: int,
    random: Random,
) -> None:
    rows, words = story
    shuffled = [*rows]
    random.shuffle(shuffled)
    assert alerts(shuffled, words, hours) == alerts(rows, words, hours)


@given(stories(), st.integers(-70, 500))
def test_nothing_changes_before_the_moment_that_is_named_as_the_next(
    story: tuple[list[Belief], list[Word]], hours: int
) -> None:
    rows, words = story
    heard = [each for each in sorted(words, key=lambda w: (w.at, w.key)) if each.at <= at(hours)]
    known = [row for row in rows if row.known_from <= at(hours)]
    before = assess(CHILD, known, heard, policy(), registry(), at(hours))
    after = (before.next_at or at(hours) + 5000 * HOUR) - HOUR / 3600
    if after > at(hours):
        same = assess(CHILD, known, heard, policy(), registry(), after)
        assert [one.history for one in same.alerts] == [one.history for one in before.alerts]
