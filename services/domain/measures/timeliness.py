"""Was it done in time? What fell due under the rules of timeliness, counted."""

from typing import Final

from services.domain import events as e
from services.domain.measures.definition import Measure
from services.domain.measures.owed import DUE, Holds, in_time
from services.domain.rules.described import RULES
from services.domain.rules.rule import Shortfall

_NOT_MADE: Final = RULES["timeliness.referral_not_made"]
_NAMED_LATE: Final = (
    "An incident that several events are part of is counted once, by the event that owes first.",
    "A decision not to refer counts as an answer; whether it was right is for its review.",
)
_CLOCK: Final = (
    "The clock follows the receipt that social care told us of, else the making of the referral.",
)


def _caused(*causes: str) -> Holds:
    def holds(found: Shortfall) -> bool:
        return found.params["cause"] in causes

    return holds


def _referred(after: str, title: str, denominator: str, *causes: str) -> Measure:
    return Measure(
        id=f"referral.in-time-after-{after}",
        title=title,
        lesson="1",
        denominator=denominator,
        numerator="of these, those for which a referral was made, or a decision not to refer "
        "was recorded, within the limit",
        day=DUE,
        direction="good",
        anchors=_NOT_MADE.anchors,
        find=in_time(_NOT_MADE, _caused(*causes)),
        rule=_NOT_MADE.name,
        limits=_NAMED_LATE,
    )


def _after_receipt(rule: str, id_: str, title: str, thing: str) -> Measure:
    return Measure(
        id=id_,
        title=title,
        lesson="1",
        denominator=f"referrals about a child on which {thing} fell due",
        numerator="of these, those on which it was done within the limit",
        day=DUE,
        direction="good",
        anchors=RULES[rule].anchors,
        find=in_time(RULES[rule]),
        rule=rule,
        limits=_CLOCK,
    )


MEASURES: Final = (
    _referred(
        "custody",
        "Referred in time after custody",
        "detentions of a child by the police after which a referral fell due",
        "detention",
    ),
    _referred(
        "interview",
        "Referred in time after an interview as suspect",
        "interviews of a child as a suspect after which a referral fell due",
        "suspect_interview",
    ),
    _referred(
        "exposure",
        "Referred in time after exposure to harm",
        "exposures and concerns graded red or amber after which a referral fell due",
        "red",
        "amber",
    ),
    _after_receipt(
        "timeliness.decision_overdue", "decision.in-time", "Decided in time", "a decision"
    ),
    _after_receipt(
        "timeliness.referrer_not_told",
        "feedback.in-time",
        "Referrer told in time",
        "feedback to the referrer",
    ),
    Measure(
        id="assessment.in-time",
        title="Assessed in time",
        lesson="1",
        denominator="referrals decided as section 17 or section 47 whose assessment fell due",
        numerator="of these, those whose assessment was completed, or whose case was closed, "
        "within the limit",
        day=DUE,
        direction="good",
        anchors=RULES["timeliness.assessment_overdue"].anchors,
        find=in_time(RULES["timeliness.assessment_overdue"]),
        rule="timeliness.assessment_overdue",
        limits=_CLOCK,
    ),
    Measure(
        id="conference.in-time",
        title="Child protection conference held in time",
        lesson="1",
        denominator="strategy discussions that led to section 47 enquiries and whose conference "
        "fell due",
        numerator="of these, those whose conference was held, or whose case was closed, within "
        "the limit",
        day=DUE,
        direction="good",
        anchors=RULES["timeliness.conference_overdue"].anchors,
        find=in_time(RULES["timeliness.conference_overdue"]),
        rule="timeliness.conference_overdue",
    ),
    Measure(
        id="onward.support-in-time",
        title="Therapeutic support started in time",
        lesson="themes",
        denominator="referrals of a child to a therapeutic service whose support fell due",
        numerator="of these, those whose support started within the limit",
        day=DUE,
        direction="good",
        anchors=RULES["timeliness.support_not_started"].anchors,
        find=in_time(
            RULES["timeliness.support_not_started"], by=(e.SUPPORT_STARTED, e.SUPPORT_ENDED)
        ),
        rule="timeliness.support_not_started",
        limits=("A referral that was declined in time is counted, as one without support.",),
    ),
    Measure(
        id="stage.referred",
        title="From police contact to referral",
        lesson="themes",
        denominator="incidents after which a referral fell due",
        numerator="of these, those for which a referral was made within the limit",
        day=DUE,
        direction="neutral",
        anchors=_NOT_MADE.anchors,
        find=in_time(_NOT_MADE, by=(e.MADE,)),
        limits=("A decision not to refer is no referral here: this follows children, not duties.",),
    ),
)
"""Everything that the rules of timeliness yield, and the first stage of the way of a child."""
