"""Which chapters does a child's year have? Each writes one incident or one plain referral.

What came of an incident is part of its chapter: a referral, a decision not to refer, or nothing.
"""

from collections.abc import Callable
from types import MappingProxyType

from deploy.demo.concerns import concern
from deploy.demo.custody import custody, interview
from deploy.demo.encounters import exposure, missing, search
from deploy.demo.life import Life
from deploy.demo.senders import plain

_CHAPTERS: MappingProxyType[str, Callable[[Life, str, str], None]] = MappingProxyType(
    {
        "custody": custody,
        "suspect-interview": interview,
        "witness-interview": interview,
        "exposure": exposure,
        "missing": missing,
        "search": search,
        "school-concern": concern,
        "health-concern": concern,
        "voluntary-concern": concern,
        "unlinked-concern": concern,
    }
)


def write(life: Life, pathway: str, outcome: str) -> None:
    """Write one chapter of the county's year into a life.

    A referral that would have come after the year's end is replaced by a plain one within it, so
    that the county receives as many as it says.
    """
    received = _received(life)
    _CHAPTERS.get(pathway, plain)(life, pathway, outcome)
    while outcome == "referred" and _received(life) == received:
        plain(life, pathway, outcome)


def _received(life: Life) -> int:
    return sum(said.type == "social-care.referral-received.v1" for said in life.said)
