"""FHIR message bundles of our own making, in the shape that BaRS gives them."""

from typing import Any

NHS = "https://fhir.nhs.uk/Id/nhs-number"
Resource = dict[str, Any]


def patient(**more: Any) -> Resource:  # noqa: ANN401 - any element
    return {
        "resourceType": "Patient", "id": "patient-1",
        "identifier": [{"system": NHS, "value": "9990000018"}, {"system": "local", "value": "H-1"}],
        "name": [{"given": ["Ada", "Grace"], "family": "Zquxfamily"}],
        "birthDate": "2010-02-11", "gender": "female",
        "address": [{"line": ["1 Zquxlane"], "postalCode": "NR1 1AA"}],
        "telecom": [{"system": "phone", "value": "zqux-phone"}],
        "extension": [{
            "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory",
            "valueCodeableConcept": {"coding": [{"code": "M"}]},
        }],
    } | more  # fmt: skip


def request(**more: Any) -> Resource:  # noqa: ANN401 - any element
    return {
        "resourceType": "ServiceRequest", "id": "request-1", "status": "active", "intent": "order",
        "identifier": [{"system": "https://example.test/refs", "value": "H-REF-1"}],
        "authoredOn": "2026-03-03T22:10:00+00:00", "priority": "urgent",
        "subject": {"reference": "urn:uuid:patient"},
        "requester": {"reference": "PractitionerRole/role-1"},
        "reasonCode": [{"text": "Found with a knife.", "coding": [{"code": "knife"}]}],
        "occurrencePeriod": {"end": "2026-03-04T00:00:00Z"},
    } | more  # fmt: skip


def bundle(*more: Resource, reason: str = "new", **said: Any) -> Resource:  # noqa: ANN401 - any element
    parts = {
        "urn:uuid:header": {
            "resourceType": "MessageHeader",
            "eventCoding": {"code": "servicerequest-request"},
            "reason": {"coding": [{"code": reason}]},
            "focus": [{"reference": "urn:uuid:request"}],
        },
        "urn:uuid:request": said.pop("request", request()),
        "urn:uuid:patient": said.pop("patient", patient()),
        "urn:uuid:role": {
            "resourceType": "PractitionerRole", "id": "role-1", "code": [{"text": "paediatrician"}],
            "practitioner": {"reference": "urn:uuid:doctor"},
        },
        "urn:uuid:doctor": {
            "resourceType": "Practitioner", "identifier": [{"value": "GMC-1"}],
            "name": [{"family": "Zquxdoctor"}],
        },
        "urn:uuid:plan": {"resourceType": "CarePlan", "description": "See her today."},
        "urn:uuid:seen": {"resourceType": "Observation", "valueString": "A cut on her hand."},
        "urn:uuid:flag": {"resourceType": "Flag", "code": {"text": "zquxflag"}},
    } | {f"urn:uuid:more-{place}": one for place, one in enumerate(more)}  # fmt: skip
    return {
        "resourceType": "Bundle", "type": "message", "id": "bundle-1",
        "timestamp": "2026-03-03T22:11:00Z",
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in parts.items()],
    } | said  # fmt: skip
