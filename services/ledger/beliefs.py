"""Which verdicts count, and what do they change in what we believe? Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.domain.gaps import Gap
from services.domain.verdicts import Position, Verdict

Pair = tuple[str, str]
"""(child_ref, judge)."""


class Erasure(msgspec.Struct, frozen=True):
    """By which salt refs are renamed, and which events are gone."""

    salt: str
    keys: list[str]


class Heard(msgspec.Struct, frozen=True):
    """When one event came to us."""

    received_at: datetime


class Standing(msgspec.Struct, frozen=True):
    """How a child's chronology stands: the head of the message, or the ledger's row of it."""

    child_ref: str
    epoch: int
    version: int
    merged_into: str | None
    erased: bool
    erasure: Erasure | None = None
    events: tuple[Heard, ...] = ()

    @property
    def position(self) -> Position:
        """How chronologies of one child are ordered."""
        return (self.epoch, self.version)

    @property
    def newest_at(self) -> datetime | None:
        """When the last of its events came to us."""
        return max((event.received_at for event in self.events), default=None)

    @property
    def emptied(self) -> bool:
        """Whether nothing is owed under this ref any more."""
        return self.erased or self.merged_into is not None


@dataclass(frozen=True, slots=True)
class Epoch:
    """Which verdicts count: those of this epoch, by the policy adopted for it (None: by any)."""

    number: int
    policy_version: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What one batch changes: beliefs that end, and beliefs that begin (with their judge)."""

    ended: tuple[tuple[str, Gap], ...]
    begun: tuple[tuple[str, Gap], ...]

    def __bool__(self) -> bool:
        return bool(self.ended or self.begun)


def newest(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the highest verdict of each judge on each child; of equals the first."""
    found: dict[Pair, Verdict] = {}
    for verdict in verdicts:
        pair = (verdict.child_ref, verdict.judge)
        if pair not in found or verdict.position > found[pair].position:
            found[pair] = verdict
    return list(found.values())


def newer_standings(
    known: Mapping[str, Standing], heard: Iterable[Standing]
) -> dict[str, Standing]:
    """Return what has moved on since it was known: the highest of each; the erased never moves."""
    moved: dict[str, Standing] = {}
    for standing in heard:
        before = moved.get(standing.child_ref) or known[standing.child_ref]
        if standing.position > before.position and not before.erased:
            moved[standing.child_ref] = standing
    return moved


def refusal(
    verdict: Verdict, answered: Position | None, epoch: Epoch, standing: Standing
) -> str | None:
    """Say why a verdict does not count, None where it does; the code is a metric's label."""
    if verdict.epoch < epoch.number:
        return "epoch"
    if epoch.policy_version not in (None, verdict.policy_version):
        return "policy"
    if answered is not None and verdict.position <= answered:
        return "duplicate" if verdict.position == answered else "older"
    if standing.erased and verdict.gaps:
        return "erased"
    return None


def believed(verdict: Verdict, standing: Standing) -> tuple[Gap, ...]:
    """Return the gaps that a verdict leaves: none for a child emptied at its version or later."""
    if standing.emptied and verdict.version <= standing.version:
        return ()
    return verdict.gaps


def difference(
    held: Mapping[Pair, Sequence[Gap]], wanted: Mapping[Pair, Collection[Gap]]
) -> Change:
    """Compare what is believed with what should be, judge by judge; what is equal stays."""
    ended: list[tuple[str, Gap]] = []
    begun: list[tuple[str, Gap]] = []
    for pair, gaps in wanted.items():
        now = {gap.gap_id: gap for gap in gaps}
        before = {gap.gap_id: gap for gap in held.get(pair, ())}
        ended += [(pair[1], gap) for name, gap in before.items() if now.get(name) != gap]
        begun += [(pair[1], gap) for name, gap in now.items() if before.get(name) != gap]
    return Change(tuple(ended), tuple(begun))
