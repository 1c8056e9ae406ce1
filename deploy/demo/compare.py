"""How much of what was planted was found, and how much of what was found had been planted?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from services.domain.rules.catalogue import CATALOGUE

EVERY_FAMILY = frozenset(rule.family for rule in CATALOGUE)
_PAGE = 500
_DEMO = "/demo-"

Line = tuple[str, str, str, str, str]  # rule, source, id, opens_at, closes_at


@dataclass(frozen=True, slots=True)
class Score:
    """One rule: how many failings were planted, found, and both; `ambiguous` are in neither."""

    rule: str
    planted: int
    found: int
    both: int
    ambiguous: int

    @property
    def found_of_planted(self) -> float | None:
        """The share of what was planted that was found, None where nothing was planted."""
        return self.both / self.planted if self.planted else None

    @property
    def planted_of_found(self) -> float | None:
        """The share of what was found that had been planted, None where nothing was found."""
        return self.both / self.found if self.found else None


async def found_gaps(
    client: httpx.AsyncClient, endpoints: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Fetch every gap of the demo's events that the quality reviewer sees, page by page."""
    headers = {"Authorization": f"Bearer {endpoints['tokens']['qa-reviewer']}"}
    wanted: dict[str, str] = {"limit": str(_PAGE)}
    gaps: list[dict[str, Any]] = []
    while True:
        url = f"{endpoints['dashboards']}/api/v1/gaps"
        answer = (await client.get(url, headers=headers, params=wanted)).raise_for_status().json()
        gaps += [each for each in answer["items"] if _DEMO in each["anchor"]["source"]]
        if not answer.get("next"):
            return gaps
        wanted["cursor"] = answer["next"]


def compare(
    planted: Iterable[Mapping[str, Any]],
    gaps: Iterable[Mapping[str, Any]],
    families: Iterable[str] = EVERY_FAMILY,
) -> list[Score]:
    """Score each rule of these families of which anything was planted or found.

    The same failing is the same rule, anchor event and interval, to the second.
    """
    found = [_line(gap, gap["anchor"]) for gap in gaps]
    judged = frozenset(families)
    sown = [(_line(each, each), each["ambiguous"]) for each in planted]
    unsure = {line[:3] for line, ambiguous in sown if ambiguous}
    rules = sorted(
        rule
        for rule in {line[0] for line, _ in sown} | {line[0] for line in found}
        if rule.partition(".")[0] in judged
    )
    expected = Counter(line for line, ambiguous in sown if not ambiguous)
    actual = Counter(line for line in found if line[:3] not in unsure)
    return [_score(rule, expected, actual, unsure) for rule in rules]


def table(scores: Iterable[Score]) -> str:
    """Lay the scores out for a reader."""
    lines = [
        f"{'rule':<34}{'planted':>9}{'found':>8}{'found of planted':>18}{'planted of found':>18}"
    ]
    lines += [
        f"{s.rule:<34}{s.planted:>9,}{s.found:>8,}{_share(s.found_of_planted):>18}"
        f"{_share(s.planted_of_found):>18}"
        + (f"  ({s.ambiguous} ambiguous)" if s.ambiguous else "")
        for s in scores
    ]
    return "\n".join(lines)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _score(
    rule: str, expected: Counter[Line], actual: Counter[Line], unsure: set[tuple[str, str, str]]
) -> Score:
    def of(lines: Counter[Line]) -> int:
        return sum(count for line, count in lines.items() if line[0] == rule)

    ambiguous = sum(1 for key in unsure if key[0] == rule)
    return Score(rule, of(expected), of(actual), of(expected & actual), ambiguous)


def _line(stated: Mapping[str, Any], anchor: Mapping[str, Any]) -> Line:
    times = (_second(stated["opens_at"]), _second(stated["closes_at"]))
    return (stated["rule"], anchor["source"], anchor["id"], *times)


def _second(stated: str | None) -> str:
    if stated is None:
        return ""
    return datetime.fromisoformat(stated).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
