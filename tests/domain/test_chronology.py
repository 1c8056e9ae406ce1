from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from services.domain import events as e
from services.domain.chronology import Chronology, Folded, Reason, arrange, fold
from services.domain.events import Event
from services.domain.fields import Malformed
from tests.domain.lives import CARE, POLICE, SCHOOL, chronology, event, registry, retraction

DETENTION = event(e.DETAINED, "2026-03-03T22:00:00Z", id_="d", custody_ref="C-1")
MADE = event(e.MADE, "2026-03-04T10:00:00Z", id_="m", referral_ref="R-1", triggers=["C-1"])


def folded(*events: Event, training: tuple[Event, ...] = ()) -> Folded:
    return fold(chronology(events, training), registry())


def idle(*events: Event) -> dict[str, Reason]:
    return {event.id: reason for event, reason in folded(*events).without_effect}


def test_events_are_put_in_order_of_time_then_source_then_id() -> None:
    late = event(e.MISSING, "2026-03-04T22:00:00Z", id_="b", incident_ref="I-1")
    by_id = event(e.MISSING, DETENTION.time, id_="a", incident_ref="I-1")
    by_source = event(e.CONCERN, DETENTION.time, "/aa/b", id_="z", concern_ref="K-1")
    assert arrange([late, DETENTION, by_id, by_source]) == (by_source, by_id, DETENTION, late)


def test_of_an_event_known_twice_the_higher_revision_counts_whichever_came_first() -> None:
    newer = event(e.DETAINED, DETENTION.time, id_="d", custody_ref="C-1", age=16, revision=1)
    assert arrange([DETENTION, newer]) == arrange([newer, DETENTION]) == (newer,)


def test_a_retracted_event_is_left_out_and_says_so() -> None:
    undo = retraction(DETENTION)
    assert folded(DETENTION, undo).events == (undo,)
    assert idle(DETENTION, undo) == {"d": Reason.RETRACTED}


def test_a_retracted_retraction_restores_the_event() -> None:
    undo = retraction(DETENTION)
    redo = retraction(undo)
    assert idle(DETENTION, undo, redo) == {undo.id: Reason.RETRACTED}


def test_a_long_chain_of_retractions_is_followed_to_its_end() -> None:
    chain = [DETENTION]
    for place in range(3000):
        chain.append(retraction(chain[-1], id_=f"undo {place}"))
    assert DETENTION in folded(*chain).events
    assert DETENTION not in folded(*chain, retraction(chain[-1], id_="one more")).events


def test_retractions_that_undo_one_another_in_a_circle_undo_nothing() -> None:
    one = event(
        e.RETRACTED, "2026-03-05T10:00:00Z", id_="1", retracts={"source": POLICE, "id": "2"}
    )
    two = event(
        e.RETRACTED, "2026-03-05T11:00:00Z", id_="2", retracts={"source": POLICE, "id": "1"}
    )
    assert idle(one, two) == {"1": Reason.CIRCULAR, "2": Reason.CIRCULAR}


def test_a_circle_is_broken_by_a_retraction_from_outside() -> None:
    one = event(
        e.RETRACTED, "2026-03-05T10:00:00Z", id_="1", retracts={"source": POLICE, "id": "2"}
    )
    two = event(
        e.RETRACTED, "2026-03-05T11:00:00Z", id_="2", retracts={"source": POLICE, "id": "1"}
    )
    assert idle(one, two, retraction(one, id_="3")) == {"1": Reason.RETRACTED}


def test_only_the_agency_that_sent_an_event_may_retract_it() -> None:
    undo = retraction(DETENTION, source=CARE)
    assert idle(DETENTION, undo) == {undo.id: Reason.NOT_ENTITLED}


def test_another_system_of_the_same_agency_may_retract() -> None:
    assert idle(DETENTION, retraction(DETENTION, source="/norfolk-police/pages")) == {
        "d": Reason.RETRACTED
    }


def test_a_retraction_waits_for_its_target() -> None:
    undo = retraction(DETENTION)
    assert idle(undo) == {undo.id: Reason.WAITING}


def test_training_can_be_retracted_too() -> None:
    training = event(e.TRAINED, "2026-03-01T00:00:00Z", id_="t", course="child-vulnerability")
    found = folded(retraction(training), training=(training,))
    assert found.training == ()
    assert found.without_effect == ((training, Reason.RETRACTED),)


@pytest.mark.parametrize("type_", [e.AMENDED, e.WITHDRAWN])
def test_only_the_original_sender_changes_a_referral(type_: str) -> None:
    own = event(type_, "2026-03-05T10:00:00Z", id_="x", referral_ref="R-1")
    other = event(type_, "2026-03-05T10:00:00Z", SCHOOL, id_="y", referral_ref="R-1")
    assert idle(MADE, own, other) == {"y": Reason.NOT_ENTITLED}


@pytest.mark.parametrize("type_", [e.AMENDED, e.WITHDRAWN])
def test_making_a_referral_again_gives_another_agency_no_right_over_it(type_: str) -> None:
    again = event(
        e.MADE, "2026-03-01T10:00:00Z", SCHOOL, id_="again", referral_ref="R-1", sent_to="E10000016"
    )
    again = replace(again, received_at=MADE.received_at + timedelta(days=1))
    own = event(type_, "2026-03-05T10:00:00Z", id_="x", referral_ref="R-1")
    other = event(type_, "2026-03-05T10:00:00Z", SCHOOL, id_="y", referral_ref="R-1")
    for story in permutations((MADE, again, own, other)):
        assert idle(*story) == {"y": Reason.NOT_ENTITLED}
    referral = folded(again, MADE, own, other).referrals["R-1"]
    assert referral.senders == ["norfolk-police"]
    assert referral.of_type(e.MADE) == [again, MADE]
    assert referral.area is None


