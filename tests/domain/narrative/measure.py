"""How often is the reader right, on reasons that someone else labelled?

`python -m tests.domain.narrative.measure` prints the table for docs/rules.md.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.domain.narrative.phrases import NAME, Phrase, code_of, phrases_of, uses
from services.domain.narrative.reading import PARTS, stated
from tests.domain.lives import policy

LABELLED = Path(__file__).with_name("labelled.jsonl")
DOCUMENT = Path(__file__).parents[3] / "docs/rules.md"
MEASURED = (*PARTS, "phrases")
ROW = re.compile(r"^\| (\w+) \| (0\.\d+|1\.0+) \| (0\.\d+|1\.0+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Score:
    """How many were rightly found, wrongly found, and not found."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what was found, the share that is there."""
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of what is there, the share that was found."""
        return self.right / (self.right + self.missed)


def labelled() -> list[dict[str, Any]]:
    """The labelled reasons: {"id", "text", "states": [part], "phrases": [phrase]}."""
    return [json.loads(line) for line in LABELLED.read_text("utf-8").splitlines() if line.strip()]


def measure(cases: Iterable[Mapping[str, Any]]) -> dict[str, Score]:
    """Count, by part and for phrases, what the reader found against what was labelled."""
    listed = phrases_of([policy().words(NAME, datetime(2026, 1, 1, tzinfo=UTC))], {})
    counts: Counter[tuple[str, str]] = Counter()
    for case in cases:
        for name, was_found, is_there in _compared(case, listed):
            counts[name, _outcome(was_found=was_found, is_there=is_there)] += 1
    return {
        name: Score(*(counts[name, outcome] for outcome in ("right", "wrong", "missed")))
        for name in MEASURED
    }


def claimed() -> dict[str, tuple[float, float]]:
    """By part, the precision and recall that docs/rules.md states."""
    rows = ROW.findall(DOCUMENT.read_text("utf-8"))
    return {name: (float(precision), float(recall)) for name, precision, recall in rows}


def _compared(case: Mapping[str, Any], listed: tuple[Phrase, ...]) -> list[tuple[str, bool, bool]]:
    parts, there = stated(case["text"]), set(case["states"])
    found = {use.phrase.code for use in uses(case["text"], listed)}
    labels = {code_of(phrase) for phrase in case["phrases"]}
    return [(part, part in parts, part in there) for part in PARTS] + [
        ("phrases", code in found, code in labels) for code in sorted(found | labels)
    ]


def _outcome(*, was_found: bool, is_there: bool) -> str:
    if was_found:
        return "right" if is_there else "wrong"
    return "missed" if is_there else "rightly left"


if __name__ == "__main__":
    for part, score in measure(labelled()).items():
        print(f"| {part} | {score.precision:.2f} | {score.recall:.2f} |")  # noqa: T201 - it prints
