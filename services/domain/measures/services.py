"""What becomes of referrals of a child to services, and is the child asked whether it helped?"""

from collections.abc import Iterable
from typing import Final

from services.domain import events as e
from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.measures.definition import Counted, Measure
from services.domain.onward import ACCEPTED
from services.domain.policy import Policy

_ANSWERS: Final = (ACCEPTED, e.SERVICE_DECLINED, e.SUPPORT_STARTED)
_SUPPORTED: Final = frozenset({e.SERVICE_REFERRED, e.SUPPORT_ENDED})
_HELPED: Final = frozenset({"yes", "partly"})
_ASKED: Final = frozenset({*_HELPED, "no"})


def answered(folded: Folded, policy: Policy) -> Iterable[Counted]:
    """Count referrals to a service by the first answer: met unless it was declined."""
    for ref in folded.refs("service_ref"):
        events = folded.carrying("service_ref", ref)
        made = next((each for each in events if each.type == e.SERVICE_REFERRED), None)
        answer = next((each for each in events if each.type in _ANSWERS), None)
        if made is not None and answer is not None and policy.is_child(made):
            yield _counted(ref, made, answer, met=answer.type != e.SERVICE_DECLINED)


def asked(folded: Folded, policy: Policy) -> Iterable[Counted]:
    """Count support that ended: met where the child was asked whether it helped."""
    for ref, made, ended in _ended(folded, policy):
        yield _counted(ref, made, ended, met=ended.ref("child_says_it_helped") in _ASKED)


def helped(folded: Folded, policy: Policy) -> Iterable[Counted]:
    """Count children who were asked: met where they say that it helped, if only partly."""
    for ref, made, ended in _ended(folded, policy):
        said = ended.ref("child_says_it_helped")
        if said in _ASKED:
            yield _counted(ref, made, ended, met=said in _HELPED)


def _ended(folded: Folded, policy: Policy) -> Iterable[tuple[str, Event, Event]]:
    for ref in folded.refs("service_ref"):
        events = folded.carrying("service_ref", ref)
        ended = [each for each in events if each.type == e.SUPPORT_ENDED]
        if ended and policy.is_child(ended[-1]):
            made = next((each for each in events if each.type == e.SERVICE_REFERRED), ended[-1])
            yield ref, made, ended[-1]


def _counted(ref: str, made: Event, answer: Event, *, met: bool) -> Counted:
    return Counted(("service_ref", ref), made, made.agency, answer.time, met)


MEASURES: Final = (
    Measure(
        id="onward.accepted",
        title="Onward referrals accepted",
        lesson="themes",
        denominator="referrals of a child to a service that were answered",
        numerator="of these, those first answered by acceptance or by support that started",
        day="of the first answer",
        direction="good",
        anchors=frozenset({e.SERVICE_REFERRED}),
        find=answered,
        limits=("A referral that nobody answered is not counted here.",),
    ),
    Measure(
        id="voice.asked-whether-it-helped",
        title="Child asked whether support helped",
        lesson="themes",
        denominator="support of a child by a service that ended",
        numerator="of these, those after which the child was asked whether it helped",
        day="on which support ended",
        direction="good",
        anchors=_SUPPORTED,
        find=asked,
    ),
    Measure(
        id="voice.says-it-helped",
        title="Child says that support helped",
        lesson="themes",
        denominator="support that ended and after which the child was asked whether it helped",
        numerator="of these, those of which the child says that it helped, or partly",
        day="on which support ended",
        direction="good",
        anchors=_SUPPORTED,
        find=helped,
        limits=("Who was not asked is not in it: read it beside how many were asked.",),
    ),
)
"""Services to which children are referred, and what children say of them."""
