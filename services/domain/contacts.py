"""Whom does a step of a ladder tell? Never nobody: a step without an address falls to the next."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.domain.alert_policy import LAST, Step
from services.domain.registry import Registry

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
_OF_AGENCY: Final = frozenset({"duty", "supervisor", "head", "weekly"})
_OF_UNIT: Final = frozenset({"duty", "supervisor"})


class ContactFaults(ValueError):
    """The contacts cannot be used; `pointers` names every fault and repeats no address."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__("contacts.toml: " + "; ".join(pointers))
        self.pointers = pointers


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a step tells; `fell` counts the steps without an address that were passed over."""

    addresses: tuple[str, ...]
    fell: int


@dataclass(frozen=True)
class Contacts:
    """contacts.toml: addresses by agency, unit and role; `last` is always there."""

    last: str
    agencies: Mapping[str, Mapping[str, Any]]
    registry: Registry

    @classmethod
    def parse(
        cls, content: Mapping[str, Any], registry: Registry, units: Collection[str]
    ) -> "Contacts":
        """Read contacts.toml (its header states the shape).

        Raises:
            ContactFaults: every fault, by pointer.

        """
        agencies = content.get("agencies", {})
        faults = [f"/{key}: unknown" for key in content if key not in {"schema", LAST, "agencies"}]
        if not _is_address(content.get(LAST)):
            faults.append(f"/{LAST}: no address: somebody must always be told")
        if not isinstance(agencies, Mapping):
            raise ContactFaults([*faults, "/agencies: not a table"])
        for name, agency in agencies.items():
            faults += _agency_faults(f"/agencies/{name}", name, agency, registry, units)
        if faults:
            raise ContactFaults(faults)
        return cls(content[LAST], agencies, registry)

    def told(
        self,
        steps: Sequence[Step],
        step: int,
        agency: str,
        unit: str | None,
        refused: Collection[str] = (),
    ) -> Told:
        """Whom a step (from 1) tells, those who refuse mail left out; at the end it is `last`.

        `last` is told even where its address refuses: there is nobody behind it.
        """
        for fell, each in enumerate(steps[step - 1 :]):
            found = dict.fromkeys(
                address
                for role in each.tell
                for address in self._addresses(role, agency, unit)
                if address not in refused or role == LAST
            )
            if found:
                return Told(tuple(found), fell)
        return Told((self.last,), max(len(steps) - step, 0))

    def weekly(self, agency: str) -> str | None:
        """Who reads an agency's weekly report; None where nobody is named."""
        address: str | None = self.agencies.get(agency, {}).get("weekly")
        return address

    def _addresses(self, role: str, agency: str, unit: str | None) -> Iterator[str]:
        if role == LAST:
            yield self.last
        elif role == "reviewer":
            for reviewer in self._reviewers(agency):
                yield from self._addresses("duty", reviewer, None)
        else:
            own = "duty" if role == "unit" else role
            stated = self.agencies.get(agency, {})
            of_unit = stated.get("units", {}).get(unit, {}).get(own) if role != "duty" else None
            found = of_unit or stated.get(own)
            if found:
                yield found

    def _reviewers(self, agency: str) -> list[str]:
        known = self.registry.agencies.get(agency)
        areas = set(known.areas) if known else set()
        return [
            each.id
            for each in self.registry.agencies.values()
            if each.kind == "reviewer" and areas.intersection(each.areas)
        ]


def _is_address(stated: object) -> bool:
    return isinstance(stated, str) and _ADDRESS.fullmatch(stated) is not None


def _agency_faults(
    at: str, name: str, stated: object, registry: Registry, units: Collection[str]
) -> list[str]:
    if not isinstance(stated, Mapping):
        return [f"{at}: not a table"]
    faults = [] if name in registry.agencies else [f"{at}: no such agency"]
    of_units = stated.get("units", {})
    faults += _role_faults(at, {k: v for k, v in stated.items() if k != "units"}, _OF_AGENCY)
    if not isinstance(of_units, Mapping):
        return [*faults, f"{at}/units: not a table"]
    for unit, own in of_units.items():
        faults += [] if unit in units else [f"{at}/units/{unit}: no such unit"]
        if isinstance(own, Mapping):
            faults += _role_faults(f"{at}/units/{unit}", own, _OF_UNIT)
        else:
            faults.append(f"{at}/units/{unit}: not a table")
    return faults


def _role_faults(at: str, stated: Mapping[str, Any], roles: Collection[str]) -> list[str]:
    return [f"{at}/{role}: unknown" for role in stated if role not in roles] + [
        f"{at}/{role}: not an address"
        for role, address in stated.items()
        if role in roles and not _is_address(address)
    ]
