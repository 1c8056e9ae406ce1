"""Does exactly what may leave the vault leave it?"""

from services.runtime.contracts import Contracts
from services.runtime.projection import project


def test_codes_refs_and_moments_leave_and_identity_and_text_stay(contracts: Contracts) -> None:
    facts = project(
        contracts,
        "police.child-detained.v1",
        {
            "child": {"local_id": "C-1", "family_name": "Nobody", "sex": "F", "area": "E10000020"},
            "custody_ref": "CUS-1",
            "station": "wymondham",
            "offences": ["something written"],
            "practitioner": {"ref": "PC-1", "role": "officer", "unit": "custody"},
            "indicators": ["weapon"],
            "appropriate_adult": {"arrived_at": "2026-07-01T15:05:00.500+01:00"},
            "released_at": "2026-07-01T19:00:00+01:00",
        },
    )
    assert facts == {
        "child": {"sex": "F", "area": "E10000020"},
        "custody_ref": "CUS-1",
        "station": "wymondham",
        "practitioner": {"role": "officer", "unit": "custody"},
        "indicators": ["weapon"],
        "appropriate_adult": {"arrived_at": "2026-07-01T14:05:00.500000Z"},
        "released_at": "2026-07-01T18:00:00Z",
    }


def test_an_open_word_that_is_no_code_leaves_as_other(contracts: Contracts) -> None:
    facts = project(
        contracts,
        "training.completed.v1",
        {
            "practitioner": {"ref": "N-1", "role": "Nurse Nobody", "unit": "response"},
            "course": "A course nobody listed",
            "completed_on": "2026-01-10",
        },
    )
    assert facts == {
        "practitioner": {"role": "other", "unit": "response"},
        "course": "other",
        "completed_on": "2026-01-10",
    }


def test_of_the_agencies_that_attended_only_registered_ones_are_named(contracts: Contracts) -> None:
    attended = ["norfolk-police", "health", "Mr Nobody"]
    data = {"child": {"local_id": "C"}, "leads_to": "none", "attended": attended}
    facts = project(contracts, "social-care.strategy-discussion-held.v1", data)
    assert facts["attended"] == ["norfolk-police", "health", "other"]


def test_a_dimension_that_is_no_code_stays(contracts: Contracts) -> None:
    data = {"child": {"child_ref": "abc"}, "grades": {"overall": "good", "Mr Nobody": "good"}}
    facts = project(contracts, "oversight.audit-graded.v1", data)
    assert facts == {"child": {}, "grades": {"overall": "good"}}


def test_of_a_referral_the_features_leave_and_the_words_stay(contracts: Contracts) -> None:
    facts = project(
        contracts,
        "referral.made.v1",
        {
            "child": {"local_id": "C-1"},
            "referral_ref": "R-1",
            "triggers": ["CUS-1"],
            "practitioner": {"ref": "PC-1", "role": "officer"},
            "sent_to": "E10000020",
            "urgency": "standard",
            "harms": ["knife"],
            "reason": {"why": "words"},
            "information": {"address": "words"},
            "history": {"previous_incidents_considered": True, "note": "words"},
            "screening": {"exploitation": "done"},
        },
    )
    assert facts == {
        "child": {},
        "referral_ref": "R-1",
        "triggers": ["CUS-1"],
        "practitioner": {"role": "officer"},
        "sent_to": "E10000020",
        "urgency": "standard",
        "harms": ["knife"],
        "history": {"previous_incidents_considered": True},
        "screening": {"exploitation": "done"},
    }
