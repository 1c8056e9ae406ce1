"""How late was it written down, and how late was it sent? Measures apart from those of practice."""

from datetime import datetime

from services.domain.moments import moment
from services.intake.candidates import Candidate
from services.runtime import metrics


def observe(accepted: Candidate, received_at: datetime) -> None:
    """Observe an accepted event, whose moments are therefore well formed.

    A clock of the sender that is before ours counts as no lateness.
    """
    agency, stated = accepted.agency, accepted.stated.get("recorded_at")
    recorded_at = accepted.time if stated is None else moment(stated)
    if stated is not None:
        metrics.RECORDING_SECONDS.labels(agency).observe(_seconds(accepted.time, recorded_at))
    metrics.SENDING_SECONDS.labels(agency).observe(_seconds(recorded_at, received_at))


def _seconds(earlier: datetime, later: datetime) -> float:
    return max((later - earlier).total_seconds(), 0.0)
