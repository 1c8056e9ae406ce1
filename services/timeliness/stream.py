"""From which topic does this judge take children, and where does it answer?"""

from pathlib import Path

from services.runtime.judging_worker import worker as judging_worker
from services.runtime.stream import Worker
from services.timeliness.handlers import FAMILY, judge
from services.timeliness.settings import Settings


def worker(settings: Settings) -> Worker:
    """Compose the worker: `child.chronologies` in, `timeliness.gaps` out."""
    return judging_worker(FAMILY, judge, settings, Path(__file__).with_name("migrations"))
