"""Between which bounds does a share lie, chance considered?"""

from collections.abc import Sequence

Bounds = tuple[float, float] | None
"""Shares from 0 to 1; None of nobody."""


def wilson(counts: Sequence[tuple[int, int]], confidence: float) -> list[Bounds]:
    """Return Wilson's interval of each (met, units)."""
    from statsmodels.stats.proportion import (  # noqa: PLC0415 - takes seconds: only who asks waits
        proportion_confint,
    )

    known = [(met, units) for met, units in counts if units]
    if not known:
        return [None] * len(counts)
    met, units = zip(*known, strict=True)
    lows, highs = proportion_confint(list(met), list(units), 1 - confidence, "wilson")
    found = iter([(float(low), float(high)) for low, high in zip(lows, highs, strict=True)])
    return [next(found) if units else None for _, units in counts]
