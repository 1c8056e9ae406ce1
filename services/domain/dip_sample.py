"""Which referrals of a month are read again by people, and which of them by two?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from math import isqrt
from typing import NamedTuple

from services.domain.events import Key
from services.domain.policy import Policy

ANY = "any"
NO_FURTHER_ACTION = "no-further-action"
GENERAL_CID = "general-cid"
CUSTODY = "custody"
VOLUNTARY_INTERVIEW = "voluntary-interview"
GIRLS = "girls"
MINORITY_ETHNIC = "minority-ethnic"
REPEATS = "repeats"

SIZES: Mapping[str, str] = {
    ANY: "dip_sample.any",
    NO_FURTHER_ACTION: "dip_sample.no_further_action",
    GENERAL_CID: "dip_sample.general_cid",
    CUSTODY: "dip_sample.custody",
    VOLUNTARY_INTERVIEW: "dip_sample.voluntary_interview",
    GIRLS: "dip_sample.girls",
    MINORITY_ETHNIC: "dip_sample.minority_ethnic",
    REPEATS: "dip_sample.repeats",
}
"""Every stratum, and the number of policy that says how many are drawn of it."""

LOTS = 1024
"""Into so many lots referrals are parted; a county has a handful in each, every month."""


class Stratum(NamedTuple):
    """A stratum; of minority ethnic groups one for each group, which are never reported as one."""

    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A referral that may be drawn; `key`, the event that made it, stays whoever the child is."""

    key: Key
    child_ref: str
    referral_ref: str
    agency: str
    made_at: datetime
    strata: frozenset[Stratum]
    sex_known: bool = True
    ethnicity_known: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """How many are drawn of each stratum, and which share (percent) a second reader reads."""

    sizes: Mapping[str, int]
    second_reader: int

    @classmethod
    def of(cls, policy: Policy, day: date) -> "Plan":
        """Return the plan that holds on a day."""
        sizes = {name: policy.number(number, day).value for name, number in SIZES.items()}
        return cls(sizes, policy.number("dip_sample.second_reader", day).value)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A referral of the sample; `second_reader`: somebody else reads it as well, blind."""

    candidate: Candidate
    second_reader: bool


class Count(NamedTuple):
    """Of a stratum: how many there are, and how many of them are in the sample."""

    stratum: Stratum
    population: int
    drawn: int


def draw(candidates: Iterable[Candidate], plan: Plan, seed: str) -> tuple[Drawn, ...]:
    """Draw a sample; what order the candidates come in does not matter.

    Each referral is in one of many lots, by a digest of the event that made it. The seed gives each
    lot its turn, and each referral a place in its lot, the same in all strata. Of each stratum the
    first are drawn: each is a random sample of its own, and who is in several counts for all of
    them. So the first few lots are enough to draw from, however many referrals a month has. A
    referral that comes to be known later displaces few others. Whom the second reader reads is
    drawn among the drawn, by places of its own; at least one, where any share is read.
    """
    everybody = {each.key: each for each in candidates}
    ranked = sorted(everybody.values(), key=partial(_first, seed))
    keys = {each.key for name, size in plan.sizes.items() for each in _turns(ranked, name)[:size]}
    sample = [each for each in ranked if each.key in keys]
    twice = sorted(sample, key=partial(_second, seed))
    number = -(-len(sample) * plan.second_reader // 100)
    second = {each.key for each in twice[:number]}
    return tuple(Drawn(each, each.key in second) for each in sample)


def counts(population: Mapping[Stratum, int], sample: Iterable[Drawn]) -> list[Count]:
    """Say of each stratum that has anybody how many of it were drawn, for whatever stratum."""
    drawn = Counter(stratum for each in sample for stratum in each.candidate.strata)
    order = list(SIZES)
    return [
        Count(stratum, population[stratum], drawn[stratum])
        for stratum in sorted(population, key=lambda one: (order.index(one.name), one.group))
    ]


def _turns(ranked: Iterable[Candidate], name: str) -> list[Candidate]:
    """The members of a stratum, group by group in turn: a small group is not crowded out."""
    turns: dict[str, int] = {}
    placed: list[tuple[int, Candidate]] = []
    for each in ranked:
        group = next((stratum.group for stratum in each.strata if stratum.name == name), None)
        if group is not None:
            turns[group] = turns.get(group, 0) + 1
            placed.append((turns[group], each))
    return [each for _, each in sorted(placed, key=lambda one: one[0])]


def lot_of(key: Key) -> int:
    """Return the lot of the event that made a referral: whatever the seed, and for ever."""
    return int.from_bytes(sha256("\n".join(key).encode()).digest()[:2], "big") % LOTS


def turns_of_lots(seed: str) -> list[int]:
    """Return by lot which turn a seed gives it, from 0."""
    drawn = sorted(range(LOTS), key=partial(_lot_place, seed))
    turns = {lot: turn for turn, lot in enumerate(drawn)}
    return [turns[lot] for lot in range(LOTS)]


def lots_needed(population: int, size: int) -> int:
    """Return in how many lots so many of a stratum almost surely are: all, where it is small."""
    enough = size + 3 * isqrt(size) + 5
    return LOTS if population <= enough else -(-LOTS * enough // population)


def _lot_place(seed: str, lot: int) -> bytes:
    return sha256(f"{seed}\nlot\n{lot}".encode()).digest()


def _first(seed: str, candidate: Candidate) -> tuple[bytes, bytes, Key]:
    return _lot_place(seed, lot_of(candidate.key)), *_hashed(f"{seed}\nfirst\n", candidate)


def _second(seed: str, candidate: Candidate) -> tuple[bytes, Key]:
    return _hashed(f"{seed}\nsecond\n", candidate)


def _hashed(before: str, candidate: Candidate) -> tuple[bytes, Key]:
    return sha256((before + "\n".join(candidate.key)).encode()).digest(), candidate.key
