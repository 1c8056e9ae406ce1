"""Into which buckets does a histogram sort? In seconds, and in numbers of messages."""

from typing import Final

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LONG: Final = (*SECONDS, 30.0, 60.0, 300.0, 1800.0)
_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
LATE: Final = (_HOUR, 4 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 28 * _DAY, 90 * _DAY)
PRACTICE: Final = (
    *(_HOUR, 4 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 3 * _DAY, 5 * _DAY),
    *(7 * _DAY, 14 * _DAY, 28 * _DAY),
)
SIZES: Final = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500)
