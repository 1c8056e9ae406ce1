"""Do tests notice what `make mutants` changed unnoticed? Each would have passed on wrong code."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from services.domain import events as e
from services.domain.asked import scope_of
from services.domain.events import Event
from services.domain.explain_chain import chain, lines
from services.domain.feeds import Feeds
from services.domain.narrative.features import VOICE
from services.domain.narrative.phrases import phrases_of
from services.domain.narrative.reading import read
from services.domain.narrative.shown import shown
from services.domain.numbers import ListLine, number_faults
from services.domain.retraction import Reason, retracted
from services.domain.silence import Feed, Limits, look
from tests.domain.lives import (
    AREA,
    calendar,
    event,
    found,
    gaps,
    policy,
    registry,
    retraction,
)
from tests.domain.test_packs import SAYS, ruled

DETENTION = event(e.DETAINED, "2026-03-03T10:00:00Z", id_="d", custody_ref="C-1")
UNDO = retraction(DETENTION, id_="undo")


def idle(*events: Event) -> dict[str, Reason]:
    return {key[1]: why for key, why in retracted(events, registry()).items()}


@pytest.mark.parametrize("standing", [0, 1, 2, 3])
def test_of_three_retractions_of_one_target_any_that_stands_counts(standing: int) -> None:
    three = [retraction(UNDO, id_=f"again {place}") for place in range(3)]
    undone = [retraction(each, id_=f"not {each.id}") for each in three[standing:]]
    expected = {each.id: Reason.RETRACTED for each in three[standing:]}
    expected["undo" if standing else "d"] = Reason.RETRACTED
    for order in permutations([*three, *undone]):
        assert idle(DETENTION, UNDO, *order) == expected


def test_a_retraction_retracted_twice_takes_no_other_with_it() -> None:
    twice, stands = retraction(UNDO, id_="twice"), retraction(UNDO, id_="stands")
    both = [retraction(twice, id_=f"not {place}") for place in range(2)]
    for order in permutations([twice, stands, *both]):
        assert idle(DETENTION, UNDO, *order) == dict.fromkeys(["undo", "twice"], Reason.RETRACTED)


def test_a_retraction_that_waits_keeps_no_other_waiting() -> None:
    unknown = retraction(event(e.DETAINED, "2026-03-03T10:00:00Z", id_="late"), id_="waits")
    for order in permutations([UNDO, unknown]):
        assert idle(DETENTION, *order) == {"d": Reason.RETRACTED, "waits": Reason.WAITING}


def test_every_fault_of_one_line_of_feeds_is_named() -> None:
    wrong: list[str] = []
    line = {"agency": "nobody", "types": [1], "since": "soon"}
    Feeds.parse({"feeds": [], "silences": [line]}, registry(), wrong)
    assert wrong == [
        "/silences/0/agency: not in the registry",
        "/silences/0/since: not a day",
        "/silences/0/until: missing",
        "/silences/0/types: not texts",
        "/silences/0/why: missing",
    ]


def test_a_number_may_be_nought_but_not_less() -> None:
    line: dict[str, Any] = {"unit": "hours", **SAYS}
    assert number_faults({**line, "value": 0}) == []
    assert number_faults({**line, "value": -1}) == ["value: not a whole number"]


def test_a_referral_in_the_last_second_of_its_working_day_is_in_time() -> None:
    rule = "timeliness.referral_not_made"
    limit = {"value": 1, "unit": "working-days", **SAYS}
    by = ruled({"schema": 1, "numbers": {f"{rule}.detention": [limit]}})
    made = [
        event(e.MADE, datetime(2026, 3, day, hour, 59, 59, 500_000, UTC), referral_ref="R-1")
        for day, hour in ((4, 23), (5, 0))
    ]
    assert [len(found(rule, DETENTION, each, by=by)) for each in made] == [0, 1]


def test_a_review_in_the_last_second_of_its_working_day_is_in_time() -> None:
    rule = "oversight.not_reviewed"
    limit = {"value": 1, "unit": "working-days", **SAYS}
    by = ruled({"schema": 1, "numbers": {f"{rule}.limit": [limit]}})
    seen = [
        event(
            e.REVIEWED,
            datetime(2026, 3, day, hour, 59, 59, 500_000, UTC),
            of={"kind": "custody", "ref": "C-1"},
            outcome="approved",
            practitioner={"staff_ref": "sergeant"},
        )
        for day, hour in ((4, 23), (5, 0))
    ]
    assert [len(found(rule, DETENTION, each, by=by)) for each in seen] == [0, 1]


def test_an_explained_deadline_names_the_holidays_that_were_not_counted() -> None:
    made = event(e.MADE, "2026-04-02T10:00:00Z", referral_ref="R-1", sent_to=AREA)
    (gap,) = [one for one in gaps(made) if one.rule == "timeliness.decision_overdue"]
    told = [text for _, text in chain(gap, "Told.", [], 0, lines(gap, policy(), made.time))]
    assert [text for text in told if "is not counted: " in text] == [
        "Fri 3 Apr 2026 is not counted: Good Friday.",
        "Mon 6 Apr 2026 is not counted: Easter Monday.",
    ]


def test_what_stands_under_a_heading_ends_with_its_sentence() -> None:
    text = "Evidence: a letter. The sun was out"
    (span,) = read(text)["evidence"]
    assert text[span.start : span.end].rstrip(".") == "a letter"


def test_what_stands_under_a_heading_reaches_no_heading_of_a_later_sentence() -> None:
    text = "Evidence: a letter. It rained. Ask: an assessment"
    (span,) = read(text)["evidence"]
    assert text[span.start : span.end].rstrip(".") == "a letter"


def test_a_phrase_is_shown_by_its_code_its_place_and_what_to_say_instead() -> None:
    phrases = phrases_of([["no angel"]], {"no angel": "say what happened"})
    (use,) = shown({"why": "He is no angel"}, phrases)["why"]["phrases"]
    assert use == {"code": "no-angel", "place": [6, 14], "alternative": "say what happened"}


def test_silence_is_counted_in_whole_hours() -> None:
    now = datetime(2026, 3, 2, 13, tzinfo=UTC)
    counts = {now - timedelta(hours=each): 1 for each in range(3, 8 * 168)}
    feed, limits = {Feed("norfolk-police", None): counts}, Limits(8, 3, 5, 0.999, 3)
    later = now + timedelta(minutes=59, seconds=59, microseconds=999_999)
    assert look(feed, later, limits, calendar()) == look(feed, now, limits, calendar())
    assert look(feed, now + timedelta(microseconds=1), limits, calendar()) == look(
        feed, now, limits, calendar()
    )


def test_what_the_child_said_is_not_judged_and_no_phrase_is_shown_in_it() -> None:
    reason = dict.fromkeys(["why", VOICE], "He is no angel")
    found_in = shown(reason, phrases_of([["no angel"]], {}))
    assert [len(found_in[part]["phrases"]) for part in reason] == [1, 0]


def test_a_local_list_may_hold_every_code_of_its_set_and_no_other() -> None:
    units = ListLine(("response",), None, "us", "local")
    blanks = ListLine(("tbc",), None, "us", "local")
    stated = {"training.not_in_date.units": (units,), "completeness.placeholders": (blanks,)}
    scope = scope_of({}, stated, policy().registry, {"unit": ["response", "front-desk"]})
    assert scope.lists == {
        "training.not_in_date.units": ["response", "front-desk"],
        "completeness.placeholders": {"tbc"},
    }


@pytest.mark.parametrize(
    ("agency", "topic"),
    [
        ("norfolk-police", "police.events"),
        ("norfolk-csc", "social-care.events"),
        ("norfolk-school", "partner.events"),
        ("norfolk-qa", "partner.events"),
    ],
)
def test_an_agencys_events_go_to_the_topic_of_its_kind(agency: str, topic: str) -> None:
    assert policy().registry.agencies[agency].topic == topic


def test_support_is_still_owed_where_another_service_is_no_therapy() -> None:
    at = "2026-03-30T10:00:00Z"
    services = [
        event(e.SERVICE_REFERRED, at, service_ref=ref, kind=kind)
        for ref, kind in (("S-1", "family-support"), ("S-2", "therapeutic"), ("S-3", "other"))
    ]
    assert len(found("timeliness.support_not_started", *services)) == 1
