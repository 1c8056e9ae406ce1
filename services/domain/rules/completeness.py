"""Does the referral say what it must? The family `completeness` (contract.md 3 and 3.1)."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.policy import Policy
from services.domain.referrals import Referral
from services.domain.rules.rule import Rule, Shortfall
from services.domain.rules.said import SAYING, Lacking, Lacks, Said, Spell, spells

CLOSES = (e.AMENDED, e.WITHDRAWN)
REQUIRED = "completeness.information_missing.required"
WORDS = "completeness.reason_unclear.words"

KNOWN = frozenset({"value", "unknown"})
"""What an element may be: known, or unknown for an accepted reason."""

MUST_STATE = ("why", "harm", "ask")
"""The parts of a reason that must be stated: why, the harm to the child, and what is asked."""


# At once on `referral.made`: every required element has a value or an accepted `unknown_because`.
# An amendment merges by key; the state after each is judged, and if a later one makes it incomplete
# again, a new gap opens, anchored on that amendment. Amendments timed at or before `referral.made`
# are part of it; a second `referral.made` with the same ref counts as an amendment.
# Closed by the `referral.amended` that supplies the last one; `referral.withdrawn`.
def information_missing(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the referrals that do not state what a referral must state."""

    def lacking(said: Said, at: Event) -> Lacks:
        required = policy.words(REQUIRED, at)
        return frozenset((name,) for name in required if said.information.get(name) not in KNOWN)

    for referral, spell in _poor(folded, policy, lacking):
        required = policy.words(REQUIRED, spell.anchor)
        missing = [name for name in required if (name,) in spell.lacks]
        yield _shortfall(referral, spell, "information_missing", {"missing": missing})


# At once: `reason` does not state why, the harm to the child, and what is asked (each absent, a
# placeholder, or under [5] words). "The harm" is `reason.harm`, "what is asked" is `reason.ask`.
# Closed by an amendment that states them; `referral.withdrawn`.
def reason_unclear(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the referrals that do not say why, what harm to the child, or what is asked."""

    def lacking(said: Said, at: Event) -> Lacks:
        least = max(1, policy.number(WORDS, at).value)
        return frozenset((part,) for part in MUST_STATE if said.words(part) < least)

    for referral, spell in _poor(folded, policy, lacking):
        unclear = [part for part in MUST_STATE if (part,) in spell.lacks]
        least = policy.number(WORDS, spell.anchor).value
        yield _shortfall(referral, spell, "reason_unclear", {"unclear": unclear, "words": least})


# At once: no `voice_of_child`; a placeholder is no voice; the voice has no minimum length.
# Closed by an amendment with it; `referral.withdrawn`.
def child_not_heard(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the referrals in which the child is not heard."""

    def lacking(said: Said, _at: Event) -> Lacks:
        return frozenset() if said.words("voice_of_child") else frozenset({("voice_of_child",)})

    for referral, spell in _poor(folded, policy, lacking):
        yield _shortfall(referral, spell, "child_not_heard", {})


def _poor(folded: Folded, policy: Policy, lacking: Lacking) -> Iterator[tuple[Referral, Spell]]:
    for referral in folded.referrals.values():
        for spell in spells(folded, referral, policy, lacking):
            yield referral, spell


def _shortfall(referral: Referral, spell: Spell, code: str, params: Mapping[str, Any]) -> Shortfall:
    return Shortfall(
        judged=("referral_ref", referral.ref),
        anchor=spell.anchor,
        agency=spell.anchor.agency,
        opens_at=spell.anchor.time,
        closed=spell.closed,
        code=code,
        referral_ref=referral.ref,
        behind=tuple(referral.of_type(e.MADE)[:1]),
        params=params,
    )


RULES = (
    Rule("completeness.information_missing", "2", "gap", 1, CLOSES, SAYING, information_missing),
    Rule("completeness.reason_unclear", "2", "gap", 1, CLOSES, SAYING, reason_unclear),
    Rule("completeness.child_not_heard", "2", "gap", 1, CLOSES, SAYING, child_not_heard),
)
