"""What does a children in need census say happened? Facts as events, read from DfE's XML.

Pure: bytes and the day go in; every fact that the file states comes out, as the event that it
gives or with the reason why it gives none. A census states days: `time` is 00:00 in London.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from services.domain.moments import LONDON, stamp
from services.intake.census_children import Stated, child_of, code, text
from services.intake.facts import Fact, Unreadable
from services.intake.safe_xml import UnsafeXml, root_of, stretches
from services.runtime.contracts import Fault

SYSTEM: Final = "cin-census"
RECEIVED: Final = "social-care.referral-received.v1"
DECIDED: Final = "social-care.referral-decided.v1"
DISCUSSED: Final = "social-care.strategy-discussion-held.v1"
CONFERENCE: Final = "social-care.conference-held.v1"
STARTED: Final = "social-care.assessment-started.v1"
COMPLETED: Final = "social-care.assessment-completed.v1"
CLOSED: Final = "social-care.case-closed.v1"

_TRUE: Final = frozenset({"1", "true"})
_FALSE: Final = frozenset({"0", "false"})
OTHER_AUTHORITY: Final = Fault(
    "/Header/Source/LEA", "other-authority", "The file names another authority than the sender's."
)


@dataclass(frozen=True, slots=True)
class Places:
    """What codes mean: code sets, the ONS areas of the sender and of DfE's numbers; `first` day."""

    codes: Mapping[str, Collection[str]]
    lea: Mapping[str, str]
    areas: Collection[str]
    first: date


@dataclass(slots=True)
class _Episode:
    """One CINdetails on its way into facts."""

    details: Element
    pointer: str
    child: Stated
    places: Places
    today: date
    numbers: tuple[int, int]
    coined_from: tuple[str, ...]
    warnings: list[Fault] = field(default_factory=list)

    def facts(self) -> Iterator[Fact]:
        """Yield the facts of the episode, their rows still unnumbered."""
        refused_at_once = self._no_further_action()
        yield self._fact(self.details, "CINreferralDate", RECEIVED, self._received(), owed=True)
        if refused_at_once:
            decision = {"decision": "no-further-action"}
            yield self._fact(self.details, "CINreferralDate", DECIDED, decision, owed=True)
        for place, assessment in enumerate(self.details.findall("Assessments"), 1):
            yield from self._assessment(assessment, f"/Assessments[{place}]")
        for place, section in enumerate(self.details.findall("Section47"), 1):
            where = f"/Section47[{place}]"
            leads = {"leads_to": "section-47"}
            yield from self._stated(section, "S47ActualStartDate", DISCUSSED, leads, where)
            yield from self._stated(section, "DateOfInitialCPC", CONFERENCE, {}, where)
        yield from self._stated(self.details, "DateOfInitialCPC", CONFERENCE, {})
        yield from self._stated(self.details, "CINclosureDate", CLOSED, self._closure())

    def _received(self) -> dict[str, Any]:
        return code(
            text(self.details, "ReferralSource"), "referral_source",
            self.places.codes["referral-source"], "/ReferralSource", self.warnings,
        )  # fmt: skip

    def _closure(self) -> dict[str, Any]:
        return code(
            text(self.details, "ReasonForClosure"), "reason_for_closure",
            self.places.codes["closure-reason"], "/ReasonForClosure", self.warnings,
        )  # fmt: skip

    def _no_further_action(self) -> bool:
        """A true ReferralNFA is a decision, taken on the day of the referral."""
        said = (text(self.details, "ReferralNFA") or "").lower()
        if said and said not in _TRUE | _FALSE:
            self.warnings.append(_unknown_code("/ReferralNFA"))
        return said in _TRUE

    def _assessment(self, assessment: Element, where: str) -> Iterator[Fact]:
        factors: list[str] = []
        for each in assessment.iterfind("FactorsIdentifiedAtAssessment/AssessmentFactors"):
            known = code(
                (each.text or "").strip(), "factor", self.places.codes["factor"],
                where + "/FactorsIdentifiedAtAssessment", self.warnings,
            )  # fmt: skip
            factors.extend(known.values())
        done = {"factors": list(dict.fromkeys(factors))} if factors else {}
        yield from self._stated(assessment, "AssessmentActualStartDate", STARTED, {}, where)
        yield from self._stated(assessment, "AssessmentAuthorisationDate", COMPLETED, done, where)

    def _stated(
        self, element: Element, name: str, kind: str, said: Mapping[str, Any], where: str = ""
    ) -> Iterator[Fact]:
        """Yield the fact of a date where there is one."""
        if text(element, name):
            yield self._fact(element, name, kind, said, where)

    def _fact(  # noqa: PLR0913 - what a fact is made of
        self, element: Element, name: str, kind: str, said: Mapping[str, Any], where: str = "",
        *, owed: bool = False,
    ) -> Fact:  # fmt: skip
        pointer = f"{self.pointer}{where}/{name}"
        day, fault = _day(text(element, name), pointer, self.places.first, self.today)
        errors = list(self.child.errors)
        if fault and (owed or fault.code != "required"):
            errors.append(fault)
        warnings = [*self.child.warnings, *self.warnings] if kind == RECEIVED else self.warnings[:]
        self.warnings.clear()
        event = None if errors or day is None else self._event(kind, day, said)
        child, referral = self.numbers
        return Fact(
            0, pointer, kind, child, referral, self.coined_from, event, tuple(errors),
            tuple(Fault(_at(w, self.pointer), w.code, w.message) for w in warnings),
        )  # fmt: skip

    def _event(self, kind: str, day: date, said: Mapping[str, Any]) -> dict[str, Any]:
        body = {"child": dict(self.child.child), **said, "time_precision": "day"}
        at = datetime.combine(day, time(), LONDON)
        return {"specversion": "1.0", "type": kind, "time": stamp(at), "data": body}


