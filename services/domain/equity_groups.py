"""In which groups are children compared?"""

from collections.abc import Mapping
from functools import cache
from typing import Final

UNKNOWN: Final = "Unknown"
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "ethnicity": ("White", "Mixed", "Asian", "Black", "Other", UNKNOWN),
    "sex": ("Female", "Male", UNKNOWN),
    "age": ("0-9", "10-13", "14-15", "16-17", UNKNOWN),
}
"""By dimension: its groups. They are never pooled; what is not known has its own row."""

_ETHNICITY: Final[Mapping[str, str]] = {
    "W": "White", "M": "Mixed", "A": "Asian", "C": "Asian", "B": "Black",
}  # fmt: skip
_SEX: Final[Mapping[str, str]] = {"F": "Female", "M": "Male"}
_BANDS: Final = ((9, "0-9"), (13, "10-13"), (15, "14-15"))


def groups_of(ethnicity: str | None, sex: str | None, age: int | None) -> dict[str, str]:
    """Return a child's group in each dimension, by the codes last stated and the age then."""
    return {
        "ethnicity": _ethnicity(ethnicity),
        "sex": _SEX.get(sex or "", UNKNOWN),
        "age": age_group(age),
    }


@cache
def age_group(age: int | None) -> str:
    """Return the group of a child of this age."""
    return UNKNOWN if age is None else next((name for most, name in _BANDS if age <= most), "16-17")


def _ethnicity(code: str | None) -> str:
    if code in {None, "REFU", "NOBT"}:
        return UNKNOWN
    if code == "OOTH":
        return "Other"
    return _ETHNICITY.get((code or "")[:1], UNKNOWN)
