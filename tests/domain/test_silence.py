"""Who has gone quiet, and who says nothing by being quiet?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.silence import Feed, Finding, Limits, at_least, feeds, look, slot_of
from tests.domain.lives import calendar, content

HOUR = timedelta(hours=1)
LIMITS = Limits(8, 3, 5, 0.999, 3)
POLICE = Feed("norfolk-police", None)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
EIGHT_WEEKS = 8 * 168


def office(hour: datetime) -> int:
    """Two an hour of working days from nine to five, as an office sends."""
    slot = slot_of(hour, calendar())
    return 2 if slot[0] < 5 and 9 <= slot[1] < 17 else 0


def round_the_clock(_: datetime) -> int:
    return 1


def sent(usual: object, until: datetime, hours: int = EIGHT_WEEKS) -> dict[datetime, int]:
    assert callable(usual)
    return {until - each * HOUR: usual(until - each * HOUR) for each in range(1, hours + 1)}


def found(counts: dict[datetime, int], now: datetime) -> Finding:
    (finding,) = look({POLICE: counts}, now, LIMITS, calendar())
    return finding


@pytest.mark.parametrize(
    ("usual", "stopped", "now", "state"),
    [
        # an office: quiet from Friday 17:00 to Monday 9:00 is a weekend
        (office, "2026-02-27T17:00Z", "2026-03-02T09:00Z", "usual"),
        (office, "2026-02-27T17:00Z", "2026-03-02T12:00Z", "usual"),
        # the whole of Monday morning and on, it is an outage
        (office, "2026-02-27T17:00Z", "2026-03-02T13:00Z", "silent"),
        # a night
        (office, "2026-02-25T17:00Z", "2026-02-26T09:00Z", "usual"),
        # Wednesday from ten on
        (office, "2026-02-25T10:00Z", "2026-02-25T13:00Z", "usual"),
        (office, "2026-02-25T10:00Z", "2026-02-25T14:00Z", "silent"),
        # who sends round the clock is missed at the weekend, after seven hours
        (round_the_clock, "2026-02-28T10:00Z", "2026-02-28T16:59Z", "usual"),
        (round_the_clock, "2026-02-28T10:00Z", "2026-02-28T17:00Z", "silent"),
        # Easter: Friday 3 and Monday 6 April 2026 are as Sundays
        (office, "2026-04-02T16:00Z", "2026-04-06T20:00Z", "usual"),
        (office, "2026-04-02T16:00Z", "2026-04-07T14:00Z", "silent"),
    ],
)
def test_what_is_usual_at_this_hour_of_the_week_is_no_silence(
    usual: object, stopped: str, now: str, state: str
) -> None:
    counts = sent(usual, datetime.fromisoformat(stopped))
    assert found(counts, datetime.fromisoformat(now)).state == state


def test_silence_comes_with_since_when_and_how_unlikely() -> None:
    finding = found(sent(round_the_clock, MONDAY), MONDAY + 10 * HOUR)
    assert (finding.state, finding.last_hour) == ("silent", MONDAY - HOUR)
    assert finding.expected == pytest.approx(10)
    assert finding.probability == pytest.approx(4.54e-5, rel=0.01)
    assert finding.per_week == pytest.approx(168)


def test_who_began_to_send_not_long_ago_is_judged_by_the_weeks_since() -> None:
    finding = found(sent(round_the_clock, MONDAY, 4 * 168), MONDAY + 10 * HOUR)
    assert finding.expected == pytest.approx(10)
    assert finding.usual_day == pytest.approx(24)


@pytest.mark.parametrize("hours", [1, 24, 3 * 168 - 1])
def test_of_a_new_agency_nothing_is_said(hours: int) -> None:
    counts = sent(round_the_clock, MONDAY, hours)
    assert found(counts, MONDAY + 48 * HOUR).state == "unknown"


def test_from_three_weeks_on_it_is() -> None:
    assert found(sent(round_the_clock, MONDAY, 3 * 168), MONDAY + 48 * HOUR).state == "silent"


def test_of_who_never_sent_or_seldom_sends_nothing_is_said() -> None:
    seldom = {MONDAY - each * 168 * HOUR: 4 for each in range(1, 8)}
    assert found({}, MONDAY).state == "unknown"
    assert found(seldom, MONDAY + 7 * 168 * HOUR).state == "unknown"


@pytest.mark.parametrize(("came", "state"), [(71, "usual"), (72, "jump"), (24, "usual")])
def test_a_jump_is_three_times_the_usual_day(came: int, state: str) -> None:
    counts = sent(round_the_clock, MONDAY)
    day = {MONDAY + each * HOUR: 0 for each in range(24)} | {MONDAY + 23 * HOUR: came}
    finding = found(counts | day, MONDAY + 24 * HOUR)
    assert (finding.state, finding.last_day) == (state, came)


def test_an_agency_is_its_units_together() -> None:
    rows = [("a", "mash", MONDAY, 2), ("a", None, MONDAY, 1), ("a", "response", MONDAY, 4)]
    gathered = feeds(rows)
    assert gathered[Feed("a", None)] == {MONDAY: 7}
    assert gathered[Feed("a", "mash")] == {MONDAY: 2}
    assert len(gathered) == 3


def test_the_clock_change_moves_no_hour_of_the_week() -> None:
    winter, summer = datetime(2026, 3, 27, 9, tzinfo=UTC), datetime(2026, 4, 10, 8, tzinfo=UTC)
    assert slot_of(winter, calendar()) == slot_of(summer, calendar()) == (4, 9)


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 3))
def test_longer_silence_is_never_more_likely_and_never_ends_by_itself(
    hours: int, more: int, rate: int
) -> None:
    counts = sent(lambda _: rate, MONDAY, 4 * 168)
    early = found(counts, MONDAY + hours * HOUR)
    late = found(counts, MONDAY + (hours + more) * HOUR)
    assert late.probability <= early.probability
    assert late.state == "silent" or early.state != "silent"


@given(st.integers(0, 60), st.floats(0.1, 60))
def test_more_is_never_more_likely(count: int, expected: float) -> None:
    assert 0 <= at_least(count + 1, expected) <= at_least(count, expected) <= 1


def test_poisson_is_as_tables_have_it() -> None:
    assert at_least(3, 1.0) == pytest.approx(0.0803, abs=1e-4)
    assert at_least(10, 5.0) == pytest.approx(0.0318, abs=1e-4)


def test_the_policy_is_read_and_every_fault_named() -> None:
    assert Limits.parse(content("policy/silence.toml")) == LIMITS
    wrong = content("policy/silence.toml")
    wrong["numbers"] |= {"usual": {"value": True, "source": "s"}, "jump": {"value": 3}}
    del wrong["numbers"]["history"]
    with pytest.raises(ValueError, match="/numbers/history; /numbers/usual; /numbers/jump"):
        Limits.parse(wrong)
