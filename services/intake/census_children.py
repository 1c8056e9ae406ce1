"""Whom does a child element of the census speak of, and which of its codes are known?"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from xml.etree.ElementTree import Element

from services.intake.identifiers import upn
from services.runtime.contracts import Fault

_LOCAL_ID: Final = re.compile(r"[A-Za-z0-9]{1,20}", re.ASCII)
_LONGEST_LOCAL_ID: Final = 100
_EARLIEST_BIRTH: Final = date(1900, 1, 1)
_SEX: Final = {"Sex": {"M": "M", "F": "F", "U": "U"}}
_GENDER: Final = {"GenderCurrent": {"1": "M", "2": "F", "0": "U", "9": "U"}}
_EITHER_SEX: Final = {**_SEX["Sex"], **_GENDER["GenderCurrent"]}


@dataclass(slots=True)
class Stated:
    """A child as the census states it; `errors` keep every fact about it out."""

    local_id: str
    child: Mapping[str, Any]
    errors: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


def text(element: Element, path: str) -> str | None:
    """Return the trimmed text at a path, None where there is none or it is blank."""
    found = element.findtext(path)
    return (found or "").strip() or None


def code(
    stated: str | None, name: str, known: Collection[str], pointer: str, warnings: list[Fault]
) -> dict[str, str]:
    """Return {name: code}, in capitals; nothing, and a warning, for a code that is not known."""
    if not stated:
        return {}
    if (capital := stated.upper()) in known:
        return {name: capital}
    warnings.append(Fault(pointer, "unknown-code", "This code is not known; it was left out."))
    return {}


def child_of(
    element: Element, pointer: str, codes: Mapping[str, Collection[str]], today: date
) -> Stated:
    """Read who the child is; what cannot be used is left out with a warning."""
    local_id = text(element, "ChildIdentifiers/LAchildID") or ""
    stated = Stated(local_id, {})
    where = f"{pointer}/ChildIdentifiers"
    _check_local_id(local_id, where, stated)
    child: dict[str, Any] = {"local_id": local_id}
    child |= _upn(element, where, stated.warnings)
    child |= _born(element, where, today, stated.warnings)
    child |= _sex(element, where, stated.warnings)
    child |= code(
        text(element, "ChildCharacteristics/Ethnicity"), "ethnicity", codes["ethnicity"],
        f"{pointer}/ChildCharacteristics/Ethnicity", stated.warnings,
    )  # fmt: skip
    stated.child = child
    return stated


def _check_local_id(local_id: str, where: str, stated: Stated) -> None:
    place = f"{where}/LAchildID"
    if not local_id:
        stated.errors.append(Fault(place, "required", "The child has no id."))
    elif len(local_id) > _LONGEST_LOCAL_ID:
        stated.errors.append(Fault(place, "too-long", "The child's id is too long."))
    elif not _LOCAL_ID.fullmatch(local_id):
        message = "An id has at most 20 letters and digits (DfE rules 1570, 1580)."
        stated.warnings.append(Fault(place, "child-id-format", message))


def _upn(element: Element, where: str, warnings: list[Fault]) -> dict[str, str]:
    said = text(element, "ChildIdentifiers/UPN")
    if not said:
        return {}
    if holds := upn(said):
        return {"upn": holds}
    message = "The check letter does not hold (DfE rule 1510); the UPN was left out."
    warnings.append(Fault(f"{where}/UPN", "upn-check", message))
    return {}


def _born(element: Element, where: str, today: date, warnings: list[Fault]) -> dict[str, str]:
    said = text(element, "ChildIdentifiers/PersonBirthDate")
    if not said:
        return {}
    try:
        born = datetime.strptime(said, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        born = None
    if born is not None and _EARLIEST_BIRTH <= born <= today:
        return {"date_of_birth": born.isoformat()}
    message = "This is no possible birth date; it was left out."
    warnings.append(Fault(f"{where}/PersonBirthDate", "birth-date", message))
    return {}


def _sex(element: Element, where: str, warnings: list[Fault]) -> dict[str, str]:
    """Read Sex (since 2024-25) or GenderCurrent (before); the other's coding is understood."""
    for name, coding in (*_SEX.items(), *_GENDER.items()):
        said = (text(element, f"ChildIdentifiers/{name}") or "").upper()
        if said in coding:
            return {"sex": coding[said]}
        if said in _EITHER_SEX:
            message = "This is the coding of other years; it was understood."
            warnings.append(Fault(f"{where}/{name}", "sex-coding", message))
            return {"sex": _EITHER_SEX[said]}
        if said:
            message = "This code is not known; it was left out."
            warnings.append(Fault(f"{where}/{name}", "unknown-code", message))
    return {}
