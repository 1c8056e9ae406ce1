"""Was the child seen as a child, and where on the way do groups of children part?"""

from collections.abc import Collection, Iterable
from functools import partial
from typing import Final

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.measures.definition import Counted, Measure
from services.domain.measures.owed import DUE, in_time
from services.domain.policy import Policy
from services.domain.rules.described import RULES
from services.domain.rules.equity import EXPOSURES, VIOLENCE

ACCEPTED: Final = frozenset(
    {"immediate-protection", "strategy-discussion", "section-47", "section-17", "early-help"}
)
"""Decisions by which a referral leads to help; advice and no further action do not."""

ASSESSED: Final = frozenset(
    {"immediate-protection", "strategy-discussion", "section-47", "section-17"}
)
ENQUIRED: Final = frozenset({"immediate-protection", "strategy-discussion", "section-47"})
LINKED: Final = "linked-to-open-case"
DECIDED: Final = "on which the referral was first decided"


def decided(
    folded: Folded, policy: Policy, *, among: Collection[str] | None, met: Collection[str]
) -> Iterable[Counted]:
    """Count referrals by their first decision: one of `among` (None: any), met by one of `met`.

    A contact linked to a case already open is no referral (DfE), and is not counted.
    """
    for referral in folded.referrals.values():
        first = next(iter(referral.of_type(e.DECIDED)), None)
        decision = None if first is None else first.facts.get("decision")
        if first is None or decision == LINKED or not policy.is_child(first):
            continue
        if among is None or decision in among:
            yield Counted(
                judged=("referral_ref", referral.ref),
                anchor=first,
                agency=first.agency,
                at=first.time,
                met=decision in met,
                referral_ref=referral.ref,
            )


def violence(folded: Folded, policy: Policy) -> Iterable[Counted]:
    """Count incidents with exposure to violence: met unless it is said not to be safeguarding."""
    for incident in folded.incidents(policy.is_child):
        exposed = [each for each in incident.events if _violent(each)]
        if exposed:
            denied = [
                each for each in exposed if each.facts.get("treated_as_safeguarding") is False
            ]
            said = any("treated_as_safeguarding" in each.facts for each in exposed)
            anchor = (denied or exposed)[0]
            yield Counted(
                judged=incident.name,
                anchor=anchor,
                agency=anchor.agency,
                at=anchor.time,
                met=not denied if said else None,
            )


def _violent(event: Event) -> bool:
    return event.type == e.EXPOSED and not VIOLENCE.isdisjoint(event.stated("harms"))


def _stage(  # noqa: PLR0913 - what tells one stage from another
    id_: str,
    title: str,
    denominator: str,
    numerator: str,
    met: Collection[str],
    among: Collection[str] | None = None,
) -> Measure:
    return Measure(
        id=f"stage.{id_}",
        title=title,
        lesson="themes",
        denominator=denominator,
        numerator=f"of these, {numerator}",
        day=DECIDED,
        direction="neutral",
        anchors=frozenset({e.DECIDED}),
        find=partial(decided, among=among, met=met),
        limits=(
            "By the first decision; what was decided later is not followed here.",
            "A contact that was linked to an open case is no referral and is not counted.",
        ),
    )


_DECIDED_REFERRALS: Final = "referrals about a child on which a decision was made"

MEASURES: Final = (
    Measure(
        id="equity.screened-for-exploitation",
        title="Screened for exploitation in time",
        lesson="themes",
        denominator="incidents with an indicator of exploitation whose screening fell due",
        numerator="of these, those after which a referral states within the limit that the child "
        "was screened",
        day=DUE,
        direction="good",
        anchors=RULES["equity.exploitation_not_screened"].anchors,
        find=in_time(RULES["equity.exploitation_not_screened"]),
        rule="equity.exploitation_not_screened",
    ),
    Measure(
        id="equity.appropriate-adult-in-time",
        title="Appropriate adult with the child in time",
        lesson="themes",
        denominator="detentions of a child longer than the limit",
        numerator="of these, those at which an appropriate adult arrived within the limit",
        day=DUE,
        direction="good",
        anchors=RULES["equity.no_appropriate_adult"].anchors,
        find=in_time(
            RULES["equity.no_appropriate_adult"],
            lambda found: found.params["at"] == "detention",
        ),
        rule="equity.no_appropriate_adult",
        limits=("Interviews are left out: only those without an adult are told apart.",),
    ),
    Measure(
        id="equity.violence-safeguarding",
        title="Violence treated as safeguarding",
        lesson="themes",
        denominator="incidents at which a child was exposed to serious youth violence or a knife",
        numerator="of these, those that were not said to be no safeguarding matter",
        day="of the exposure",
        direction="good",
        anchors=EXPOSURES,
        find=violence,
        rule="equity.violence_not_safeguarding",
        limits=("Where nothing was said of it, it is missing data.",),
    ),
    _stage(
        "accepted",
        "From referral to help",
        _DECIDED_REFERRALS,
        "those decided as immediate protection, strategy discussion, section 47, section 17 or "
        "early help",
        ACCEPTED,
    ),
    _stage(
        "no-further-action",
        "From referral to no further action",
        _DECIDED_REFERRALS,
        "those decided as no further action",
        {"no-further-action"},
    ),
    _stage(
        "assessed",
        "From help to statutory assessment",
        "referrals about a child whose first decision led to help",
        "those decided as immediate protection, strategy discussion, section 47 or section 17",
        ASSESSED,
        ACCEPTED,
    ),
    _stage(
        "enquiry",
        "From statutory assessment to child protection",
        "referrals about a child whose first decision led to statutory assessment",
        "those decided as immediate protection, strategy discussion or section 47",
        ENQUIRED,
        ASSESSED,
    ),
)
"""The equity rules, and the stages of the way of a child, each from the stage before."""

STAGES: Final = ("stage.referred", "stage.accepted", "stage.no-further-action", "stage.assessed",
                 "stage.enquiry", "conference.in-time")  # fmt: skip
"""The way of a child, in order: rates by group are relative at each of them."""
