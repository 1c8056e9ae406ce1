"""Where is the year kept while it is posted, and where the truth about it?

The events are kept as encoded lines for each agency, in the order in which it sends them; the truth
goes to a file as it is planted, one line a failing, and holds nobody's identity.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from deploy.demo.county import County
from deploy.demo.life import Said
from deploy.demo.staff import Staff
from deploy.demo.year import lives, training

_Line = tuple[str, str, str, bytes]  # (arrives, source, id, the event)
Planted = dict[str, Any]  # a line of truth.jsonl


@dataclass(slots=True)
class Written:
    """A whole year, ready to be posted: by agency its events as JSON, in the order of sending."""

    by_agency: dict[str, list[bytes]]
    by_type: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many events there are."""
        return sum(self.by_type.values())


def write_year(county: County, truth: Path) -> Written:
    """Make the county's year and write what was planted in it to a file."""
    staff, encoder = Staff(county), msgspec.json.Encoder()
    lines: dict[str, list[_Line]] = defaultdict(list)
    written = Written({})

    def keep(said: Said) -> None:
        written.by_type[said.type] += 1
        event = encoder.encode(said.wire())
        lines[said.agency].append((said.arrives.isoformat(), said.source, said.id, event))

    truth.parent.mkdir(parents=True, exist_ok=True)
    with truth.open("wb") as file:
        for life in lives(county, staff):
            for said in life.said:
                keep(said)
            for failing in life.failings:
                written.by_rule[failing.rule] += 1
                file.write(encoder.encode(failing.wire()) + b"\n")
    for said in training(county, staff):
        keep(said)
    for agency in sorted(lines):
        written.by_agency[agency] = [event for *_, event in sorted(lines.pop(agency))]
    return written


def planted(truth: Path) -> list[Planted]:
    """Read what was planted."""
    with truth.open("rb") as file:
        return [msgspec.json.decode(line) for line in file]
