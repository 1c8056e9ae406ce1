"""How far do two readers agree, beyond what chance would make them?"""

from collections.abc import Mapping
from typing import Any

from services.domain.grades import Table


def stated(tables: Mapping[str, Table], least: int) -> list[dict[str, Any]]:
    """State the agreement by dimension; of fewer pairs than `least` the counts alone."""
    return [_dimension(name, table, least) for name, table in tables.items()]


def _dimension(name: str, table: Table, least: int) -> dict[str, Any]:
    number = sum(map(sum, table))
    agreed = sum(row[place] for place, row in enumerate(table))
    standing = "too-few" if number < least else "stated" if _varies(table) else "no-variation"
    values = kappa(table) if standing == "stated" else (None, None, None)
    return {
        "dimension": name,
        "pairs": number,
        "agreed": agreed,
        "table": table,
        "standing": standing,
        **dict(zip(("kappa", "low", "high"), values, strict=True)),
    }


def _varies(table: Table) -> bool:
    """Whether each reader gave more than one grade: else agreement is chance's, whatever it is."""
    return all(sum(map(any, lines)) > 1 for lines in (table, zip(*table, strict=True)))


def kappa(table: Table) -> tuple[float, float, float]:
    """Return Cohen's kappa and its interval of 95 %, from -1 to 1, of a table that varies."""
    from statsmodels.stats.inter_rater import (  # noqa: PLC0415 - takes seconds: only who asks waits
        cohens_kappa,
    )

    found = cohens_kappa(table)
    return float(found.kappa), max(-1.0, float(found.kappa_low)), min(1.0, float(found.kappa_upp))
