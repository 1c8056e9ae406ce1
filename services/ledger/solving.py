"""How far can a number be from what it is, for who knows all that is shown? Asked of HiGHS."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.domain.releases.hiding import Point
from services.domain.releases.system import Sum

PATIENCE: Final = 10.0
"""Seconds for one question: a number that is not proven safe by then counts as unsafe."""


class Highs:
    """Whole-number programming by scipy's HiGHS."""

    def farthest(
        self, variables: int, known: Sequence[Sum], weights: Mapping[int, int], cap: int
    ) -> Point | None:
        """Return the point at which a weighted sum is greatest, None if there is none in time."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - takes seconds
        from scipy.sparse import csr_array  # noqa: PLC0415

        rows: list[int] = []
        columns: list[int] = []
        signs: list[int] = []
        for row, one in enumerate(known):
            for sign, places in ((1, one.plus - one.minus), (-1, one.minus - one.plus)):
                rows += [row] * len(places)
                columns += places
                signs += [sign] * len(places)
        matrix = csr_array((signs, (rows, columns)), shape=(len(known), variables))
        limits = LinearConstraint(matrix, [one.least for one in known], [one.most for one in known])
        objective = [-weights.get(place, 0) for place in range(variables)]
        found: Any = milp(
            objective,
            constraints=limits,
            bounds=Bounds(0, cap),
            integrality=[1] * variables,
            options={"time_limit": PATIENCE},
        )
        return None if found.x is None else [round(value) for value in found.x]