def test_who_made_a_referral_first_is_by_receipt_and_then_by_source_and_id() -> None:
    again = replace(MADE, source=SCHOOL, agency="norfolk-school", id="a")
    change = event(e.AMENDED, "2026-03-05T10:00:00Z", SCHOOL, id_="y", referral_ref="R-1")
    assert idle(again, MADE, change) == {"y": Reason.NOT_ENTITLED}
    earlier = replace(again, received_at=MADE.received_at - timedelta(microseconds=1))
    assert idle(MADE, earlier, change) == {}
    assert idle(MADE, again, change, retraction(MADE)) == {"m": Reason.RETRACTED}


@pytest.mark.parametrize("type_", [e.AMENDED, e.WITHDRAWN])
def test_a_referral_known_only_from_its_receipt_cannot_be_changed_yet(type_: str) -> None:
    received = event(e.RECEIVED, "2026-03-04T11:00:00Z", CARE, referral_ref="R-1")
    change = event(type_, "2026-03-05T10:00:00Z", id_="x", referral_ref="R-1")
    assert idle(received, change) == {"x": Reason.WAITING}


def test_a_change_to_a_retracted_referral_waits_for_it() -> None:
    change = event(e.AMENDED, "2026-03-05T10:00:00Z", id_="x", referral_ref="R-1")
    assert idle(MADE, change, retraction(MADE)) == {"m": Reason.RETRACTED, "x": Reason.WAITING}


def test_only_an_agency_that_sent_a_trigger_decides_not_to_refer() -> None:
    own = event(e.NOT_REFERRED, "2026-03-05T10:00:00Z", id_="x", triggers=["C-1"])
    other = event(e.NOT_REFERRED, "2026-03-05T10:00:00Z", SCHOOL, id_="y", triggers=["C-1"])
    unknown = event(e.NOT_REFERRED, "2026-03-05T10:00:00Z", id_="z", triggers=["C-2"])
    assert idle(DETENTION, own, other, unknown) == {
        "y": Reason.NOT_ENTITLED,
        "z": Reason.WAITING,
    }


def test_a_decision_not_to_refer_waits_while_one_of_its_triggers_may_yet_be_its_senders() -> None:
    decision = event(
        e.NOT_REFERRED, "2026-03-05T10:00:00Z", SCHOOL, id_="y", triggers=["C-1", "K-1"]
    )
    concern = event(e.CONCERN, "2026-03-03T10:00:00Z", SCHOOL, concern_ref="K-1")
    assert idle(DETENTION, decision) == {"y": Reason.WAITING}
    assert idle(DETENTION, decision, concern) == {}


def test_an_agency_that_the_registry_does_not_know_may_not_change_what_it_sent() -> None:
    made = event(e.MADE, "2026-03-04T10:00:00Z", "/stranger/x", id_="m", referral_ref="R-9")
    change = event(e.AMENDED, "2026-03-05T10:00:00Z", "/stranger/x", id_="x", referral_ref="R-9")
    assert idle(made, change) == {"x": Reason.NOT_ENTITLED}


def test_events_are_found_by_type_and_by_ref_in_order() -> None:
    found = folded(MADE, DETENTION)
    assert found.of_type(e.MADE) == [MADE]
    assert found.carrying("custody_ref", "C-1") == [DETENTION]
    assert found.carrying("custody_ref", "C-9") == found.of_type(e.TOLD) == []
    assert found.refs("referral_ref") == ["R-1"]


def test_a_chronology_comes_back_from_the_wire_as_it_was_and_in_order() -> None:
    known = chronology([DETENTION, MADE])
    assert Chronology.from_wire(chronology([MADE, DETENTION]).to_wire()) == known


def test_what_a_newer_sender_adds_to_the_wire_is_ignored() -> None:
    assert Chronology.from_wire({**chronology([MADE]).to_wire(), "new": 1}).events == (MADE,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("child_ref", None),
        ("version", True),
        ("version", "7"),
        ("epoch", None),
        ("merged_into", 5),
        ("erased", None),
        ("events", None),
        ("events", ["?"]),
        ("training", {}),
    ],
)
def test_a_message_that_is_no_chronology_says_which_field(field: str, value: object) -> None:
    with pytest.raises(Malformed, match=field):
        Chronology.from_wire({**chronology([MADE]).to_wire(), field: value})


@pytest.mark.parametrize(
    "field", ["source", "id", "type", "time", "received_at", "agency", "facts"]
)
def test_a_message_that_is_no_event_says_which_field_and_never_its_value(field: str) -> None:
    with pytest.raises(Malformed) as raised:
        Event.from_wire({**MADE.to_wire(), field: ["secret"]})
    assert raised.value.field == field
    assert "secret" not in str(raised.value)


def test_a_time_without_an_offset_or_outside_all_years_is_malformed() -> None:
    for time in ("2026-03-04T10:00:00", "0001-01-01T00:00:00+05:00", "yesterday"):
        with pytest.raises(Malformed, match="time"):
            Event.from_wire({**MADE.to_wire(), "time": time})


def test_a_time_with_another_offset_is_the_same_moment() -> None:
    read = Event.from_wire({**MADE.to_wire(), "time": "2026-03-04T11:00:00+01:00"})
    assert read == MADE
