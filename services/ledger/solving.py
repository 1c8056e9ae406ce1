"""How far can a number be from what it is, for who knows all that is shown? Asked of HiGHS."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.domain.releases.hiding import Point
from services.domain.releases.system import Sum

PATIENCE: Final = 10.0
"""Seconds for one question: a number that is not proven safe by then counts as unsafe."""
EXACT: Final = 1e-6


class Highs:
    """Whole-number programming by scipy's HiGHS."""

    def farthest(
        self, variables: int, known: Sequence[Sum], weights: Mapping[int, int], cap: int
    ) -> Point | None:
        """Return the point at which a weighted sum is greatest, None if there is none in time.

        Tables are nearly networks, whose corners are whole numbers: fractions are asked for first,
        and branched upon only where they are no whole numbers.
        """
        import numpy as np  # noqa: PLC0415 - takes seconds
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

        matrix = _matrix(variables, known)
        least, most = (np.array([getattr(one, end) for one in known]) for end in ("least", "most"))
        objective = np.zeros(variables)
        objective[list(weights)] = [-weight for weight in weights.values()]
        for whole in (0, 1):
            found: Any = milp(
                objective,
                constraints=LinearConstraint(matrix, least, most),
                bounds=Bounds(0, cap),
                integrality=np.full(variables, whole),
                options={"time_limit": PATIENCE},
            )
            if found.x is None:
                return None
            point = np.rint(found.x).astype(np.int64)
            sums = matrix @ point
            near = whole or np.abs(found.x - point).max() < EXACT
            if near and (sums >= least).all() and (sums <= most).all():
                return [int(value) for value in point]
        return None


def _matrix(variables: int, known: Sequence[Sum]) -> Any:  # noqa: ANN401 - scipy has no types
    """Lay out what is known: a row for each sum, 1 for what is added and -1 for what is taken."""
    from scipy.sparse import csr_array  # noqa: PLC0415

    rows: list[int] = []
    columns: list[int] = []
    signs: list[int] = []
    for row, one in enumerate(known):
        for sign, places in ((1, one.plus - one.minus), (-1, one.minus - one.plus)):
            rows += [row] * len(places)
            columns += places
            signs += [sign] * len(places)
    return csr_array((signs, (rows, columns)), shape=(len(known), variables))
