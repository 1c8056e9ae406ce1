"""Does a sender learn everything that is wrong, and nothing that was said?"""

from typing import Any

import pytest

from services.runtime.contracts import Contracts, Fault, Json

EXPOSED = "police.child-exposed.v1"
MARKER = "Zebedee"


def exposed(**changes: object) -> dict[str, Any]:
    return {
        "child": {"local_id": "C-1"},
        "incident_ref": "I-1",
        "involvement": "victim",
        "harms": ["knife"],
        "grade": "red",
        "practitioner": {"ref": "PC-1", "role": "officer"},
        **changes,
    }


def codes(faults: list[Fault]) -> dict[str, str]:
    return {fault.pointer: fault.code for fault in faults}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"child": {}}, "/data/child/local_id", "required"),
        ({"child": {"local_id": " "}}, "/data/child/local_id", "bad-pattern"),
        ({"child": {"local_id": "C", "nickname": "x"}}, "/data/child/nickname", "unknown-field"),
        ({"child": {"local_id": "C", MARKER: "x"}}, "/data/child/…", "unknown-field"),
        ({"child": {"local_id": "C", "sex": "m"}}, "/data/child/sex", "not-in-code-set"),
        ({"child": {"local_id": "C", "upn": "A1"}}, "/data/child/upn", "bad-pattern"),
        ({"child": {"local_id": "C" * 101}}, "/data/child/local_id", "too-long"),
        (
            {"child": {"local_id": "C", "date_of_birth": "2010-02-30"}},
            "/data/child/date_of_birth",
            "bad-format",
        ),
        ({"child": None}, "/data/child", "wrong-type"),
        ({"treated_as_safeguarding": 1}, "/data/treated_as_safeguarding", "wrong-type"),
        ({"harms": ["knife"] * 16}, "/data/harms", "too-many"),
        ({"harms": ["knife", "knives"]}, "/data/harms/1", "not-in-code-set"),
        ({"incident_ref": "I 1"}, "/data/incident_ref", "bad-pattern"),
        ({"incident_ref": ""}, "/data/incident_ref", "bad-pattern"),
        ({"incident_ref": "I" * 101}, "/data/incident_ref", "too-long"),
        ({"recorded_at": "yesterday"}, "/data/recorded_at", "bad-format"),
        ({"recorded_at": "2026-01-01T10:00:00"}, "/data/recorded_at", "bad-format"),
        ({"recorded_at": "2016-12-31T23:59:60Z"}, "/data/recorded_at", "bad-format"),
        ({"recorded_at": "0001-01-01T00:00:00Z"}, "/data/recorded_at", "bad-format"),
        ({"time_precision": "hour"}, "/data/time_precision", "not-in-code-set"),
        ({"practitioner": {"ref": "x", "role": ""}}, "/data/practitioner/role", "too-short"),
    ],
)
def test_one_thing_wrong_is_one_fault_by_pointer_and_code(
    changes: dict[str, Any], pointer: str, code: str, contracts: Contracts
) -> None:
    assert codes(contracts.validate(EXPOSED, exposed(**changes))) == {pointer: code}


def test_a_right_event_has_no_fault(contracts: Contracts) -> None:
    assert contracts.validate(EXPOSED, exposed()) == []


def test_every_fault_comes_at_once_and_in_order(contracts: Contracts) -> None:
    wrong = {"child": {"sex": "?", "upn": "1"}, "harms": "knife", "grade": "blue", "extra": 1}
    assert [fault.pointer for fault in contracts.validate(EXPOSED, wrong)] == [
        "/data/child/local_id",
        "/data/child/sex",
        "/data/child/upn",
        "/data/extra",
        "/data/grade",
        "/data/harms",
        "/data/incident_ref",
        "/data/involvement",
        "/data/practitioner",
    ]


