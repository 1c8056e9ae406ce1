"""What is not published of a measure, since too few are counted to hide small numbers among?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.domain.measures.months import Month, Period
from services.runtime.asking import Connection
from services.runtime.web import words

_WITHHELD: Final = """
SELECT measure, since, months, by_one, by_two FROM ledger.seen_release_withheld
WHERE measure = ANY($1::text[]) AND number <= $2 AND since >= $3 AND since < $4
ORDER BY since, months, by_one, by_two
"""


class Withheld(NamedTuple):
    """A table of a block of months, or a month by itself; by nothing: the total."""

    period: Period
    by: tuple[str, ...]


async def read(
    connection: Connection, measures: Sequence[str], number: int, period: Period
) -> dict[str, tuple[Withheld, ...]]:
    """Return by measure what no release up to a number publishes of a period."""
    within = (period.first.first, period.last.after(1).first)
    rows = await connection.fetch(_WITHHELD, measures, number, *within)
    found: dict[str, list[Withheld]] = {measure: [] for measure in measures}
    for row in rows:
        first = Month.of(row["since"])
        by = tuple(name for name in (row["by_one"], row["by_two"]) if name)
        found[row["measure"]].append(Withheld(Period(first, first.after(row["months"] - 1)), by))
    return {measure: tuple(own) for measure, own in found.items()}


def told(withheld: Iterable[Withheld]) -> list[dict[str, Any]]:
    """Lay out for machines what is not published."""
    return [
        {"from": str(each.period.first), "to": str(each.period.last), "by": list(each.by)}
        for each in withheld
    ]


def said(release: Mapping[str, Any] | None) -> Iterator[str]:
    """Say in a sentence for each period what is not published of it."""
    groups: dict[tuple[str, str], list[list[str]]] = {}
    for each in release["not_published"] if release else ():
        groups.setdefault((each["from"], each["to"]), []).append(each["by"])
    for (first, last), bys in groups.items():
        one = (
            words.month(first) if first == last else f"{words.month(first)} to {words.month(last)}"
        )
        names = [f"by {' and '.join(by)}" for by in bys]
        by = "" if first == last else " by any group" if [] in bys else " " + ", ".join(names)
        yield f"Not published, for too few were counted: {one}{by}."
