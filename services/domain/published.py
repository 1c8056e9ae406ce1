"""What do the Department for Education's tables say of a county, its region and England? Pure.

Characteristics of children in need: referrals by source (C5) and assessments by duration (C2). A
letter is kept as it stands: `c`, `u`, `z`, `x` and `:` are no numbers, and never become 0.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

SHORTHAND: Final[Mapping[str, str]] = {
    "c": "hidden: a small number",
    "u": "of low reliability",
    "z": "not applicable",
    "x": "not available",
    ":": "not available",
}
LEVELS: Final[Mapping[str, tuple[str, str]]] = {
    "National": ("country_code", "country_name"),
    "Regional": ("region_code", "region_name"),
    "Local authority": ("new_la_code", "la_name"),
}
"""By level: the columns that name the area."""

PLACES: Final = (
    "time_period", "geographic_level", "country_code", "country_name", "region_code",
    "region_name", "new_la_code", "la_name",
)  # fmt: skip
TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "referrals-by-source": (
        "Referrals", "Individual", "Schools", "Education_Services", "Health_Services", "Housing",
        "LA_Services", "Police", "Other_legal_agency", "Other", "Anonymous", "Unknown",
    ),
    "assessments-by-duration": (
        "Assessments_completed", "Assessments_completed_rate", "Same_day", "1-10_days",
        "11-20_days", "21-30_days", "31-40_days", "41-45_days", "46-50_days", "51-60_days",
        "61+_days", "25th_Percentile_days", "Median_days", "75th_Percentile_days",
    ),
}  # fmt: skip
"""By table: the columns that hold its figures, which are how it is known."""


class Published(NamedTuple):
    """One figure: a number, or the letter that stands in its place."""

    table: str
    year: int
    level: str
    area: str
    name: str
    region: str
    column: str
    number: float | None
    shorthand: str | None


class NotATable(ValueError):
    """The file is none of the tables, or a cell of it cannot be read; says where, and no value."""


def read(columns: Collection[str], rows: Iterable[Mapping[str, str]]) -> Iterator[Published]:
    """Read the rows of a published file. Raises NotATable."""
    header = set(columns)
    table = next((name for name, own in TABLES.items() if {*own, *PLACES} <= header), None)
    if table is None:
        raise NotATable("none of the tables: columns are missing")
    for number, row in enumerate(rows, start=2):
        yield from _row(table, number, row)


def _row(table: str, number: int, row: Mapping[str, str]) -> Iterator[Published]:
    level = row["geographic_level"]
    if level not in LEVELS:
        raise NotATable(f"line {number}: geographic_level")
    code, name = (row[column] for column in LEVELS[level])
    if not code or not row["time_period"][:4].isdecimal():
        raise NotATable(f"line {number}: area or time_period")
    year = int(row["time_period"][:4])
    for column in TABLES[table]:
        value, letter = _value(row[column], f"line {number}: {column}")
        yield Published(table, year, level, code, name, row["region_code"], column, value, letter)


def _value(text: str, pointer: str) -> tuple[float | None, str | None]:
    """Read a number, or the letter in its place; what is empty is not available."""
    stated = (text or "").strip()
    if stated in SHORTHAND:
        return None, stated
    if not stated:
        return None, ":"
    try:
        return float(stated.replace(",", "")), None
    except ValueError:
        raise NotATable(pointer) from None