def test_check_digits_are_no_fault(contracts: Contracts) -> None:
    child = {"local_id": "C-1", "nhs_number": "9990000000", "upn": "Z926123419001"}
    assert contracts.validate(EXPOSED, exposed(child=child)) == []


def test_no_fault_repeats_a_value_or_a_key_that_could_be_a_name(contracts: Contracts) -> None:
    everywhere: dict[str, Any] = {
        "child": dict.fromkeys(("local_id", "sex", "upn", "ethnicity", MARKER), MARKER),
        "incident_ref": f"{MARKER} {MARKER}",
        "involvement": MARKER,
        "harms": [MARKER],
        "grade": {MARKER: MARKER},
        "practitioner": MARKER,
        "recorded_at": MARKER,
        f"{MARKER} was here": {MARKER: 1},
    }
    faults = contracts.validate(EXPOSED, everywhere)
    assert len(faults) >= 9
    assert MARKER not in str(faults)
    grades = {"child": {"local_id": "C"}, "grades": {MARKER: MARKER, MARKER * 10: "good"}}
    faults = contracts.validate("oversight.audit-graded.v1", grades)
    assert "/data/grades/…" in codes(faults)
    assert MARKER not in str(faults)


@pytest.mark.parametrize("data", [None, [], "text", 1, True])
def test_data_that_is_no_object_is_a_fault(data: Json, contracts: Contracts) -> None:
    assert codes(contracts.validate(EXPOSED, data)) == {"/data": "wrong-type"}


def test_a_type_that_nobody_knows_is_a_fault(contracts: Contracts) -> None:
    assert codes(contracts.validate("police.child-exposed.v2", {})) == {"/type": "unknown-type"}


def test_the_census_need_not_name_a_practitioner(contracts: Contracts) -> None:
    decided = {"child": {"local_id": "C"}, "referral_ref": "R", "decision": "no-further-action"}
    stated = "social-care.referral-decided.v1"
    assert contracts.validate(stated, decided, "cin-census") == []
    assert codes(contracts.validate(stated, decided, "case-system")) == {
        "/data/practitioner": "required"
    }
    trained = {"course": "child-vulnerability", "completed_on": "2026-01-10"}
    assert codes(contracts.validate("training.completed.v1", trained, "cin-census")) == {
        "/data/practitioner": "required"
    }
    assert codes(contracts.validate(stated, {"practitioner": {}}, "cin-census")) == {
        "/data/child": "required",
        "/data/decision": "required",
        "/data/practitioner/ref": "required",
        "/data/practitioner/role": "required",
        "/data/referral_ref": "required",
    }


@pytest.mark.parametrize("child", [{"child_ref": "abc"}, {"local_id": "C-1", "sex": "F"}])
def test_an_answer_names_a_child_by_record_or_by_our_ref(
    child: dict[str, str], contracts: Contracts
) -> None:
    answer = {
        "child": child,
        "gap_id": "5f0a1b3c-0000-5000-8000-000000000001",
        "practitioner": {"ref": "p", "role": "officer"},
        "answer": "disputed",
        "reason": "",
    }
    assert contracts.validate("gap.answered.v1", answer) == []


@pytest.mark.parametrize(
    "gap_id", ["5F0A1B3C-0000-5000-8000-000000000001", "5f0a1b3c000050008000000000000001", "g"]
)
def test_the_id_of_a_gap_is_a_uuid_in_small_letters(gap_id: str, contracts: Contracts) -> None:
    answer = {
        "child": {"local_id": "C-1"},
        "gap_id": gap_id,
        "answer": "explained",
        "reason": "",
        "practitioner": {"ref": "P-1", "role": "constable"},
    }
    assert codes(contracts.validate("gap.answered.v1", answer)) == {"/data/gap_id": "bad-pattern"}


