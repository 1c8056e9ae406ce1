"""Whom does the bench post about? Fresh invented children, each detained and never referred."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

_NO_SUCH_DIGIT = 10
SOURCE = "/norfolk-police/bench"


def detentions(run: str, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield detentions without end: each of another child, two days ago, so that a gap is open."""
    numbers = _nhs_numbers(int(now.timestamp()) * 997)
    for n in count():
        yield {
            "specversion": "1.0",
            "source": SOURCE,
            "id": f"{run}-{n}",
            "type": "police.child-detained.v1",
            "time": (now - timedelta(days=2, seconds=n % 3600)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "data": {
                "child": {
                    "local_id": f"{run}-{n}",
                    "nhs_number": next(numbers),
                    "given_name": "Nettle",
                    "family_name": "Lanternfield",
                    "date_of_birth": "2011-05-04",
                    "sex": "M",
                },
                "custody_ref": f"CU-{run}-{n}",
                "practitioner": {
                    "ref": f"P-{n % 50}",
                    "role": "custody-officer",
                    "unit": "custody",
                },
            },
        }


def _nhs_numbers(start: int) -> Iterator[str]:
    """Yield valid numbers of the stories' range, 999 5… to 999 9…, none twice in half a million."""
    for n in count(start):
        digits = [9, 9, 9, *(int(c) for c in f"{500_000 + n % 500_000:06d}")]
        check = -sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != _NO_SUCH_DIGIT:
            yield "".join(map(str, [*digits, check]))
