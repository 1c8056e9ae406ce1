"""How is what an event states laid out for a person? Each fact by its name, and no code of any.

What a code stands for is in schemas/codes, an agency's name in the registry; a few small words, of
which the schemas list all there are, are told as they stand, without their hyphens.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from services.dashboards.desk import Desk
from services.dashboards.desks.steps import SEX, UNKNOWN
from services.dashboards.desks.words import spoken
from services.domain.moments import moment
from services.runtime.web import words

_TERMS: Final[Mapping[str, str]] = {
    "local_id": "Record number",
    "nhs_number": "NHS number",
    "upn": "Unique pupil number",
    "gp": "GP",
    "nrm": "National Referral Mechanism",
    "ref": "Staff number",
    "role": "What they are",
    "time_precision": "Known to the",
    "referral_ref": "Referral",
    "triggers": "What led to it",
}
"""What facts are called whose names in the schemas are no words."""
_SETS: Final[Mapping[str, str]] = {
    "role": "role", "unit": "unit", "course": "course", "station": "station", "means": "means",
    "provider": "provider", "ethnicity": "ethnicity", "referral_source": "referral-source",
    "factors": "factor", "reason_for_closure": "closure-reason", "outcome": "search-outcome",
    "harms": "harm", "sent_to": "area",
}  # fmt: skip
"""In which set of codes the words of a fact's codes are."""
_OWN_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {code: told for code, (told, _) in SEX.items()},
    "unknown_because": UNKNOWN,
}
_SMALL: Final = frozenset(
    {
        "answer", "basis", "child_says_it_helped", "decision", "exploitation", "family", "grade",
        "grades", "indicators", "involvement", "kind", "lawful_basis", "leads_to", "nrm", "outcome",
        "reason", "reason_code", "route", "sector", "setting", "share", "time_precision",
        "urgency", "wanted",
    }
)  # fmt: skip
"""Facts of which the schemas list every word."""
_GRADES: Final = "grades"
_UNKNOWN: Final = "unknown_because"
_KEYS: Final = {"information": "information-element", _GRADES: "audit-dimension"}
"""Groups whose names are codes themselves, and of which set."""
_AREAS: Final = frozenset({"area", "sent_to"})
_AGENCIES: Final = frozenset({"attended", "shared_with"})
_WORD: Final = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)")


def told(desk: Desk, name: str, value: object) -> str:
    """Tell one value of a fact: a code by its words, a moment by London's clock."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(told(desk, name, each) for each in value)
    text = str(value)
    return _named(desk, name, text) or _timed(text) or text


def term(name: str) -> str:
    """Name a fact."""
    return _TERMS.get(name) or spoken(name)


def lines_of(desk: Desk, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Lay out what an event said as terms and words, groups flattened."""
    return list(_lines(desk, data, "", ""))


def _lines(
    desk: Desk, data: Mapping[str, Any], group: str, within: str
) -> Iterator[tuple[str, str]]:
    terms = desk.codes[_KEYS[group]] if group in _KEYS else {}
    for name, value in data.items():
        called = within + (terms.get(name) or term(name))
        if isinstance(value, Mapping) and set(value) == {_UNKNOWN}:
            yield called, told(desk, _UNKNOWN, value[_UNKNOWN])
        elif isinstance(value, Mapping):
            yield from _lines(desk, value, name, f"{called}: ")
        elif value is not None:
            yield called, told(desk, group if group == _GRADES else name, value)


def _named(desk: Desk, name: str, code: str) -> str | None:
    """Return what a code stands for; None for what is no code."""
    found = _OWN_WORDS.get(name, {}).get(code)
    if found is None and name in _SETS:
        found = desk.codes[_SETS[name]].get(code)
    if found is None and name in _AREAS:
        found = desk.names["area"].get(code, "An area that is not named here")
    if found is None and name in _AGENCIES:
        found = desk.registry.name_of(code)
    return spoken(code) if found is None and name in _SMALL and _WORD.fullmatch(code) else found


def _timed(text: str) -> str | None:
    if _MOMENT.fullmatch(text):
        return words.moment(moment(text))
    return words.day(date.fromisoformat(text)) if _DAY.fullmatch(text) else None
