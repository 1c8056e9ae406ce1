"""Is an event well formed, and may this agency send it? What can be told without memory.

Every fault is found, not only the first. Who may amend, retract, decide or answer what is known
already is decided in `entitlement`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import rfc8785

from services.domain.events import RETRACTED, agency_of
from services.domain.moments import LONDON, london_day, moment, stamp
from services.intake import identity_in_refs
from services.intake.candidates import Answer, Candidate, Offered, refused
from services.intake.identifiers import nhs_number, upn
from services.intake.vault import Vault
from services.runtime.contracts import Contracts, Fault, of_census

AHEAD: Final = timedelta(minutes=5)
"""How far an event may lie in the future: clocks differ."""
MAX_EVENT: Final = 256 * 1024
OWN_TYPES: Final = ("identity.",)
"""Made by our own services inside the vault; nobody sends them."""

LONGEST: Final = 200
MOST_REFS: Final = 200
"""Names and refs that are longer, or more, are refused for that, and are not looked into."""

_SMALL: Final = re.compile(r"[0-9-]{10}[Tt][0-9:.]{8,18}([Zz]|[+-][0-9:]{5})")
_REF_KINDS: Final = ("custody", "incident", "interview", "concern", "referral", "service")


class Judgement:
    """Judges events one at a time, purely; `now` is an argument."""

    def __init__(self, contracts: Contracts, vault: Vault) -> None:
        self._contracts = contracts
        self._vault = vault

    def judge(self, offered: Offered, agency: str, now: datetime) -> Candidate | Answer:
        """Return a candidate, or the refusal with every fault."""
        offered = replace(offered, event=_spelt_large(offered.event))
        event = offered.event
        refusal = self._not_theirs(event, agency)
        if refusal:
            return refused(403, refusal, event)
        faults = self._faults(offered, agency, now)
        if faults:
            return refused(422, "invalid-event", event, tuple(faults))
        canonical = _canonical(event)
        if len(canonical) > MAX_EVENT:
            return refused(413, "event-too-large", event)
        return replace(self._candidate(event, agency, canonical), original=offered.original)

    def _not_theirs(self, event: object, agency: str) -> str | None:
        """Return the code of a refusal for what only others may say."""
        if not isinstance(event, Mapping):
            return None
        source, stated = event.get("source"), event.get("type")
        if isinstance(source, str) and source and agency_of(source) != agency:
            return "not-your-source"
        if not isinstance(stated, str) or stated not in self._contracts.types:
            return None
        own = stated.startswith(OWN_TYPES)
        if own or not self._contracts.registry.may_send(agency, stated):
            return "type-not-allowed"
        return None

    def _faults(self, offered: Offered, agency: str, now: datetime) -> list[Fault]:
        event = offered.event
        flaws = list(offered.flaws)
        found = self._contracts.validate_envelope(event)
        if isinstance(event, Mapping):
            found += self._data_faults(event)
            found += _time_faults(event, now, self._contracts.first_day)
            found += _precision_faults(event)
            found += _own_identity_faults(event, agency)
        hidden = _Hidden(flaws)
        return sorted({*flaws, *(fault for fault in found if fault not in hidden)})

    def _data_faults(self, event: Mapping[str, Any]) -> list[Fault]:
        stated, source = event.get("type"), event.get("source")
        if not isinstance(stated, str) or stated not in self._contracts.types:
            return []
        system = source.rpartition("/")[2] if isinstance(source, str) else None
        return (
            self._contracts.validate(stated, event.get("data"), system) if "data" in event else []
        )

    def _candidate(self, event: Mapping[str, Any], agency: str, canonical: bytes) -> Candidate:
        stated = event["data"]
        child = stated.get("child")
        known = child.get("child_ref") if child else None
        practitioner = stated.get("practitioner")
        refs = tuple(_refs(stated))
        return Candidate(
            event=event,
            source=event["source"],
            id=event["id"],
            type=event["type"],
            time=moment(event["time"]),
            agency=agency,
            body_mac=self._vault.mac("body", canonical),
            child=child if child and not known else None,
            child_ref=known,
            staff_mac=(
                self._vault.mac("staff", agency, practitioner["ref"]) if practitioner else None
            ),
            refs=refs,
            retracts=_target(event),
            **self._identity_macs(agency, child or {}),
            warnings=_warnings(event, child or {}),
        )

    def _identity_macs(self, agency: str, child: Mapping[str, Any]) -> dict[str, Any]:
        nhs, pupil = nhs_number(child.get("nhs_number", "")), upn(child.get("upn", ""))
        born, local_id = child.get("date_of_birth"), child.get("local_id")
        mac = self._vault.mac
        return {
            "local_id_mac": mac("local-id", agency, local_id) if local_id else None,
            "nhs_mac": mac("nhs-number", nhs) if nhs else None,
            "upn_mac": mac("upn", pupil) if pupil else None,
            "birth_mac": mac("birth-date", born) if born else None,
        }


def _canonical(event: Mapping[str, Any]) -> bytes:
    """What two sendings of one event are compared by: extensions are left out."""
    body = {name: event[name] for name in ("source", "id", "type", "data")}
    return rfc8785.dumps({**body, "time": stamp(moment(event["time"]))})


def _spelt_large(event: object) -> object:
    """The event with its time's `t` and `z`, which RFC 3339 allows, as everybody writes them."""
    if not isinstance(event, Mapping) or not isinstance(event.get("time"), str):
        return event
    said = event["time"]
    return {**event, "time": said.upper()} if _SMALL.fullmatch(said) else event


