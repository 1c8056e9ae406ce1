"""What became of a referral to a service? Stories, and what must hold whatever comes in."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import events as e
from services.domain.events import Event
from services.domain.moments import moment
from services.domain.onward import ACCEPTED, Onward, declined_by, onward_of
from tests.domain.lives import SCHOOL, VOLUNTARY, event, policy, retraction

MORNING = "2026-03-02T09:00:00Z"
WITHIN = 90


def made(ref: str = "S-1", day: int = 0, provider: str = "open-door", **facts: Any) -> Event:  # noqa: ANN401 - facts are whatever the schema says
    stated = {"kind": "mentoring", "sector": "voluntary", "provider": provider, **facts}
    return event(e.SERVICE_REFERRED, at(day), SCHOOL, service_ref=ref, **stated)


def said(type_: str, day: int, ref: str = "S-1", **facts: Any) -> Event:  # noqa: ANN401 - as above
    return event(type_, at(day), VOLUNTARY, service_ref=ref, **facts)


def declined(day: int, reason: str = "capacity", ref: str = "S-1") -> Event:
    return said(e.SERVICE_DECLINED, day, ref, reason_code=reason)


def at(day: int) -> datetime:
    return moment(MORNING) + timedelta(days=day)


def follow(*events: Event, child: str = "child-1") -> list[Onward]:
    return onward_of([(child, one) for one in events], policy(), WITHIN)


def test_a_referral_is_followed_from_made_to_whether_it_helped() -> None:
    (one,) = follow(
        made(),
        said(ACCEPTED, 3),
        said(e.SUPPORT_STARTED, 10),
        said(e.SUPPORT_ENDED, 100, outcome="completed", child_says_it_helped="partly"),
    )
    assert (one.state, one.agency, one.provider) == ("ended", "norfolk-school", "open-door")
    assert (one.days_to_accept, one.days_to_start) == (3, 10)
    assert (one.outcome, one.helped, one.odd) == ("completed", "partly", ())
    assert (one.made_at, one.ended_at) == (at(0), at(100))


@pytest.mark.parametrize(
    ("reason", "by"),
    [
        ("capacity", "provider"),
        ("criteria", "provider"),
        ("consent", "client"),
        ("not-reached", "nobody"),
        ("other", "unknown"),
    ],
)
def test_a_decline_says_who_declined(reason: str, by: str) -> None:
    (one,) = follow(made(), declined(2, reason))
    assert (one.state, one.reason, declined_by(one.state, one.reason), one.provider) == (
        "declined", reason, by, "open-door",
    )  # fmt: skip


def test_declined_for_capacity_and_made_again_elsewhere_is_two_referrals_that_are_linked() -> None:
    first, second = follow(
        made(), declined(5), made("S-2", 8, "stepping-stones"), said(ACCEPTED, 9, "S-2")
    )
    assert first.again == second
    assert (second.provider, second.state, second.again) == ("stepping-stones", "accepted", None)


def test_a_ref_that_is_used_again_after_a_decline_is_another_referral() -> None:
    first, second = follow(made(), declined(5), made(day=8, provider="next-chapter"))
    assert (first.provider, first.state, first.again) == ("open-door", "declined", second)
    assert (second.provider, second.state) == ("next-chapter", "made")


def test_a_referral_stated_twice_is_one_by_its_first_time_and_its_last_words() -> None:
    (one,) = follow(made(provider="other"), made(day=1), said(ACCEPTED, 2))
    assert (one.made_at, one.provider, one.state) == (at(0), "open-door", "accepted")


@pytest.mark.parametrize(("days", "again"), [(0, True), (90, True), (91, False)])
def test_a_referral_soon_enough_after_a_decline_is_because_of_it(days: int, *, again: bool) -> None:
    first, _ = follow(made(), declined(5), made("S-2", 5 + days))
    assert (first.again is not None) is again


def test_a_referral_made_before_the_decline_is_not_because_of_it() -> None:
    _, second = follow(made("S-2", -1), made(), declined(5))
    assert second.again is None


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([], "made"),
        ([said(ACCEPTED, 1), declined(2)], "declined"),
        ([declined(1), said(ACCEPTED, 2)], "accepted"),
        ([said(e.SUPPORT_STARTED, 1)], "started"),
        ([declined(2), said(e.SUPPORT_STARTED, 1)], "started"),
        ([said(e.SUPPORT_ENDED, 2)], "ended"),
    ],
)
def test_the_state_is_that_of_the_furthest_step_and_of_the_last_answer(
    steps: list[Event], state: str
) -> None:
    (one,) = follow(made(), *steps)
    assert one.state == state


@pytest.mark.parametrize(
    ("steps", "odd"),
    [
        ([said(e.SUPPORT_ENDED, 2)], ("ended-without-start",)),
        ([said(e.SUPPORT_STARTED, -1)], ("before-made",)),
        ([said(e.SUPPORT_STARTED, 1), declined(2)], ("declined-and-started",)),
        ([said(e.SUPPORT_STARTED, 0)], ()),
    ],
)
def test_what_cannot_have_been_so_is_said_to_be_odd(
    steps: list[Event], odd: tuple[str, ...]
) -> None:
    (one,) = follow(made(), *steps)
    assert one.odd == odd


def test_what_is_timed_before_the_referral_has_no_wait() -> None:
    (one,) = follow(made(), said(ACCEPTED, -1), said(e.SUPPORT_STARTED, -1))
    assert (one.days_to_accept, one.days_to_start) == (None, None)
    assert one.state == "started"


def test_a_wait_is_of_days_of_london_so_that_a_fact_with_only_a_day_counts_alike() -> None:
    late = event(
        e.SERVICE_REFERRED, "2026-06-01T22:30:00Z", SCHOOL, service_ref="S-1", kind="other",
        provider="open-door", sector="voluntary",
    )  # fmt: skip
    day = event(
        ACCEPTED, "2026-06-01T23:00:00Z", VOLUNTARY, service_ref="S-1", day_only=True
    )  # 2 June in London
    (one,) = follow(late, day)
    assert one.days_to_accept == 1


def test_an_adult_is_not_counted_and_an_unknown_age_is() -> None:
    assert not follow(made(age=18))
    assert follow(made(age=17))
    assert follow(made(age=None))


def test_what_was_sent_in_error_has_no_effect_and_only_its_sender_can_say_so() -> None:
    no = declined(5)
    assert follow(made(), no, retraction(no))[0].state == "made"
    assert follow(made(), no, retraction(no, SCHOOL))[0].state == "declined"
    first = made()
    assert not follow(first, retraction(first), said(ACCEPTED, 2))
    undone = retraction(no)
    assert follow(made(), no, undone, retraction(undone))[0].state == "declined"


def test_children_are_kept_apart_whatever_their_refs() -> None:
    told = [("a", made()), ("b", made(day=2)), ("a", declined(1))]
    found = onward_of(told, policy(), WITHIN)
    assert [(one.child, one.state, one.again) for one in found] == [
        ("a", "declined", None), ("b", "made", None),
    ]  # fmt: skip


STEPS = st.builds(
    lambda type_, day, ref, provider, reason: (
        made(ref, day, provider)
        if type_ == e.SERVICE_REFERRED
        else said(type_, day, ref, reason_code=reason, child_says_it_helped="yes")
    ),
    st.sampled_from(
        [e.SERVICE_REFERRED, ACCEPTED, e.SERVICE_DECLINED, e.SUPPORT_STARTED, e.SUPPORT_ENDED]
    ),
    st.integers(0, 6),
    st.sampled_from(["S-1", "S-2"]),
    st.sampled_from(["open-door", "next-chapter"]),
    st.sampled_from(["capacity", "consent"]),
)
LIVES = st.lists(STEPS, max_size=9)


@given(LIVES, st.data())
def test_order_of_arrival_and_duplicates_change_nothing(
    life: list[Event], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(life), max_size=4)) if life else []
    shuffled = data.draw(st.permutations([*life, *again]))
    assert follow(*shuffled) == follow(*life)


@given(LIVES, STEPS)
def test_what_is_retracted_might_never_have_been_sent(life: list[Event], extra: Event) -> None:
    without = [one for one in life if one.key != extra.key]
    assert follow(*without, extra, retraction(extra)) == follow(*without)


@given(LIVES)
def test_every_referral_has_one_state_that_its_facts_bear_out(life: list[Event]) -> None:
    refs = {one.ref("service_ref") for one in life if one.type == e.SERVICE_REFERRED}
    found = follow(*life)
    assert {one.ref for one in found} == refs
    for one in found:
        assert (one.state == "declined") == (declined_by(one.state, one.reason) is not None)
        assert one.state != "started" or one.started_at is not None
        assert one.again is None or (one.state == "declined" and one.again.made_at >= one.made_at)
