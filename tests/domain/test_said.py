"""How is what a referral says followed over time? Each rule's edges have tables of their own."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.domain import events as e
from services.domain.events import Event
from services.domain.policy import Policy
from tests.domain.lives import (
    AREA,
    calendar,
    content,
    default_policy,
    event,
    found,
    policy,
    registry,
    times,
)

ELEMENTS = policy().words("completeness.information_missing.required", date(2026, 3, 1))
MISSING = "completeness.information_missing"
UNCLEAR = "completeness.reason_unclear"
UNHEARD = "completeness.child_not_heard"
LANGUAGE = "equity.adult_language"


def part(words: int, *phrases: str) -> dict[str, Any]:
    return {"words": words, "phrases": list(phrases)}


def said(
    type_: str,
    day: int,
    information: dict[str, str] | None = None,
    **reason: Any,  # noqa: ANN401 - parts
) -> Event:
    features = {"information": information or {}, "reason": reason}
    return event(
        type_,
        f"2026-03-{day:02}T10:00:00Z",
        id_=f"{type_} {day}",
        staff="s-1",
        referral_ref="R-1",
        sent_to=AREA,
        features=features,
    )


def review(day: int, staff: str = "s-2", outcome: str = "approved") -> Event:
    of = {"kind": "referral", "ref": "R-1"}
    at = f"2026-03-{day:02}T10:00:00Z"
    return event(e.REVIEWED, at, staff=staff, outcome=outcome, of=of)


FULL = dict.fromkeys(ELEMENTS, "value")
MADE = said(e.MADE, 3)


def test_each_state_is_judged_and_a_later_fault_opens_a_gap_of_its_own() -> None:
    mended = said(e.AMENDED, 4, FULL)
    emptied = said(e.AMENDED, 6, {"gp": "blank"})
    again = said(e.AMENDED, 9, {"gp": "unknown"})
    gaps = found(MISSING, MADE, mended, emptied, again)
    assert times(gaps) == [
        ("2026-03-03T10:00:00Z", "2026-03-04T10:00:00Z"),
        ("2026-03-06T10:00:00Z", "2026-03-09T10:00:00Z"),
    ]
    assert [gap.anchor for gap in gaps] == [MADE.key, emptied.key]
    assert [gap.why.params["missing"] for gap in gaps] == [list(ELEMENTS), ["gp"]]
    assert gaps[0].gap_id != gaps[1].gap_id


def test_the_first_shortfall_is_told_while_only_some_of_it_is_mended() -> None:
    some = said(e.AMENDED, 4, {"gp": "value"})
    (gap,) = found(MISSING, MADE, some)
    assert gap.closes_at is None
    assert gap.why.params["missing"] == list(ELEMENTS)


def test_what_is_timed_at_or_before_the_referral_is_part_of_it() -> None:
    assert found(MISSING, MADE, said(e.AMENDED, 2, FULL)) == []
    assert found(MISSING, MADE, said(e.AMENDED, 3, FULL)) == []
    poor = said(e.MADE, 3, dict.fromkeys(ELEMENTS, "blank"))
    assert found(MISSING, poor, said(e.AMENDED, 2, FULL)) == []


def test_a_second_making_counts_as_an_amendment() -> None:
    heard = said(e.MADE, 5, voice_of_child=part(1))
    assert times(found(UNHEARD, MADE, heard)) == [("2026-03-03T10:00:00Z", "2026-03-05T10:00:00Z")]


def test_a_withdrawal_ends_it_and_nothing_opens_after() -> None:
    heard = said(e.MADE, 3, voice_of_child=part(4))
    end, emptied = said(e.WITHDRAWN, 5), said(e.AMENDED, 6, voice_of_child=part(0))
    assert times(found(UNHEARD, MADE, end)) == [("2026-03-03T10:00:00Z", "2026-03-05T10:00:00Z")]
    assert found(UNHEARD, heard, end, emptied) == []
    assert len(found(UNHEARD, heard, emptied)) == 1


def test_a_part_is_stated_in_five_words_and_each_that_is_not_is_named() -> None:
    made = said(e.MADE, 3, why=part(5), harm=part(4))
    (gap,) = found(UNCLEAR, made)
    assert gap.why.params["unclear"] == ["harm", "ask"]
    assert found(UNCLEAR, made, said(e.AMENDED, 3, harm=part(5), ask=part(9))) == []


def test_an_event_at_eighteen_opens_nothing_and_still_mends() -> None:
    adult = replace(MADE, facts={**MADE.facts, "child": {"age": 18}})
    assert found(UNHEARD, adult) == []
    late = said(e.AMENDED, 9, voice_of_child=part(3))
    late = replace(late, facts={**late.facts, "child": {"age": 18}})
    assert times(found(UNHEARD, MADE, late)) == [("2026-03-03T10:00:00Z", "2026-03-09T10:00:00Z")]


def by_list(name: str, values: list[str]) -> Policy:
    """The default policy with another list from 5 March 2026 on."""
    numbers = default_policy()
    line = numbers["lists"][name][0]
    numbers["lists"][name] = [line, {**line, "values": values, "since": date(2026, 3, 5)}]
    return Policy.parse(numbers, content("policy/feeds.toml"), registry(), calendar())


def test_a_change_of_policy_makes_nothing_poor_that_was_said_before() -> None:
    stricter = by_list(MISSING + ".required", [*ELEMENTS, "shoe_size"])
    made = said(e.MADE, 3, FULL)
    assert found(MISSING, made, said(e.AMENDED, 8), by=stricter) == []
    (gap,) = found(MISSING, said(e.MADE, 6, FULL), by=stricter)
    assert gap.why.params["missing"] == ["shoe_size"]


ADULT = said(e.MADE, 3, why=part(7, "no-angel", "streetwise"), voice_of_child=part(9, "chose-to"))
OPEN = [("2026-03-03T10:00:00Z", None)]


def test_adult_language_is_asked_about_and_never_in_the_childs_voice() -> None:
    (query,) = found(LANGUAGE, ADULT)
    assert query.kind == "query"
    assert query.why.params["phrases"] == ["no-angel", "streetwise"]
    assert query.why.params["parts"] == ["why"]


def test_an_amendment_closes_it_only_without_any_of_the_phrases() -> None:
    one_left = said(e.AMENDED, 5, why=part(7, "streetwise"))
    none_left = said(e.AMENDED, 6, why=part(7))
    assert times(found(LANGUAGE, ADULT, one_left, said(e.AMENDED, 6, harm=part(3)))) == OPEN
    assert times(found(LANGUAGE, ADULT, one_left, none_left)) == [
        ("2026-03-03T10:00:00Z", "2026-03-06T10:00:00Z")
    ]


def test_someone_elses_later_approval_overrules_and_is_seen_to() -> None:
    (query,) = found(LANGUAGE, ADULT, review(5))
    assert times([query]) == [("2026-03-03T10:00:00Z", "2026-03-05T10:00:00Z")]
    assert query.why.params["closed_by"] == e.REVIEWED
    for other in (review(2), review(5, staff="s-1"), review(5, outcome="returned")):
        assert times(found(LANGUAGE, ADULT, other)) == OPEN


def test_what_was_approved_opens_nothing_again_while_it_stays_but_another_phrase_does() -> None:
    same = said(e.AMENDED, 6, why=part(9, "streetwise"), ask=part(5))
    assert len(found(LANGUAGE, ADULT, review(5), same)) == 1
    other = said(e.AMENDED, 7, harm=part(9, "promiscuous"))
    gaps = found(LANGUAGE, ADULT, review(5), same, other)
    assert times(gaps)[1:] == [("2026-03-07T10:00:00Z", None)]
    assert gaps[1].why.params["phrases"] == ["promiscuous"]


def test_a_phrase_that_is_not_on_the_list_of_the_day_does_not_count() -> None:
    shorter = by_list(LANGUAGE + ".phrases", ["promiscuous"])
    assert times(found(LANGUAGE, ADULT, by=shorter)) == OPEN
    assert found(LANGUAGE, said(e.MADE, 6, why=part(7, "streetwise")), by=shorter) == []