def read(content: bytes, places: Places, today: date) -> list[Fact]:
    """Return every fact that the file states, in its order.

    Raises:
        Unreadable: as `check` says.

    """
    root = _root(content)
    lea = text(root, "Header/Source/LEA")
    foreign = lea is not None and places.lea.get(lea) not in places.areas
    facts: list[Fact] = []
    referral = 0
    for number, element in enumerate(root.iterfind("Children/Child"), 1):
        child = child_of(element, f"/Children/Child[{number}]", places.codes, today)
        if foreign:
            child.warnings.insert(0, OTHER_AUTHORITY)
        same_day: Counter[str] = Counter()
        for place, details in enumerate(element.findall("CINdetails"), 1):
            referral += 1
            day = text(details, "CINreferralDate") or ""
            same_day[day] += 1
            pointer = f"/Children/Child[{number}]/CINdetails[{place}]"
            coined_from = (child.local_id, day, str(same_day[day]))
            episode = _Episode(
                details, pointer, child, places, today, (number, referral), coined_from
            )
            facts.extend(episode.facts())
    return [_numbered(fact, row) for row, fact in enumerate(facts, 1)]


def check(content: bytes) -> None:
    """Say at the door whether this is a census at all; keeps nothing, however large it is.

    Raises:
        UnsafeXml: as `safe_xml` says, and `not-a-census`.

    """
    if root_of(stretches(content)) != "Message":
        raise UnsafeXml("not-a-census")


def _root(content: bytes) -> Element:
    try:
        check(content)
        root: Element = fromstring(content, forbid_dtd=True)
    except UnsafeXml as error:
        raise Unreadable(error.code) from None
    except (ParseError, ValueError, LookupError):
        raise Unreadable("not-xml") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.find("Children") is None:
        raise Unreadable("not-a-census")
    return root


def _day(
    stated: str | None, pointer: str, first: date, today: date
) -> tuple[date | None, Fault | None]:
    if not stated:
        return None, Fault(pointer, "required", "The date is missing.")
    try:
        day = datetime.strptime(stated, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None, Fault(pointer, "invalid-date", "This is no date like 2026-01-31.")
    if day < first:
        return None, Fault(pointer, "before-calendar", f"This is before {first}.")
    if day > today:
        return None, Fault(pointer, "in-the-future", "This date lies in the future.")
    return day, None


def _unknown_code(pointer: str) -> Fault:
    return Fault(pointer, "unknown-code", "This code is not known; it was left out.")


def _at(warning: Fault, pointer: str) -> str:
    """Place a warning of the episode under it; those of child and header say where they are."""
    known = warning.pointer.startswith(("/Header", "/Children"))
    return warning.pointer if known else pointer + warning.pointer


def _numbered(fact: Fact, row: int) -> Fact:
    return Fact(
        row, fact.pointer, fact.type, fact.child, fact.referral, fact.coined_from, fact.event,
        fact.errors, fact.warnings,
    )  # fmt: skip
