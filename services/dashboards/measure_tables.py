"""Which tables is a measure's answer? The same for pages and files: made of the answer alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.dashboards.measure_limits import why

Value = str | int | float
NOT_APPLICABLE: Final = "z"
NOT_PUBLISHED: Final = "x"
SHORTHAND: Final[Mapping[str, str]] = {
    "c": "hidden, so that no small number can be worked out",
    NOT_APPLICABLE: "not applicable: there is nobody to take a share of, or too few to tell",
    NOT_PUBLISHED: "not published: not yet, or never, for too few were counted",
}
FIGURE: Final[Mapping[str, str]] = {
    "numerator": "Numerator",
    "denominator": "Denominator",
    "value": "Share",
    "low": "Interval from",
    "high": "Interval to",
    "missing": "Missing data",
    "not_judged": "Not judged",
}
_PERIODS: Final[Mapping[str, str]] = {
    "total": "Period",
    "period_before": "Period before",
    "year_before": "Same period a year before",
}


BESIDE: Final = (
    "Relative rate",
    "From",
    "To",
    "Place in funnel",
    "Difference from all others",
    "Difference from",
    "Difference to",
)


_LIMITS: Final[Mapping[str, str]] = {
    "mean": "Mean",
    "low": "Lower limit",
    "high": "Upper limit",
}


class Table(NamedTuple):
    """A table: its name in a file, its title, its columns, and its rows."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


class Book(NamedTuple):
    """What a file says of itself, in lines of name and value; the notes; and the tables."""

    cover: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    tables: tuple[Table, ...]


def book(answer: Mapping[str, Any]) -> Book:
    """Lay an answer out as a file: cover, notes, tables."""
    measure = answer["measure"]
    release = answer["release"]
    cover = (
        ("Title", measure["title"]),
        ("Measure", f"{measure['id']}, version {measure['version']}"),
        ("Marking", answer["marking"]),
        ("Of how many", measure["denominator"]),
        ("How many", measure["numerator"]),
        ("Counts on the day", measure["day"]),
        ("From", answer["from"]),
        ("To", answer["to"]),
        ("By", ", ".join(answer["by"]) or "month"),
        ("Groups are of", _of(answer["rows_period"]) if answer["by"] else "there are none"),
        ("Only", ", ".join(_only(answer)) or "all"),
        ("As of (UTC)", answer["as_of"]),
        ("Known at (UTC)", answer["known_at"]),
        ("Release", "none: live" if release is None else str(release["number"])),
        ("Hidden numbers", answer["suppression"]["why"]),
        ("Status", answer["note"]),
    )
    shorthand = (f"{sign}: {says}" for sign, says in SHORTHAND.items())
    targets = (
        f"Target: {each['percent']} % ({each['standing']}; {each['source']})"
        for each in measure["targets"]
    )
    steps = (
        f"Limits anew since {each['since']}: {why(each)}, {each['standing']}"
        for each in measure["rebases"]
    )
    changes = (
        f"Version {each['version']}, since {each['since']}: {each['what']}"
        for each in measure["changes"]
    )
    notes = (*answer["sentences"], *targets, *steps, *measure["limits"], *changes, *shorthand)
    return Book(cover, notes, tuple(tables(answer)))


def _of(period: Mapping[str, str] | None) -> str:
    return NOT_PUBLISHED if period is None else f"{period['from']} to {period['to']}"


def _only(answer: Mapping[str, Any]) -> Iterator[str]:
    """Say what counts are narrowed to, with the name of a code."""
    for dimension, code in answer["only"].items():
        name = answer["names"].get(dimension, {}).get(code)
        yield f"{dimension}: {code}" + (f" ({name})" if name else "")


