"""Which rules, lists and measures are there? `python -m deploy.catalogue` writes them down.

It makes schemas/rules.json, which a machine reads, and the tables between the marks of
docs/rules.md, docs/measures.md and docs/retention.md; all else there is written by hand.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from services.domain.measures.catalogue import CATALOGUE as MEASURES
from services.domain.measures.definition import Measure
from services.domain.measures.reading import Rebase, Target
from services.domain.rules.described import catalogue
from services.runtime.contracts import Contracts

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "schemas" / "rules.json"
PAGE = ROOT / "docs" / "rules.md"
MEASURES_PAGE = ROOT / "docs" / "measures.md"
RETENTION_PAGE = ROOT / "docs" / "retention.md"
BEGIN = "<!-- made by `python -m deploy.catalogue`: change the rules or the policy, not this -->"
END = "<!-- end of what is made -->"


class NoMarks(ValueError):
    """The page does not say where the tables belong."""


def described() -> dict[str, Any]:
    """Describe every rule and every dated line, of the default policy."""
    found = catalogue(Contracts.load(ROOT / "schemas").policy())
    del found["policy_version"]  # names the agencies and feeds as well, which are not described
    return {"schema": 1, **found}


def written(found: Mapping[str, Any]) -> str:
    """Write the catalogue as it is kept."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def page(text: str, made: str) -> str:
    """Return the page with what is made put in anew; NoMarks where it has no place for it."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoMarks("the page has no place for what is made")
    return f"{before}{begin}\n\n{made}\n\n{end}{after}"


def measured() -> str:
    """Make the table of measures, and below it what each counts, its target and its limits."""
    reading = Contracts.load(ROOT / "schemas").reading()
    rows = (
        (
            f"`{measure.id}`",
            measure.title,
            measure.lesson,
            measure.version,
            measure.direction,
            _aimed(reading.targets.get(measure.id, ())),
        )
        for measure in MEASURES
    )
    head = ("Measure", "Title", "Lesson", "Version", "More is", "Target")
    told = (_in_words(measure, reading.rebases.get(measure.id, ())) for measure in MEASURES)
    return "\n\n".join((_table(head, rows), *told))


def schedule() -> str:
    """Make the table of how long each class of what is held is kept."""
    classes = Contracts.load(ROOT / "schemas").retention.classes
    return _table(
        ("Class", "What it is", "Counted from", "Kept for", "Since", "Standing", "Source", "Then"),
        (
            (
                f"`{name}`", one.holds, moment, f"{line.value} {line.unit}", line.since or "ever",
                line.standing, line.source, one.disposed,
            )
            for name, one in classes.items()
            for moment, lines in one.times.items()
            for line in lines
        ),
    )  # fmt: skip


def _aimed(targets: Iterable[Target]) -> str:
    return "; ".join(f"{each.percent} % ({each.standing})" for each in targets) or "none"


def _in_words(measure: Measure, rebases: Iterable[Rebase]) -> str:
    lines = (
        f"### `{measure.id}`\n",
        f"- Of how many: {measure.denominator}.",
        f"- How many: {measure.numerator}.",
        f"- Counts on the day {measure.day}.",
        *([f"- What is not met is a gap of `{measure.rule}`."] if measure.rule else []),
        *(f"- Limit: {limit}" for limit in measure.limits),
        *(
            f"- Limits anew since {each.since:%d %B %Y}: {each.reason} ({each.source})."
            for each in rebases
        ),
        *(
            f"- Version {each.version}, since {each.since:%d %B %Y}: {each.what}"
            for each in measure.changes
        ),
    )
    return "\n".join(lines)


def tables(found: Mapping[str, Any]) -> str:
    """Make the tables: what judges and closes by type, then every dated line and who says so."""
    rules = _table(
        ("Rule", "Judged by", "Lesson", "Kind", "Version", "Types that close it"),
        (
            (
                f"`{rule['rule']}`",
                f"`{rule['judge']}`",
                rule["lesson"],
                rule["kind"],
                rule["version"],
                _coded(rule["closing"]),
            )
            for rule in found["rules"]
        ),
    )
    lines = [*found["shared"], *(line for rule in found["rules"] for line in rule["policy"])]
    numbers = _table(
        ("Number or list", "Holds", "Since", "Standing", "Source"),
        (
            (
                f"`{line['name']}`",
                _held(line),
                line["since"] or "ever",
                line["standing"],
                line["source"],
            )
            for line in lines
        ),
    )
    return f"{rules}\n\n{numbers}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _held(line: Mapping[str, Any]) -> str:
    if "values" in line:
        return _coded(line["values"])
    return f"{line['value']} {line['unit']}"


def _coded(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


if __name__ == "__main__":
    now = described()
    CATALOGUE.write_text(written(now), encoding="utf-8")
    pages = {PAGE: tables(now), MEASURES_PAGE: measured(), RETENTION_PAGE: schedule()}
    for file, made in pages.items():
        file.write_text(page(file.read_text(encoding="utf-8"), made), encoding="utf-8")
    print(*(file.relative_to(ROOT) for file in (CATALOGUE, *pages)))
