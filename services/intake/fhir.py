"""Which referral does a FHIR message bundle make? Purely; what has no place with us is listed.

Read are bundles of the kind that the NHS Booking and Referral Standard (BaRS) sends: a message
whose header names a ServiceRequest. Nothing here was tested against the standard's own suites.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.domain.events import AMENDED, MADE, WITHDRAWN
from services.intake.bundle import Bundle, Unfit, element, listed, word, words

SYSTEM: Final = "fhir"
"""The source system of what comes from a bundle."""
REQUEST: Final = "servicerequest-request"
NHS_NUMBER: Final = "https://fhir.nhs.uk/Id/nhs-number"
_ETHNIC: Final = "EthnicCategory"
_REASONS: Final = {"new": MADE, "update": AMENDED}
_ENDED: Final = frozenset({"revoked", "entered-in-error"})
_URGENCY: Final = {
    "routine": "standard",
    "urgent": "same-day",
    "asap": "same-day",
    "stat": "immediate",
}
_SEX: Final = {"male": "M", "female": "F", "other": "U", "unknown": "U"}
_ETHNICITY: Final = {
    "A": "WBRI", "B": "WIRI", "C": "WOTH", "D": "MWBC", "E": "MWBA", "F": "MWAS", "G": "MOTH",
    "H": "AIND", "J": "APKN", "K": "ABAN", "L": "AOTH", "M": "BCRB", "N": "BAFR", "P": "BOTH",
    "R": "CHNE", "S": "OOTH",
}  # fmt: skip
"""The NHS's ethnic categories of 2001 in DfE's codes; what is not stated (Z, 99) stays unmapped."""
_DATE: Final = len("2010-02-11")


@dataclass(frozen=True, slots=True)
class Mapped:
    """The event of a bundle, without its source; `unmapped` are FHIRPaths, `notes` plain words."""

    event: dict[str, Any]
    unmapped: Sequence[str]
    notes: Sequence[str]
    paths: Mapping[str, str]
    """Where in the bundle each field of the event was read, by its pointer."""


@dataclass(slots=True)
class _Reader:
    """Takes the parts of one bundle."""

    bundle: Bundle
    harms: frozenset[str]
    area: str | None
    notes: list[str] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)

    def event(self) -> dict[str, Any]:
        header = self.bundle.only("MessageHeader")
        if self.bundle.take(header, "eventCoding", "code") != REQUEST:
            raise Unfit("not-supported", "MessageHeader.eventCoding", f"Only {REQUEST} is read.")
        request = self.bundle.followed(header, "focus") or self.bundle.only("ServiceRequest")
        kind = self._kind(header, request)
        at = self._said("/time", request, "authoredOn") or self.bundle.stated("timestamp")
        said: dict[str, Any] = {"child": self._child(request), "practitioner": self._who(request)}
        said["referral_ref"] = self._ref(request)
        said |= self._withdrawn(request) if kind == WITHDRAWN else self._referral(request, kind)
        event_id = element(self.bundle.stated("identifier"), "value") or self.bundle.stated("id")
        self.paths["/id"] = "Bundle.identifier.value"
        event = {"specversion": "1.0", "id": event_id, "type": kind, "time": at, "data": said}
        return {name: value for name, value in event.items() if value is not None}

    def _kind(self, header: Mapping[str, Any], request: Mapping[str, Any]) -> str:
        if self.bundle.take(request, "status") in _ENDED:
            return WITHDRAWN
        codes = [word(one, "code") for one in listed(self.bundle.take(header, "reason", "coding"))]
        kind = next((_REASONS[code] for code in codes if code in _REASONS), None)
        if kind is None:
            raise Unfit(
                "not-supported", "MessageHeader.reason", "The reason must be new or update."
            )
        return kind

    def _said(self, pointer: str, resource: Mapping[str, Any], *steps: str) -> Any:  # noqa: ANN401 - FHIR holds anything
        """Take a value, and note where it was read."""
        self.paths[pointer] = self.bundle.path(resource, *steps)
        return self.bundle.take(resource, *steps)

    def _child(self, request: Mapping[str, Any]) -> dict[str, Any]:
        patient = self.bundle.followed(request, "subject") or self.bundle.only("Patient")
        numbers: list[str] = []
        own: list[str] = []
        for one in listed(self._said("/data/child/nhs_number", patient, "identifier")):
            found = numbers if word(one, "system") == NHS_NUMBER else own
            found.append(word(one, "value"))
        number = next((n.replace(" ", "") for n in numbers if n), None)
        name = next(iter(listed(self._said("/data/child/given_name", patient, "name"))), {})
        born = self._said("/data/child/date_of_birth", patient, "birthDate")
        address = next(iter(listed(self._said("/data/child/postcode", patient, "address"))), {})
        child = {
            "local_id": next((n for n in own if n), None) or word(patient, "id") or number,
            "nhs_number": number,
            "given_name": " ".join(words(element(name, "given"))) or None,
            "family_name": word(name, "family"),
            "date_of_birth": born if isinstance(born, str) and len(born) == _DATE else None,
            "postcode": word(address, "postalCode"),
            "sex": _SEX.get(str(self.bundle.take(patient, "gender"))),
            "ethnicity": self._ethnicity(patient),
        }
        self.paths["/data/child/local_id"] = self.paths["/data/child/nhs_number"]
        self.paths["/data/child/family_name"] = self.paths["/data/child/given_name"]
        return {field_: value for field_, value in child.items() if value is not None}

    def _ethnicity(self, patient: Mapping[str, Any]) -> str | None:
        """The ethnic category of UK Core, where it has a place among DfE's codes."""
        for one in listed(patient.get("extension")):
            if word(one, "url").endswith(_ETHNIC):
                for coding in listed(element(one, "valueCodeableConcept", "coding")):
                    if (found := _ETHNICITY.get(word(coding, "code"))) is not None:
                        self.bundle.take(patient, "extension")
                        return found
        return None

    def _who(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Who refers: a practitioner, by way of a role where one is named, else an organisation."""
        asked = self.bundle.followed(request, "requester") or {}
        self.paths["/data/practitioner/ref"] = self.bundle.path(request, "requester")
        role = next(iter(_concept(self.bundle.take(asked, "code"))), "") if asked else ""
        person = self.bundle.followed(asked, "practitioner") or asked
        numbers = (word(one, "value") for one in listed(self.bundle.take(person, "identifier")))
        who = {"ref": next((n for n in numbers if n), None) or word(person, "id")}
        return {key: said for key, said in {**who, "role": role or "other"}.items() if said}

    def _ref(self, request: Mapping[str, Any]) -> str | None:
        stated = listed(self._said("/data/referral_ref", request, "identifier"))
        return next((word(one, "value") for one in stated), None) or word(request, "id") or None

    def _withdrawn(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return {"reason": self._texts(request, "statusReason", "note")}

    def _referral(self, request: Mapping[str, Any], kind: str) -> dict[str, Any]:
        priority = self._said("/data/urgency", request, "priority") or "routine"
        self.paths["/data/sent_to"] = "MessageHeader.destination"
        if kind == MADE:
            self.notes.append("The bundle names no area: the sender's own was taken.")
        said = {
            "sent_to": self.area if kind == MADE else None,
            "route": "system",
            "urgency": _URGENCY.get(str(priority)),
            "harms": self._harms(request),
            "reason": self._reason(request),
        }
        return {name: value for name, value in said.items() if value is not None}

    def _harms(self, request: Mapping[str, Any]) -> list[str]:
        """Our own codes among the request's reasons; other codes are no harm that we know."""
        coded = [
            word(coding, "code")
            for reason in listed(request.get("reasonCode"))
            for coding in listed(element(reason, "coding"))
        ]
        found = [code for code in dict.fromkeys(coded) if code in self.harms]
        if not found:
            self.notes.append("No harm is coded as we code harms: `other` was taken.")
        return found or ["other"]

    def _reason(self, request: Mapping[str, Any]) -> dict[str, str]:
        seen = [self._texts(one, "valueString", "note") for one in self.bundle.all("Observation")]
        seen += [self._texts(one, "reasonCode") for one in self.bundle.all("Encounter")]
        plans = [self._texts(one, "description", "note") for one in self.bundle.all("CarePlan")]
        said = {
            "why": self._texts(request, "reasonCode", "note"),
            "evidence": "\n".join(filter(None, seen)),
            "ask": "\n".join(filter(None, [self._texts(request, "orderDetail"), *plans])),
        }
        self.paths["/data/reason/why"] = self.bundle.path(request, "reasonCode")
        return {name: text for name, text in said.items() if text or name == "why"}

    def _texts(self, resource: Mapping[str, Any], *names: str) -> str:
        """The words of some elements: of concepts their text or display, of notes their text."""
        found = [text for name in names for text in _concept(self.bundle.take(resource, name))]
        return "\n".join(dict.fromkeys(found))


def read(bundle: Bundle, harms: frozenset[str], area: str | None) -> Mapped:
    """Map a bundle; `area` is where its sender refers to. Raises Unfit."""
    reader = _Reader(bundle, harms, area)
    event = reader.event()
    return Mapped(event, list(bundle.left()), reader.notes, reader.paths)


def _concept(content: object) -> Iterator[str]:
    """The words in a text, an annotation or a concept, or in a list of such."""
    for one in content if isinstance(content, list) else [content]:
        if isinstance(one, str):
            yield one
        elif text := word(one, "text"):
            yield text
        else:
            shown = (word(coding, "display") for coding in listed(element(one, "coding")))
            yield from (said for said in shown if said)
