"""Which agencies are there, and what may each of them say?"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any


class RegistryFaults(ValueError):
    """The registry cannot be used; `pointers` names every fault."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__("agencies.toml: " + "; ".join(pointers))
        self.pointers = pointers


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency: its areas are ONS codes, `may_send` are type patterns."""

    id: str
    name: str
    kind: str
    areas: tuple[str, ...]
    topic: str
    may_send: tuple[str, ...]


def matches(pattern: str, event_type: str) -> bool:
    """Whether a type pattern allows a type: exact, `family.*`, or `*` for everything."""
    if pattern.endswith("*"):
        return event_type.startswith(pattern[:-1])
    return event_type == pattern


@dataclass(frozen=True)
class Registry:
    """Every agency, by its id (the first part of an event's source)."""

    agencies: Mapping[str, Agency]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Registry":
        """Read schemas/agencies.toml (its header states the shape).

        Raises:
            RegistryFaults: every fault, by pointer.

        """
        kinds = _table(content, "kinds")
        stated = _table(content, "agencies")
        faults = [
            fault for name, kind in kinds.items() for fault in _kind_faults(f"/kinds/{name}", kind)
        ] + [
            fault
            for name, agency in stated.items()
            for fault in _agency_faults(f"/agencies/{name}", agency, kinds)
        ]
        if faults:
            raise RegistryFaults(faults)
        return cls({name: _agency(name, stated[name], kinds) for name in stated})

    def topic_of(self, agency: str) -> str:
        """The events topic of an agency's kind; KeyError when nobody knows the agency."""
        return self.agencies[agency].topic

    def may_send(self, agency: str, event_type: str) -> bool:
        """Whether the registry lets an agency send a type; an unknown agency may send nothing."""
        known = self.agencies.get(agency)
        return known is not None and any(matches(pattern, event_type) for pattern in known.may_send)

    def social_care_of(self, area: str) -> str | None:
        """The social care that holds an area's referrals, None where nobody is registered."""
        return self._social_care.get(area)

    def name_of(self, agency: str) -> str | None:
        """An agency's name as a reader is told it, None where nobody knows the agency."""
        known = self.agencies.get(agency)
        return known.name if known else None

    @cached_property
    def _social_care(self) -> dict[str, str]:
        return {
            area: agency.id
            for agency in reversed(list(self.agencies.values()))
            if agency.kind == "social-care"
            for area in agency.areas
        }


def _table(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = content.get(key)
    if not isinstance(table, Mapping) or not table:
        raise RegistryFaults([f"/{key}: not a table"])
    return table


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _kind_faults(pointer: str, kind: object) -> list[str]:
    if not isinstance(kind, Mapping):
        return [f"{pointer}: not a table"]
    faults = [] if isinstance(kind.get("topic"), str) else [f"{pointer}/topic: not a text"]
    return faults + ([] if _texts(kind.get("may_send")) else [f"{pointer}/may_send: not texts"])


def _agency_faults(pointer: str, agency: object, kinds: Mapping[str, Any]) -> list[str]:
    if not isinstance(agency, Mapping):
        return [f"{pointer}: not a table"]
    faults = [] if isinstance(agency.get("name"), str) else [f"{pointer}/name: not a text"]
    if agency.get("kind") not in kinds:
        faults.append(f"{pointer}/kind: not one of [kinds]")
    if not _texts(agency.get("areas")):
        faults.append(f"{pointer}/areas: not texts")
    if "may_send" in agency and not _texts(agency["may_send"]):
        faults.append(f"{pointer}/may_send: not texts")
    return faults


def _agency(name: str, stated: Mapping[str, Any], kinds: Mapping[str, Any]) -> Agency:
    kind = kinds[stated["kind"]]
    return Agency(
        id=name,
        name=stated["name"],
        kind=stated["kind"],
        areas=tuple(stated["areas"]),
        topic=kind["topic"],
        may_send=tuple(stated.get("may_send", kind["may_send"])),
    )