@pytest.mark.parametrize(
    ("area", "good"),
    [
        ("E10000020", True), ("E06000031", True), ("E07000148", True), ("E08000003", True),
        ("E09000001", True), ("E11000001", True), ("E12000006", True), ("E23000024", True),
        ("W06000015", True), ("W15000004", True), ("S12000033", True), ("N09000003", True),
        ("E00135456", False), ("E01026823", False), ("E02005580", False), ("E05009876", False),
        ("E13000001", False), ("W01000001", False), ("S01006506", False), ("N00000001", False),
    ],
)  # fmt: skip
def test_no_area_is_finer_than_an_authority(area: str, contracts: Contracts, *, good: bool) -> None:
    whom = {"local_id": "C-1", "area": area}
    found = codes(contracts.validate(EXPOSED, exposed(child=whom)))
    assert found == ({} if good else {"/data/child/area": "bad-pattern"})


def test_our_ref_of_a_child_stands_alone_and_only_where_it_may(contracts: Contracts) -> None:
    both = {"child": {"child_ref": "abc", "local_id": "C-1"}}
    assert codes(contracts.validate("oversight.reviewed.v1", both))["/data/child"] == "not-allowed"
    faults = contracts.validate(EXPOSED, exposed(child={"child_ref": "abc"}))
    assert codes(faults) == {
        "/data/child/child_ref": "unknown-field",
        "/data/child/local_id": "required",
    }


def test_what_is_poor_is_judged_and_not_refused(contracts: Contracts) -> None:
    poor = {
        "child": {"local_id": "C-1"},
        "referral_ref": "R-1",
        "practitioner": {"ref": "PC-1", "role": "officer"},
        "sent_to": "E10000020",
        "urgency": "standard",
        "harms": [],
        "reason": {"why": None, "harm": "", "voice_of_child": "?"},
        "information": {"gp": None, "school": False, "siblings": [0, {}], "A Key": {"b": [1]}},
        "history": {"note": None},
    }
    assert contracts.validate("referral.made.v1", poor) == []


def test_a_declined_referral_needs_its_reason_code(contracts: Contracts) -> None:
    told = {"child": {"local_id": "C"}, "service_ref": "S"}
    assert contracts.validate("service.referral-accepted.v1", told) == []
    assert codes(contracts.validate("service.referral-declined.v1", told)) == {
        "/data/reason_code": "required"
    }


def envelope(**changes: object) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "source": "/norfolk-police/records",
        "id": "e-1",
        "type": EXPOSED,
        "time": "2026-03-04T22:00:00Z",
        "data": {},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"specversion": "0.3"}, "/specversion", "not-in-code-set"),
        ({"source": "norfolk-police"}, "/source", "bad-pattern"),
        ({"source": "/norfolk-police/a/b"}, "/source", "bad-pattern"),
        ({"id": ""}, "/id", "bad-pattern"),
        ({"id": "x" * 201}, "/id", "too-long"),
        ({"type": "police.child-sighted.v1"}, "/type", "unknown-type"),
        ({"type": 7}, "/type", "wrong-type"),
        ({"time": "2026-03-04 22:00"}, "/time", "bad-format"),
        ({"data": "text"}, "/data", "wrong-type"),
        ({"datacontenttype": "text/plain"}, "/datacontenttype", "bad-pattern"),
        ({"Zebedee Smith": 1}, "/…", "bad-name"),
    ],
)
def test_a_fault_of_the_envelope_has_its_pointer(
    changes: dict[str, Any], pointer: str, code: str, contracts: Contracts
) -> None:
    assert codes(contracts.validate_envelope(envelope(**changes))) == {pointer: code}


def test_extensions_of_the_envelope_are_accepted(contracts: Contracts) -> None:
    assert contracts.validate_envelope(envelope(traceparent="00-a-b-01", sequence=3)) == []


@pytest.mark.parametrize("event", [None, [], "text", 1])
def test_an_event_that_is_no_object_is_a_fault(event: Json, contracts: Contracts) -> None:
    assert codes(contracts.validate_envelope(event)) == {"": "wrong-type"}