def tables(answer: Mapping[str, Any]) -> list[Table]:
    """Return every table of an answer: periods, months, their limits, and groups if it has any."""
    title = answer["measure"]["title"]
    figures = tuple(FIGURE.values())
    rules = {point["month"]: point for point in answer["spc"]["points"]}
    found = [
        Table(
            "Periods",
            f"{title}: the period and those before it",
            ("Period", *figures),
            tuple((said, *_figure(answer[name])) for name, said in _PERIODS.items()),
        ),
        Table(
            "Months",
            f"{title} by month",
            ("Month", *figures, "Variation"),
            tuple(
                (row["month"], *_figure(row), rules.get(row["month"], {}).get("variation", "z"))
                for row in answer["months"]
            ),
        ),
    ]
    found += [_years(answer, title), _limits(answer["spc"], title)]
    if answer["by"]:
        found.append(_groups(answer, title, figures))
    return found


def _years(answer: Mapping[str, Any], title: str) -> Table:
    rows = tuple(
        (row["year"], row["from"], row["to"], *_figure(row), _since(row["change"]))
        for row in answer["years"]
    )
    columns = ("Year", "From", "To", *FIGURE.values(), "Since the year before")
    return Table("Years", f"{title} by complete financial year, April to March", columns, rows)


def _since(change: Mapping[str, Any] | None) -> str:
    return NOT_APPLICABLE if change is None else str(change["sentence"])


def _limits(control: Mapping[str, Any], title: str) -> Table:
    """Lay out mean and limits of every stretch of months, and the target of the last month."""
    none = dict.fromkeys((*_LIMITS, "from", "to", "rebased"))
    rows = [
        (said, *(_or(each[key], NOT_APPLICABLE) for key in (name, "from", "to")), _why(each))
        for each in control["stretches"] or [none]
        for name, said in _LIMITS.items()
    ]
    target = _or(control["target"], NOT_APPLICABLE)
    rows.append(("Target", target, *[NOT_APPLICABLE] * 3))
    columns = ("Line", "Share", "From", "To", "Why limits begin anew")
    return Table("Limits", f"{title}: the limits of chance of a month", columns, tuple(rows))


def _why(stretch: Mapping[str, Any]) -> str:
    step = stretch["rebased"]
    return NOT_APPLICABLE if step is None else why(step)


def _groups(answer: Mapping[str, Any], title: str, figures: Sequence[str]) -> Table:
    names = answer["by"]
    rows = tuple(
        (*_called(row["group"], answer["names"]), *_figure(row), *_beside(row))
        for row in answer["rows"]
    )
    heads = tuple(head for name in names for head in _heads(name, answer["names"]))
    columns = (*heads, *figures, *BESIDE)
    return Table("Groups", f"{title} by {' and '.join(names)}", columns, rows)


def _heads(dimension: str, names: Mapping[str, Any]) -> tuple[str, ...]:
    head = dimension.capitalize()
    return (head, f"{head} name") if dimension in names else (head,)


def _called(group: Mapping[str, str], names: Mapping[str, Any]) -> Iterator[str]:
    """Yield the code of each dimension, and beside it what it stands for where codes have names."""
    for dimension, code in group.items():
        yield code
        if dimension in names:
            yield names[dimension].get(code, code)


def _figure(figure: Mapping[str, Any]) -> tuple[Value, ...]:
    none = NOT_PUBLISHED if figure["denominator"] is None else NOT_APPLICABLE
    return tuple(_or(figure[name], NOT_PUBLISHED if name in _COUNTS else none) for name in FIGURE)


_COUNTS: Final = frozenset({"numerator", "denominator", "missing", "not_judged"})


def _beside(row: Mapping[str, Any]) -> tuple[Value, ...]:
    relative, funnel, others = row["relative"] or {}, row["funnel"] or {}, row["others"] or {}
    found = (
        *(relative.get(name) for name in ("value", "low", "high")),
        funnel.get("place"),
        *(others.get(name) for name in ("difference", "low", "high")),
    )
    return tuple(_or(each, NOT_APPLICABLE) for each in found)


def _or(value: Value | None, otherwise: str) -> Value:
    return otherwise if value is None else value
