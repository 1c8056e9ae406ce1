"""Is there a schema and are there examples for everything that the contract names?"""

from typing import Any

import pytest

from services.runtime.contracts import Contracts
from services.runtime.projection import project

Examples = dict[str, dict[str, Any]]

REQUIRED = {
    "police.child-detained": "child custody_ref practitioner",
    "police.child-interviewed": (
        "child interview_ref basis involvement practitioner appropriate_adult_present"
    ),
    "police.child-exposed": "child incident_ref involvement harms grade practitioner",
    "police.child-missing": "child incident_ref practitioner",
    "police.child-found": "child incident_ref practitioner",
    "police.child-searched": "child incident_ref outcome practitioner",
    "partner.concern-raised": "child concern_ref setting harms grade practitioner",
    "referral.made": "child referral_ref practitioner sent_to urgency harms reason",
    "referral.amended": "child referral_ref practitioner",
    "referral.withdrawn": "child referral_ref practitioner reason",
    "no-referral.decided": "child triggers practitioner reason",
    "social-care.referral-received": "child referral_ref",
    "social-care.referral-decided": "child referral_ref decision practitioner",
    "social-care.referrer-told": "child referral_ref",
    "social-care.strategy-discussion-held": "child leads_to",
    "social-care.assessment-started": "child referral_ref",
    "social-care.assessment-completed": "child referral_ref",
    "social-care.conference-held": "child",
    "social-care.case-closed": "child referral_ref",
    "service.referral-made": "child service_ref kind provider sector practitioner",
    "service.referral-accepted": "child service_ref",
    "service.referral-declined": "child service_ref reason_code",
    "service.support-started": "child service_ref",
    "service.support-ended": "child service_ref",
    "oversight.reviewed": "child of practitioner outcome rationale",
    "oversight.audit-graded": "child referral_ref practitioner grades",
    "training.completed": "practitioner course completed_on",
    "gap.answered": "child gap_id practitioner answer reason",
    "alert.acknowledged": "child gap_ids practitioner",
    "alert.taken-in-hand": "child gap_ids practitioner",
    "alert.resolved": "child gap_ids reason practitioner",
    "disagreement.raised": "child referral_ref reason practitioner",
    "disagreement.advanced": "child referral_ref stage practitioner",
    "disagreement.settled": "child referral_ref outcome practitioner",
    "basis.recorded": "child share lawful_basis practitioner",
    "child.restricted": "child reason practitioner",
    "event.retracted": "child retracts practitioner reason",
    "identity.erased": "child_ref record_refs salt",
    "identity.linked": "record_ref child_ref link_version",
    "identity.unlinked": "record_ref child_ref link_version",
}


def test_there_is_a_schema_for_every_type_of_the_contract_and_no_other(
    contracts: Contracts,
) -> None:
    assert contracts.types == {f"{name}.v1" for name in REQUIRED}


@pytest.mark.parametrize("name", REQUIRED)
def test_what_the_contract_marks_is_required_and_nothing_else(
    name: str, contracts: Contracts
) -> None:
    faults = contracts.validate(f"{name}.v1", {})
    assert {fault.code for fault in faults} == {"required"}
    stated = {fault.pointer.removeprefix("/data/") for fault in faults}
    assert stated == set(REQUIRED[name].split())


@pytest.mark.parametrize("name", REQUIRED)
def test_there_are_two_examples_or_more(name: str, examples: Examples) -> None:
    assert len([path for path in examples if path.startswith(f"{name}.v1/")]) >= 2


def test_every_example_is_accepted(contracts: Contracts, examples: Examples) -> None:
    for path, event in examples.items():
        system = event["source"].rpartition("/")[2]
        assert contracts.validate_envelope(event) == [], path
        assert contracts.validate(event["type"], event["data"], system) == [], path
        assert path.startswith(event["type"] + "/"), path


def test_every_example_comes_from_an_agency_that_may_send_it(
    contracts: Contracts, examples: Examples
) -> None:
    for path, event in examples.items():
        agency = event["source"].split("/")[1]
        assert contracts.registry.may_send(agency, event["type"]), path


def test_every_field_of_every_schema_is_shown_in_an_example(
    documents: dict[str, dict[str, Any]], examples: Examples
) -> None:
    shown: dict[str, set[str]] = {}
    for event in examples.values():
        shown.setdefault(event["type"], set()).update(event["data"])
    everywhere = {"recorded_at", "time_precision", "reason_code"}
    for event_type, fields in shown.items():
        stated = set(documents[f"events/{event_type}.json"]["properties"])
        assert stated - fields <= everywhere, event_type


def test_example_ids_are_unique(examples: Examples) -> None:
    keys = [(event["source"], event["id"]) for event in examples.values()]
    assert len(set(keys)) == len(keys)


def test_children_of_examples_are_invented(examples: Examples) -> None:
    for path, event in examples.items():
        child = event["data"].get("child", {})
        assert child.get("given_name", "Invented") == "Invented", path
        assert child.get("nhs_number", "999").startswith("999"), path
        assert child.get("postcode", "ZZ99").startswith("ZZ99"), path


def test_nothing_personal_of_an_example_is_projected(
    contracts: Contracts, examples: Examples
) -> None:
    for path, event in examples.items():
        facts = str(project(contracts, event["type"], event["data"]))
        assert "Invented" not in facts, path
        child = event["data"].get("child", {})
        hidden = child.keys() - {"sex", "ethnicity", "area"}
        assert not [key for key in hidden if child[key] in facts], path
