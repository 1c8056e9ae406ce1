"""Loads the Department for Education's tables: `make published FILES="..."`.

They are found at explore-education-statistics.service.gov.uk (Characteristics of children in need,
files C2 and C5). A file that is loaded again replaces what it had said before.
"""

import argparse
import asyncio
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import asyncpg

from services.dashboards.settings import Settings
from services.domain.published import NotATable, Published, read

_PUT: Final = """
INSERT INTO published (table_name, year, level, area, name, region, column_name, number, shorthand)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (table_name, area, year, column_name) DO UPDATE SET
    (level, name, region, number, shorthand, loaded_at) = (excluded.level, excluded.name,
        excluded.region, excluded.number, excluded.shorthand, excluded.loaded_at)
"""


def main() -> None:
    """Load every file, all of it or nothing."""
    parser = argparse.ArgumentParser(prog="python -m services.dashboards.load_published")
    parser.add_argument("files", nargs="+", type=Path)
    chosen = parser.parse_args()
    try:
        figures = [
            figure
            for file in chosen.files
            for figure in figures_of(file.read_text(encoding="utf-8-sig").splitlines())
        ]
    except NotATable as error:
        sys.exit(f"Nothing is loaded: {error}.")
    asyncio.run(load(Settings.load().postgres_dsn.get_secret_value(), figures))
    sys.stdout.write(f"{len(figures):,} figures are loaded.\n")


def figures_of(lines: Iterable[str]) -> Iterator[Published]:
    """Read a published file. Raises NotATable."""
    rows = csv.DictReader(lines)
    return read(rows.fieldnames or (), rows)


async def load(dsn: str, figures: Sequence[Published]) -> None:
    """Keep published figures."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.executemany(_PUT, [tuple(figure) for figure in figures])
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
