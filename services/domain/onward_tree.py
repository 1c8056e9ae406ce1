"""Of which parts of what becomes of referrals to services is each?

What becomes of them is a tree: of those made some are accepted, of those some start, and so on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from services.domain.onward import Onward, State

UNKNOWN: Final = "unknown"
DIMENSIONS: Final = ("provider", "kind", "area", "sector")


class Alike(NamedTuple):
    """Referrals of the same groups that stand alike, and how many they are."""

    provider: str
    kind: str
    area: str | None
    sector: str
    state: State
    reason: str | None
    helped: str | None
    accept_known: bool
    start_known: bool
    referred_again: bool
    number: int = 1

    @classmethod
    def of(cls, one: Onward) -> "Alike":
        """Return one referral as it stands."""
        return cls(
            one.provider,
            one.kind,
            one.area,
            one.sector,
            one.state,
            one.reason,
            one.helped,
            accept_known=one.days_to_accept is not None,
            start_known=one.days_to_start is not None,
            referred_again=one.again is not None,
        )


class Waited(NamedTuple):
    """How many of a group waited so many days; dimension and group are empty for all of them."""

    wait: str
    dimension: str
    group: str
    days: int
    number: int


class Branch(NamedTuple):
    """A part of the tree: of which part of which branch, and what it is parted into."""

    of: str
    part: str
    parts: Mapping[str, Callable[[Alike], bool]]


def _state(*states: str) -> Callable[[Alike], bool]:
    return lambda one: one.state in states


def _reason(reason: str) -> Callable[[Alike], bool]:
    return lambda one: one.reason == reason


ROOT: Final = "referrals"
MADE: Final = "made"
BRANCHES: Final[Mapping[str, Branch]] = {
    "answers": Branch(ROOT, MADE, {
        "no_answer": _state("made"),
        "declined": _state("declined"),
        "accepted": _state("accepted", "started", "ended"),
    }),
    "acceptance": Branch("answers", "accepted", {
        "accepted_when_known": lambda one: one.accept_known,
        "accepted_when_unknown": lambda one: not one.accept_known,
    }),
    "starts": Branch("answers", "accepted", {
        "not_started": _state("accepted"),
        "started": _state("started", "ended"),
    }),
    "starting": Branch("starts", "started", {
        "started_when_known": lambda one: one.start_known,
        "started_when_unknown": lambda one: not one.start_known,
    }),
    "ends": Branch("starts", "started", {
        "in_support": _state("started"),
        "ended": _state("ended"),
    }),
    "help": Branch("ends", "ended", {
        "helped": lambda one: one.helped in {"yes", "partly"},
        "did_not_help": lambda one: one.helped == "no",
        "help_unknown": lambda one: one.helped not in {"yes", "partly", "no"},
    }),
    "reasons": Branch("answers", "declined", {
        "declined_capacity": _reason("capacity"),
        "declined_criteria": _reason("criteria"),
        "declined_consent": _reason("consent"),
        "declined_not_reached": _reason("not-reached"),
        "declined_other": lambda one: one.reason in {None, "other"},
    }),
    "after_decline": Branch("answers", "declined", {
        "referred_again": lambda one: one.referred_again,
        "not_referred_again": lambda one: not one.referred_again,
    }),
}  # fmt: skip
WAITS: Final[Mapping[str, tuple[str, str, str]]] = {
    "days_to_accept": ("acceptance", "accepted_when_known", "days_to_accept_median"),
    "days_to_start": ("starting", "started_when_known", "days_to_start_median"),
}
"""By wait: the branch and part that it is known of, and what its median is called."""


def parts_of(one: Alike) -> set[str]:
    """Name every part of the tree that a referral is in."""
    parts = {MADE}
    for branch in BRANCHES.values():  # each stands after the branch that it is a part of
        if branch.part in parts:
            parts |= {part for part, holds in branch.parts.items() if holds(one)}
    return parts


def waited(found: Iterable[Onward]) -> Iterator[Waited]:
    """Say how long each referral waited, where it did: for each of its groups, and for all."""
    for one in found:
        parts = parts_of(Alike.of(one))
        for wait, (_, part, _) in WAITS.items():
            if part in parts:
                days = getattr(one, wait)
                yield Waited(wait, "", "", days, 1)
                for dimension in DIMENSIONS:
                    group = getattr(one, dimension) or UNKNOWN
                    yield Waited(wait, dimension, group, days, 1)
