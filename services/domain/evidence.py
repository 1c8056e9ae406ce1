"""What is known of how well an approach works, on a day, and who says so?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.domain.numbers import STANDINGS, is_day, is_text

NOT_RATED: Final = "not-rated"


@dataclass(frozen=True, slots=True)
class Rating:
    """How one source rates an approach, from a day on."""

    impact: str
    evidence: int
    since: date
    read_on: date
    source: str
    url: str
    standing: str


class EvidenceFaults(ValueError):
    """The ratings cannot be used; `pointers` names every fault."""

    def __init__(self, pointers: list[str]) -> None:
        super().__init__("evidence.toml: " + "; ".join(pointers))
        self.pointers = pointers


@dataclass(frozen=True)
class Evidence:
    """Every rating by approach, oldest first, and who the scale is after."""

    ratings: Mapping[str, tuple[Rating, ...]]
    scale: str

    @classmethod
    def parse(cls, content: Mapping[str, Any], approaches: Collection[str]) -> "Evidence":
        """Read evidence.toml.

        Raises:
            EvidenceFaults: every fault, by pointer.

        """
        scale, stated = content["scale"], content.get("ratings", {})
        faults = [f"/ratings/{name}: unknown" for name in stated if name not in approaches]
        faults += [
            f"/ratings/{name}/{place}/{fault}"
            for name, lines in stated.items()
            for place, line in enumerate(lines)
            for fault in _faults(line, scale, lines[:place])
        ]
        if faults:
            raise EvidenceFaults(faults)
        ratings = {name: tuple(Rating(**line) for line in lines) for name, lines in stated.items()}
        return cls(ratings, scale["source"])

    def of(self, approach: str | None, on: date) -> Rating | None:
        """Return the rating of an approach on a day; None where nobody has entered one by then."""
        begun = [line for line in self.ratings.get(approach or "", ()) if line.since <= on]
        return begun[-1] if begun else None


def _faults(
    line: Mapping[str, Any], scale: Mapping[str, Any], before: list[Mapping[str, Any]]
) -> list[str]:
    faults = [f"{key}: unknown" for key in line if key not in Rating.__slots__]
    faults += [f"{key}: not one of [scale]" for key in scale if key in {"impact", "evidence"}
               and line.get(key) not in scale[key]]  # fmt: skip
    faults += [f"{key}: not a day" for key in ("since", "read_on") if not is_day(line.get(key))]
    faults += [f"{key}: missing" for key in ("source", "url") if not is_text(line.get(key))]
    if line.get("standing") not in STANDINGS:
        faults.append("standing: unknown")
    if not faults and before and not line["since"] > before[-1]["since"]:
        faults.append("since: not after the line before")
    return faults
