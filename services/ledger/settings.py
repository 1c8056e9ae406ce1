"""What is the ledger told by its environment?"""

from datetime import timedelta

from services.domain.rules.catalogue import FAMILIES
from services.runtime.settings import Settings as RuntimeSettings


class Settings(RuntimeSettings):
    """The runtime's settings, the judges deployed, and how patiently silence is borne.

    In the environment judges are a JSON list, and times ISO 8601: `RW_SWEEP_EVERY=PT5S`.
    """

    judges: tuple[str, ...] = tuple(FAMILIES)
    """The deployed catalogue: a receipt is judged when all of these have answered."""

    sweep_every: timedelta = timedelta(seconds=5)
    """How often it is looked for children on whom a judge has not answered."""

    sweep_after: timedelta = timedelta(seconds=15)
    """How long a judge may be silent about a version before the child is published again."""

    sweep_longest: timedelta = timedelta(hours=1)
    """Silence that goes on is borne twice as long each time, up to this."""

    sweep_tries: int = 10
    """How often a child is published again before a person has to look."""

    sweep_children: int = 100
    """How many children one pass publishes again, at most."""

    rebuild_chunk_events: int = 4_000
    """About how many events a worker of a rebuild or a simulation holds at once."""