def _moment(event: Mapping[str, Any]) -> datetime | None:
    """When it happened; None where that is not said, or not rightly."""
    try:
        return moment(event.get("time", ""))
    except (TypeError, ValueError, OverflowError):
        return None


def _time_faults(event: Mapping[str, Any], now: datetime, first: date) -> Iterator[Fault]:
    at = _moment(event)
    if at is None:
        return
    if at > now + AHEAD:
        yield Fault("/time", "in-the-future", "This lies in the future.")
    if london_day(at) < first:
        yield Fault("/time", "before-calendar", f"This is before {first}, the first day judged.")


def _precision_faults(event: Mapping[str, Any]) -> Iterator[Fault]:
    """Only the census states a mere day, which forgives what is late within it."""
    body, stated, source = (event.get(name) for name in ("data", "type", "source"))
    if not isinstance(body, Mapping) or body.get("time_precision") != "day":
        return
    at = _moment(event)
    census = (
        isinstance(stated, str)
        and isinstance(source, str)
        and of_census(stated, source.rpartition("/")[2])
    )
    if not census or (at is not None and at.astimezone(LONDON).time() != time()):
        message = "Only the census may state a day, and its time is 00:00 in London."
        yield Fault("/data/time_precision", "day-not-allowed", message)


def _own_identity_faults(event: Mapping[str, Any], agency: str) -> list[Fault]:
    body = event.get("data")
    child = body.get("child") if isinstance(body, Mapping) else None
    if not isinstance(child, Mapping):
        return []
    who = {name: said for name, said in child.items() if len(str(said)) <= LONGEST}
    refs = [one for one in identity_in_refs.refs_of(event)[:MOST_REFS] if len(one[1]) <= LONGEST]
    return identity_in_refs.faults([who], refs, agency)


class _Hidden:
    """Faults of which a flaw of the JSON, at their place or above it, already says why."""

    def __init__(self, flaws: Iterable[Fault]) -> None:
        kinds = {True: set[str](), False: set[str]()}
        for flaw in flaws:
            kinds[flaw.code in {"duplicate-key", "unsafe-character"}].add(flaw.pointer)
        self._whole = kinds[False]
        self._places = kinds[False] | kinds[True]

    def __contains__(self, fault: Fault) -> bool:
        if fault.pointer in self._places:
            return True
        parts = fault.pointer.split("/")
        return any("/".join(parts[:count]) in self._whole for count in range(1, len(parts)))


def _refs(stated: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (kind, ref) of every reference, each once."""
    for kind in _REF_KINDS:
        if ref := stated.get(f"{kind}_ref"):
            yield kind, ref
    for ref in dict.fromkeys(stated.get("triggers", ())):
        yield "trigger", ref
    if work := stated.get("of"):
        yield ("trigger" if work["kind"] == "no-referral" else work["kind"]), work["ref"]


def _target(event: Mapping[str, Any]) -> tuple[str, str] | None:
    if event["type"] != RETRACTED:
        return None
    target = event["data"]["retracts"]
    return target["source"], target["id"]


def _warnings(event: Mapping[str, Any], child: Mapping[str, Any]) -> tuple[str, ...]:
    """Codes of what is odd but no reason to refuse."""
    odd = []
    if child.get("nhs_number") and not nhs_number(child["nhs_number"]):
        odd.append("nhs-number-check")
    if child.get("upn") and not upn(child["upn"]):
        odd.append("upn-check")
    if any(
        identity_in_refs.looks_like_identifier(ref) for _, ref in identity_in_refs.refs_of(event)
    ):
        odd.append("reference-looks-like-identifier")
    return tuple(odd)
