"""How is the difference between two policies written, and kept while it is worked out?"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from services.domain.policy import Policy
from services.ledger.comparison import COUNTS, Difference, Place, Span, Tally
from services.ledger.history import Chunk

_PLACE: Final = ("rule", "agency", "month", "observed")


@dataclass(slots=True)
class Checkpoint:
    """What was asked, which chunks are left, and what differs in those that are done."""

    basis: str
    chunks: list[Chunk]
    found: Difference = field(default_factory=Difference)
    numbers_done: set[int] = field(default_factory=set)

    @classmethod
    def at(cls, file: Path, basis: str) -> "Checkpoint | None":
        """Read the checkpoint of the same question; None where there is none."""
        try:
            noted = msgspec.json.decode(file.read_bytes())
        except (OSError, msgspec.DecodeError):
            return None
        if noted["basis"] != basis:
            return None
        found = Difference(
            {_place(row): Tally(*(row[name] for name in COUNTS)) for row in noted["rows"]},
            *(noted[name] for name in ("children", "events", "unjudged")),
        )
        return cls(basis, [Chunk(**one) for one in noted["chunks"]], found, set(noted["done"]))

    @property
    def left(self) -> list[Chunk]:
        """The chunks that are not done."""
        return [chunk for chunk in self.chunks if chunk.number not in self.numbers_done]

    @property
    def children(self) -> int:
        """How many children there were to begin with."""
        return sum(chunk.children for chunk in self.chunks)

    @property
    def events(self) -> int:
        """How many events there were to begin with."""
        return sum(chunk.events for chunk in self.chunks)

    def done(self, chunk: Chunk, found: Difference) -> None:
        """Add what differs in a chunk."""
        self.numbers_done.add(chunk.number)
        self.found.add(found)

    def note(self, file: Path) -> None:
        """Write it down, whole or not at all."""
        beside_it = file.with_name(f".{file.name}.new")
        beside_it.write_bytes(msgspec.json.encode({
            "basis": self.basis,
            "chunks": self.chunks,
            "done": sorted(self.numbers_done),
            **_whole(self.found),
        }))  # fmt: skip
        beside_it.replace(file)


def beside(out: Path, ending: str) -> Path:
    """Name a file of a run: OUT and an ending."""
    return out.with_name(out.name + ending)


def write(out: Path, span: Span, policies: tuple[Policy, Policy], found: Difference) -> None:
    """Write OUT.json and OUT.csv."""
    before, after = (policy.version for policy in policies)
    content = {
        "from": span.first,
        "to": span.last,
        "policy_before": before,
        "policy_after": after,
        **_whole(found),
    }
    beside(out, ".json").write_bytes(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
    with beside(out, ".csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow((*_PLACE, *COUNTS))
        rows.writerows((*place, *tally.counts) for place, tally in _in_order(found))


def table(found: Difference) -> str:
    """Lay out what differs, and every rule's totals, for a terminal."""
    differing = [
        (*_named(place), *tally.counts) for place, tally in _in_order(found) if tally.differs
    ]
    totals = [("all of it", "", "", *total.counts) for total in [_total(found)]]
    lines = [("rule", "agency", "month", *COUNTS), *differing, *totals]
    widths = [max(len(str(row[n])) for row in lines) for n in range(len(lines[0]))]
    laid = [
        "  ".join(_cell(each, width) for each, width in zip(row, widths, strict=True)).rstrip()
        for row in lines
    ]
    note = f"{found.unjudged:,} children could not be judged by one of the two and are left out."
    return "\n".join([*laid, *([note] if found.unjudged else [])])


def _cell(content: object, width: int) -> str:
    return f"{content:>{width}}" if isinstance(content, int) else f"{content!s:<{width}}"


def _total(found: Difference) -> Tally:
    total = Tally()
    for tally in found.tallies.values():
        total.add(tally)
    return total


def _named(place: Place) -> tuple[str, str, str]:
    rule, agency, month, observed = place
    return (rule if observed else f"{rule} (missing data)", agency, month)


def _in_order(found: Difference) -> Iterator[tuple[Place, Tally]]:
    yield from sorted(found.tallies.items())


def _whole(found: Difference) -> dict[str, Any]:
    return {
        "children": found.children,
        "events": found.events,
        "unjudged": found.unjudged,
        "rows": [
            dict(zip((*_PLACE, *COUNTS), (*place, *tally.counts), strict=True))
            for place, tally in _in_order(found)
        ],
    }


def _place(row: dict[str, Any]) -> Place:
    return (row["rule"], row["agency"], row["month"], row["observed"])
