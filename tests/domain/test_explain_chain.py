from dataclasses import replace
from datetime import date, time

from services.domain import events as e
from services.domain.explain_chain import chain, clock, lines, reporting
from services.domain.gaps import Gap
from services.domain.judging import judge
from services.domain.numbers import Line
from services.domain.packs import Group
from services.domain.policy import Policy
from services.domain.rules.catalogue import CATALOGUE
from services.domain.rules.described import RULES, catalogue, described
from services.domain.rules.sentences import SENTENCES
from tests.domain.lives import AREA, CENSUS, chronology, event, gaps, policy

DETENTION = event(e.DETAINED, "2026-06-03T22:10:00Z", id_="d", custody_ref="C-1")
REFERRED = event(e.MADE, "2026-06-03T22:10:00Z", id_="m", referral_ref="R-1", sent_to=AREA)
LIMIT = "timeliness.decision_overdue.limit"


def with_lines(*found: Line) -> Policy:
    return replace(policy(), numbers={**policy().numbers, LIMIT: found})


def undecided() -> Gap:
    return next(gap for gap in gaps(REFERRED) if gap.rule == "timeliness.decision_overdue")


def steps(gap: Gap, by: Policy) -> list[str]:
    held = lines(gap, by, REFERRED.time)
    return [text for step, text in chain(gap, "Told.", [], 0, held) if step == "clock"]


def test_every_rule_is_told_in_the_contracts_words_and_no_other_is() -> None:
    assert set(SENTENCES) == {rule.name for rule in CATALOGUE}


def test_the_catalogue_describes_every_rule_once() -> None:
    assert [each["rule"] for each in catalogue(policy())["rules"]] == [r.name for r in CATALOGUE]
    assert described(RULES["training.not_in_date"])["judge"] == "oversight"


def test_of_numbers_by_cause_only_that_of_the_gap_is_told() -> None:
    (gap,) = [one for one in gaps(DETENTION) if one.rule == "timeliness.referral_not_made"]
    assert [line["name"] for line in lines(gap, policy(), DETENTION.time)] == [
        "timeliness.referral_not_made.detention",
        "child.age_below",
    ]


def test_the_number_is_that_which_held_at_the_anchors_time() -> None:
    then = Line(1, "working-days", None, "before", "local")
    now = Line(2, "working-days", date(2026, 6, 4), "after", "local")
    found = [
        lines(undecided(), with_lines(then, replace(now, since=day)), REFERRED.time)[0]["source"]
        for day in (date(2026, 6, 3), date(2026, 6, 4))
    ]
    assert found == ["after", "before"]


def test_the_line_that_a_gap_names_is_the_one_that_is_told() -> None:
    first = Line(1, "working-days", None, "first", "local", pointer=f"/numbers/{LIMIT}/0")
    later = Line(1, "working-days", date(2027, 1, 1), "later", "local", pointer=f"/a/{LIMIT}/1")
    by = with_lines(first, later)
    gap = undecided()
    named = replace(gap, why=replace(gap.why, params={**gap.why.params, "line": f"/a/{LIMIT}/1"}))
    assert lines(named, by, REFERRED.time)[0]["source"] == "later"


def test_a_local_line_is_told_with_the_circumstances_that_it_holds_in() -> None:
    ours = Line(4, "hours", None, "ours", "local")
    name = "equity.exploitation_not_screened.limit"
    bound = Group(frozenset({("agency", "norfolk-csc")}), (ours,))
    by = replace(policy(), local_numbers={name: (bound,)})
    rule = next(one for one in catalogue(by)["rules"] if one["rule"] == name.rpartition(".")[0])
    assert [(one["value"], one.get("for")) for one in rule["policy"]] == [
        (24, None),
        (4, {"agency": "norfolk-csc"}),
    ]
    screened = replace(undecided(), rule=rule["rule"])
    assert lines(screened, by, REFERRED.time)[0]["value"] == 4
    elsewhere = replace(screened, agency="norfolk-police")
    assert lines(elsewhere, by, REFERRED.time)[0]["value"] == 24


def test_a_clock_that_may_start_the_next_working_day_says_so() -> None:
    late = Line(1, "working-days", None, "us", "local", time(17), f"/numbers/{LIMIT}/0")
    assert (
        "or the next working day where it was after 17:00"
        in steps(undecided(), with_lines(late))[1]
    )
    assert "or the next working day" not in steps(undecided(), policy())[1]


def test_a_gap_that_opens_after_its_deadline_says_that_it_came_to_be_owed_then() -> None:
    gap = undecided()
    later = replace(gap, opens_at=gap.opens_at.replace(year=2027))
    assert steps(later, policy())[-1].startswith("What makes it owed came later")
    assert not any("came later" in text for text in steps(gap, policy()))


def test_what_was_owed_at_once_has_no_clock() -> None:
    gap = judge("completeness", chronology([REFERRED]), policy())[0]
    assert clock(gap.why) is None
    (only,) = steps(gap, policy())
    assert only.startswith("It is owed at once, from Wed 3 Jun 2026 23:10:00 in London")


def test_a_withdrawal_is_nothing_that_would_be_reported_as_done() -> None:
    assert [one["type"] for one in reporting(undecided(), policy(), REFERRED.time)] == [e.DECIDED]


def test_what_a_source_does_not_send_is_told_to_be_unreported() -> None:
    received = event(e.RECEIVED, "2026-06-03T22:10:00Z", CENSUS, id_="r", referral_ref="R-1")
    (gap,) = [one for one in gaps(received) if one.rule == "timeliness.decision_overdue"]
    assert [one["fed"] for one in reporting(gap, policy(), received.time)] == [False]
    assert not gap.observed
