"""Is the child spoken of as of an adult? The rule `equity.adult_language`."""

from collections.abc import Iterator
from itertools import chain

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.narrative.features import JUDGED_PARTS
from services.domain.narrative.phrases import NAME, code_of
from services.domain.policy import Policy
from services.domain.referrals import Referral
from services.domain.rules.rule import Rule, Shortfall
from services.domain.rules.said import SAYING, Lacks, Said, Spell, spells

CLOSES = (e.AMENDED, e.REVIEWED, e.WITHDRAWN)


# Query: a phrase of the versioned list in a referral's reason: whole words, in `why`, `harm`,
# `evidence`, `ask`, never in `voice_of_child`.
# Closed by an amendment without it; an `oversight.reviewed` of the referral that overrules it: a
# later `approved` review by someone else; `referral.withdrawn`.
def adult_language(folded: Folded, policy: Policy) -> Iterator[Shortfall]:
    """Find the referrals that speak of a child as of an adult."""

    def lacking(said: Said, at: Event) -> Lacks:
        used = [(part, phrase) for part in JUDGED_PARTS for phrase in said.phrases(part)]
        if not used:
            return frozenset()
        listed = {code_of(phrase) for phrase in policy.words(NAME, at)}
        return frozenset((part, phrase) for part, phrase in used if phrase in listed)

    approved = _approved(folded)
    for referral in folded.referrals.values():
        doers = _doers(referral)
        by_others = [each for each in approved.get(referral.ref, ()) if each.staff not in doers]
        for spell in spells(folded, referral, policy, lacking, by_others):
            yield Shortfall(
                judged=("referral_ref", referral.ref),
                anchor=spell.anchor,
                agency=spell.anchor.agency,
                opens_at=spell.anchor.time,
                closed=spell.closed,
                code="adult_language",
                referral_ref=referral.ref,
                behind=tuple(referral.of_type(e.MADE)[:1]),
                params=_params(spell),
            )


def _params(spell: Spell) -> dict[str, list[str]]:
    """Name the phrases and the parts of the reason that use them, each once."""
    parts = {part for part, _ in spell.lacks}
    return {
        "phrases": sorted({phrase for _, phrase in spell.lacks}),
        "parts": [part for part in JUDGED_PARTS if part in parts],
    }


def _approved(folded: Folded) -> dict[str, list[Event]]:
    """The reviews that approved a referral, in order, by its ref."""
    approved: dict[str, list[Event]] = {}
    for review in folded.of_type(e.REVIEWED):
        of = review.part("of")
        if of.get("kind") == "referral" and review.facts.get("outcome") == "approved":
            approved.setdefault(str(of.get("ref")), []).append(review)
    return approved


def _doers(referral: Referral) -> frozenset[str]:
    """Everybody who made or amended the referral, as far as they are known."""
    said = chain(referral.of_type(e.MADE), referral.of_type(e.AMENDED))
    return frozenset(event.staff for event in said if event.staff is not None)


RULES = (Rule("equity.adult_language", "themes", "query", 1, CLOSES, SAYING, adult_language),)
