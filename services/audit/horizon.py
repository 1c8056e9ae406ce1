"""Up to which row can no other row come any more? Rows commit in another order than they count.

A row takes its transaction's number before its own (`services/runtime/audit.py`). So once every
transaction has ended that had begun when row N was seen, all rows up to N are there for good; one
that turns up later was put there by somebody else.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Horizon:
    """No row comes at or below `floor`; `next_floor` is the floor once all below `until` ended."""

    floor: int = 0
    next_floor: int = 0
    until: int = 0

    def moved(self, oldest: int, latest: int, last_seq: int) -> "Horizon":
        """Move on, all visible rows being sealed.

        Args:
            oldest: the lowest number of a transaction that runs (pg_snapshot_xmin).
            latest: the lowest number not given yet (pg_snapshot_xmax).
            last_seq: the highest row that is sealed.

        """
        if self.until <= oldest:
            return Horizon(self.next_floor, last_seq, latest)
        if self.until > latest:  # restored into another server, whose transactions count anew
            return replace(self, until=latest)
        return self
