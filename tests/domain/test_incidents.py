from services.domain import events as e
from services.domain.events import Event
from services.domain.incidents import incidents_of
from tests.domain.lives import SCHOOL, event

DETENTION = event(e.DETAINED, "2026-03-01T10:00:00Z", id_="d", custody_ref="C-1")
EXPOSURE = event(e.EXPOSED, "2026-03-02T10:00:00Z", id_="x", incident_ref="I-1")
BRIDGE = event(
    e.INTERVIEWED,
    "2026-03-03T10:00:00Z",
    id_="i",
    interview_ref="V-1",
    custody_ref="C-1",
    incident_ref="I-1",
)


def ids(*events: Event) -> list[list[str]]:
    return [[event.id for event in incident.events] for incident in incidents_of(events)]


def test_events_that_share_no_ref_are_incidents_of_their_own() -> None:
    assert ids(DETENTION, EXPOSURE) == [["d"], ["x"]]


def test_events_are_one_incident_through_another_event() -> None:
    assert ids(DETENTION, EXPOSURE, BRIDGE) == [["d", "x", "i"]]


def test_an_incident_and_a_custody_of_the_same_ref_are_two_things() -> None:
    namesake = event(e.EXPOSED, "2026-03-02T10:00:00Z", id_="n", incident_ref="C-1")
    assert ids(DETENTION, namesake) == [["d"], ["n"]]


def test_two_agencies_on_one_incident_are_one_incident() -> None:
    concern = event(
        e.CONCERN, "2026-03-04T10:00:00Z", SCHOOL, id_="k", concern_ref="K-1", incident_ref="I-1"
    )
    assert ids(EXPOSURE, concern) == [["x", "k"]]


def test_two_events_of_one_concern_or_interview_are_one_incident() -> None:
    first = event(e.CONCERN, "2026-03-04T10:00:00Z", SCHOOL, id_="1", concern_ref="K-1")
    again = event(e.CONCERN, "2026-03-05T10:00:00Z", SCHOOL, id_="2", concern_ref="K-1")
    assert ids(first, again) == [["1", "2"]]


def test_what_is_no_incident_is_passed_over() -> None:
    assert ids(event(e.MADE, "2026-03-04T10:00:00Z", referral_ref="R-1")) == []


def test_an_incident_knows_all_its_refs_and_is_named_by_its_first_event() -> None:
    (incident,) = incidents_of([DETENTION, EXPOSURE, BRIDGE])
    assert incident.name == ("custody_ref", "C-1")
    assert incident.refs == {
        ("custody_ref", "C-1"),
        ("incident_ref", "I-1"),
        ("interview_ref", "V-1"),
    }


def test_an_event_with_an_incident_and_a_custody_is_named_by_the_incident() -> None:
    (incident,) = incidents_of([BRIDGE])
    assert incident.name == ("incident_ref", "I-1")
