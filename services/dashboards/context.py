"""What does the Department for Education publish of a county, its region and England?"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from asyncpg import Record

from services.dashboards.desk import Desk
from services.domain.published import SHORTHAND, TABLES

COUNTY: Final = "E10000020"
SOURCE: Final = "Department for Education, Characteristics of children in need (OGL v3.0)"
_ROWS: Final = """
WITH asked AS (SELECT DISTINCT region FROM published WHERE area = $2 AND table_name = $1)
SELECT year, level, area, name, column_name, number, shorthand FROM published
WHERE table_name = $1
  AND (area = $2 OR level = 'National' OR area IN (SELECT region FROM asked))
ORDER BY year, column_name, level
"""
PLACES: Final = {"Local authority": "county", "Regional": "region", "National": "england"}


async def told(desk: Desk, table: str, county: str = COUNTY) -> dict[str, Any]:
    """Return a table as it is published: without lines where it is not loaded."""
    rows = await desk.pool.fetch(_ROWS, table, county)
    names = {PLACES[row["level"]]: row["name"] for row in rows}
    return {
        "table": table,
        "source": SOURCE,
        "county": names.get("county"),
        "region": names.get("region"),
        "lines": _lines(table, rows),
        "shorthand": dict(SHORTHAND),
    }


def _lines(table: str, rows: Sequence[Record]) -> list[dict[str, Any]]:
    lines: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["year"], row["column_name"])
        line = lines.setdefault(
            key, {"year": key[0], "column": key[1], **dict.fromkeys(PLACES.values())}
        )
        value: Mapping[str, Any] = {"number": row["number"], "shorthand": row["shorthand"]}
        line[PLACES[row["level"]]] = value
    order = TABLES[table]
    return [lines[key] for key in sorted(lines, key=lambda one: (one[0], order.index(one[1])))]
