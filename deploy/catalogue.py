"""Which rules, numbers and lists are there? `python -m deploy.catalogue` writes them down.

It makes schemas/rules.json, which a machine reads, and the tables between the marks of
docs/rules.md; all else on that page is written by hand.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from services.domain.rules.described import catalogue
from services.runtime.contracts import Contracts

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "schemas" / "rules.json"
PAGE = ROOT / "docs" / "rules.md"
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


def page(text: str, found: Mapping[str, Any]) -> str:
    """Return the page with its tables made anew; NoMarks where it has no place for them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoMarks(f"{PAGE.name} has no place for the tables")
    return f"{before}{begin}\n\n{tables(found)}\n\n{end}{after}"


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
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), now), encoding="utf-8")
    print(CATALOGUE.relative_to(ROOT), PAGE.relative_to(ROOT))
