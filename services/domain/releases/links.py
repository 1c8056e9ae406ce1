"""Which measures count the same thing? What one shows must not give away what another hides."""

from collections.abc import Iterable
from typing import Final

from services.domain.measures.catalogue import CATALOGUE
from services.domain.releases.system import Link

LINKS: Final = (
    Link(
        (("stage.referred", "units"),),
        (
            ("referral.in-time-after-custody", "units"),
            ("referral.in-time-after-interview", "units"),
            ("referral.in-time-after-exposure", "units"),
        ),
    ),
    Link((("stage.accepted", "units"),), (("stage.no-further-action", "units"),)),
    Link((("stage.accepted", "met"),), (("stage.assessed", "units"),)),
    Link((("stage.assessed", "met"),), (("stage.enquiry", "units"),)),
    Link((("referral.complete-at-first", "units"),), (("referral.reason-clear", "units"),)),
    Link((("referral.complete-at-first", "units"),), (("referral.child-heard", "units"),)),
    Link((("audit.graded-good", "units"),), (("audit.graded-inadequate", "units"),)),
    Link((("voice.asked-whether-it-helped", "met"),), (("voice.says-it-helped", "units"),)),
    Link((("stage.no-further-action", "met"),), (("stage.accepted", "missed"),), equal=False),
    Link((("audit.graded-inadequate", "met"),), (("audit.graded-good", "missed"),), equal=False),
    Link(
        (("stage.referred", "met"),),
        (
            ("referral.in-time-after-custody", "met"),
            ("referral.in-time-after-interview", "met"),
            ("referral.in-time-after-exposure", "met"),
        ),
        equal=False,
    ),
)
"""What holds in every cell, whatever is counted; a test holds it against a county's facts."""


def families() -> list[tuple[tuple[str, ...], tuple[Link, ...]]]:
    """Put measures that share counts together, directly or through one another."""
    left = [measure.id for measure in CATALOGUE]
    found = []
    while left:
        own = {left[0]}
        while grown := _joined(own) - own:
            own |= grown
        members = tuple(name for name in left if name in own)
        found.append((members, tuple(link for link in LINKS if _named(link) <= own)))
        left = [name for name in left if name not in own]
    return found


def _joined(own: set[str]) -> set[str]:
    """Name what shares counts with any of these."""
    joined: set[str] = set()
    return joined.union(*(_named(link) for link in LINKS if own & _named(link)))


def _named(link: Link) -> set[str]:
    return set(_measures(link.one)) | set(_measures(link.other))


def _measures(side: Iterable[tuple[str, str]]) -> list[str]:
    return [measure for measure, _ in side]
