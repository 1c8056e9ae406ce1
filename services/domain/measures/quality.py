"""Was it done well: said in full, heard, reviewed, trained for, graded good?"""

from collections.abc import Iterable
from functools import partial
from typing import Final

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.grades import GRADED
from services.domain.incidents import Ref
from services.domain.measures.definition import Counted, Measure
from services.domain.measures.owed import DUE, in_time
from services.domain.policy import Policy
from services.domain.rules.described import RULES
from services.domain.rules.rule import Rule
from services.domain.rules.training import TRAINING_CLOSES, handlings

_SENT: Final = "on which the referral was first made"
_OF_SENDER: Final = "Judged by what was said up to the making; what is added later is not in it."


def at_first_sending(folded: Folded, policy: Policy, *, rule: Rule) -> Iterable[Counted]:
    """Count every referral about a child: met unless the rule finds it poor when first made."""
    poor = {found.anchor.key for found in rule.found(folded, policy)}
    for referral in folded.referrals.values():
        made = next((each for each in referral.of_type(e.MADE) if policy.is_child(each)), None)
        if made is not None and referral.standing:
            yield Counted(
                judged=("referral_ref", referral.ref),
                anchor=made,
                agency=made.agency,
                at=made.time,
                met=made.key not in poor,
                referral_ref=referral.ref,
            )


def trained(folded: Folded, policy: Policy) -> Iterable[Counted]:
    """Count what each practitioner who must be trained handled: met where all was in date."""
    found: dict[tuple[Ref, str], Counted] = {}
    for event, judged, missing in handlings(folded, policy):
        staff = event.staff or ""
        before = found.get((judged, staff))
        if before is not None and (before.met is False or not missing):
            continue
        told = policy.observed(event, event.agency, TRAINING_CLOSES)
        found[judged, staff] = Counted(
            judged=judged,
            anchor=event,
            agency=event.agency,
            at=event.time,
            met=not missing if told else None,
            more=(staff,),
            referral_ref=event.ref("referral_ref"),
        )
    return found.values()


def graded(folded: Folded, _: Policy, *, grade: str) -> Iterable[Counted]:
    """Count every grade that an auditor gave a dimension of a referral: met where it is this."""
    for event in folded.of_type(GRADED):
        ref = event.ref("referral_ref") or ""
        for dimension, given in sorted(event.part("grades").items()):
            yield Counted(
                judged=("referral_ref", ref),
                anchor=event,
                agency=_sender(folded, ref) or event.agency,
                at=event.time,
                met=given == grade,
                more=(event.source, event.id, dimension),
                referral_ref=ref,
            )


def _sender(folded: Folded, ref: str) -> str | None:
    """Find who sent a referral: the grade is of their work, not the auditor's."""
    referral = folded.referrals.get(ref)
    return next(iter(referral.senders), None) if referral else None


def _said(rule: str, id_: str, title: str, numerator: str) -> Measure:
    return Measure(
        id=id_,
        title=title,
        lesson="2",
        denominator="referrals made about a child, withdrawn ones left out",
        numerator=f"of these, those that {numerator} when first made",
        day=_SENT,
        direction="good",
        anchors=frozenset({e.MADE}),
        find=partial(at_first_sending, rule=RULES[rule]),
        rule=rule,
        limits=(_OF_SENDER,),
    )


def _graded(grade: str, title: str, direction: str) -> Measure:
    return Measure(
        id=f"audit.graded-{grade}",
        title=title,
        lesson="3",
        denominator="grades given by auditors to a dimension of a referral",
        numerator=f"of these, those that are '{grade.replace('-', ' ')}'",
        day="on which the audit was graded",
        direction="good" if direction == "good" else "bad",
        anchors=frozenset({GRADED}),
        find=partial(graded, grade=grade),
        limits=(
            "A referral counts once for each dimension and auditor.",
            "Counted for the agency that made the referral, else for the auditor's.",
        ),
    )


MEASURES: Final = (
    _said(
        "completeness.information_missing",
        "referral.complete-at-first",
        "Complete at first sending",
        "gave every required element, or a reason why it is not known,",
    ),
    _said(
        "completeness.reason_unclear",
        "referral.reason-clear",
        "Reason for referral clear",
        "stated why, what harm to the child, and what is asked",
    ),
    _said(
        "completeness.child_not_heard", "referral.child-heard", "Child heard in the referral",
        "carried the voice of the child",
    ),
    Measure(
        id="harm.cumulative-recognised",
        title="Cumulative harm recognised in time",
        lesson="1",
        denominator="incidents at which harm to a child had added up and recognition fell due",
        numerator="of these, those after which a referral considered what came before, or a "
        "strategy discussion was held, within the limit",
        day=DUE,
        direction="good",
        anchors=RULES["cumulative_harm.not_recognised"].anchors,
        find=in_time(RULES["cumulative_harm.not_recognised"]),
        rule="cumulative_harm.not_recognised",
        limits=("While one such incident is unrecognised, further ones are not counted anew.",),
    ),
    Measure(
        id="oversight.reviewed-in-time",
        title="Reviewed by a supervisor in time",
        lesson="3",
        denominator="detentions, interviews as suspect, police referrals and decisions not to "
        "refer whose review fell due",
        numerator="of these, those reviewed within the limit by somebody who had no hand in them",
        day=DUE,
        direction="good",
        anchors=RULES["oversight.not_reviewed"].anchors,
        find=in_time(RULES["oversight.not_reviewed"]),
        rule="oversight.not_reviewed",
    ),
    _graded("good", "Graded good at audit", "good"),
    _graded("inadequate", "Graded inadequate at audit", "bad"),
    Measure(
        id="training.in-date",
        title="Handled by somebody trained",
        lesson="4",
        denominator="detentions, interviews, exposures and referrals of a child handled by a "
        "practitioner of a unit that must hold the training",
        numerator="of these, those whose practitioner had every course in date on that day",
        day="on which it was handled",
        direction="good",
        anchors=RULES["training.not_in_date"].anchors,
        find=trained,
        rule="training.not_in_date",
        limits=("Where no unit is stated there is no duty, and nothing is counted.",),
    ),
)  # fmt: skip
"""Completeness, cumulative harm, oversight, audits and training."""
