"""How does a referral go: made, received, looked over, mended, withdrawn?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from deploy.demo import oversight
from deploy.demo.care import Front, decide
from deploy.demo.life import Life, Referral, Said, at
from deploy.demo.moments import later
from deploy.demo.narrative import Draft
from deploy.demo.staff import MUST_BE_TRAINED, Worker

CSC = "norfolk-csc"
_SETS_NOTHING_GOING = frozenset(
    {"no-further-action", "information-and-advice", "early-help", "linked-to-open-case"}
)
_EXPLOITATION = ("criminal-exploitation", "county-lines", "sexual-exploitation", "gang")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who refers, from which system, under which of DfE's codes; no worker: nobody who posts."""

    system: str
    codes: tuple[str, ...]
    worker: Worker | None


@dataclass(slots=True)
class _Course:
    """A referral under way: what it says and when it was withdrawn."""

    sender: Sender
    referral: Referral
    draft: Draft
    made: Said
    withdrawn_at: datetime | None = None


def refer(
    life: Life,
    sender: Sender,
    made_at: datetime,
    harms: Sequence[str],
    triggers: Sequence[str] = (),
) -> None:
    """Write a referral and all that follows; where the year's end would cut it in half, nothing."""
    if made_at + timedelta(hours=4) >= life.county.until:
        return
    referral = Referral(life.new_ref("R"), None, frozenset(triggers))
    life.referrals.append(referral)
    course = _make(life, sender, made_at, harms, referral) if sender.worker else None
    received = life.say(
        CSC,
        "front-door",
        "social-care.referral-received.v1",
        later(life.rng, made_at, 0.03, 1.5),
        {"referral_ref": referral.ref, "referral_source": life.rng.choice(sender.codes)},
    )
    if received is None:
        return
    _withdraw_early(life, course, received)
    anchor = course.made if course else received
    front = Front(referral, anchor, received.time, course.withdrawn_at if course else None)
    decided_at = decide(life, front)
    if course:
        _withdraw_later(life, course, decided_at)
        _look_after(life, course)
        front.withdrawn_at = course.withdrawn_at
    front.plant(life)


def _make(
    life: Life, sender: Sender, made_at: datetime, harms: Sequence[str], referral: Referral
) -> _Course | None:
    worker, rng, draft = sender.worker, life.rng, Draft(life.rng)
    if worker is None:
        return None
    considered = bool(life.incidents) and life.slips("previous-incidents-considered")
    screened = life.slips("screened")
    named = [*harms, *((rng.choice(_EXPLOITATION),) if screened and life.chance(0.2) else ())]
    content: dict[str, Any] = {
        "referral_ref": referral.ref,
        "triggers": sorted(referral.triggers),
        "sent_to": "E10000020",
        "route": rng.choice(("phone", "portal", "form", "system")),
        "urgency": rng.choices(("immediate", "same-day", "standard"), (1, 3, 6))[0],
        "harms": list(dict.fromkeys(named)),
        **draft.said(),
        "history": {"previous_incidents_considered": considered},
        "screening": {
            "exploitation": "done" if screened else "not-done",
            "nrm": "not-needed" if screened else "not-considered",
        },
    }
    made = life.say(worker.agency, sender.system, "referral.made.v1", made_at, content, worker)
    if made is None:
        return None
    referral.made = made
    referral.harms_at.append((made.time, frozenset(named)))
    if considered:
        referral.considered_at.append(made.time)
    if screened:
        referral.screened_at.append(made.time)
    if worker.unit in MUST_BE_TRAINED:
        life.handled.append((made, referral.ref, worker))
    return _Course(sender, referral, draft, made)


def _withdraw(life: Life, course: _Course, when: datetime) -> datetime | None:
    content = {"referral_ref": course.referral.ref, "reason": "Entered twice, see the other record"}
    worker = course.sender.worker
    said = life.say(
        course.made.agency, course.sender.system, "referral.withdrawn.v1", when, content, worker
    )
    course.withdrawn_at = at(said)
    return course.withdrawn_at


def _withdraw_early(life: Life, course: _Course | None, received: Said) -> None:
    """Withdraw, rarely, before anybody could decide: the referral is as if it had not been made."""
    if course and life.slips("withdrawn-early"):
        course.referral.counts = (
            _withdraw(life, course, later(life.rng, received.time, 0.1, 1)) is None
        )


def _withdraw_later(life: Life, course: _Course, decided_at: datetime | None) -> None:
    """Withdraw, rarely, after a decision that set nothing going: the referral still counts."""
    idle = any(code in _SETS_NOTHING_GOING for _, code in course.referral.decided)
    if decided_at and idle and life.slips("withdrawn-after-decision"):
        _withdraw(life, course, later(life.rng, decided_at, 2, 72))


def _look_after(life: Life, course: _Course) -> None:
    """Have police referrals reviewed, mend what was asked for, and plant what was poor."""
    made, referral, worker = course.made, course.referral, course.sender.worker
    police = made.agency.endswith("-police")
    if course.withdrawn_at or worker is None:
        if police:
            limit = made.time + timedelta(hours=24)
            life.owe("oversight.not_reviewed", made, limit, [course.withdrawn_at])
        _plant_poor(life, course, None, None, [])
        return
    reviews = oversight.review(life, "referral", referral.ref, made, worker) if police else []
    amended, entirely = _amend(life, course, reviews)
    approvals = oversight.send_back(life, "referral", referral.ref, reviews, at(amended))
    _plant_poor(life, course, amended if entirely else None, amended, approvals)


def _amend(life: Life, course: _Course, reviews: list[Said]) -> tuple[Said | None, bool]:
    """Write the amendment that a review or the front door asked for; say if it mends all."""
    returned = [each for each in reviews if each.content["outcome"] == "returned"]
    rng, draft, worker = life.rng, course.draft, course.sender.worker
    if returned:
        asked = life.chance(0.7)  # what is sent back mostly comes again
        start, most = returned[0].time, 20 if life.chance(0.7) else 90
    else:
        asked = draft.faulty and life.slips("mended-when-asked")
        start, most = course.made.time, 140
    if not asked:
        return None, False
    entirely = life.chance(0.8)
    content: dict[str, Any] = {"referral_ref": course.referral.ref, **draft.mend(entirely=entirely)}
    if life.chance(0.3):  # asked what else is known, somebody looks
        content["history"] = {"previous_incidents_considered": True}
        content["screening"] = {"exploitation": "done"}
    when = later(rng, start, 3, most)
    said = life.say(
        course.made.agency, course.sender.system, "referral.amended.v1", when, content, worker
    )
    if said and "history" in content:
        course.referral.considered_at.append(said.time)
        course.referral.screened_at.append(said.time)
    return said, entirely


def _plant_poor(
    life: Life,
    course: _Course,
    mended: Said | None,
    amended: Said | None,
    approvals: list[datetime],
) -> None:
    """Plant what the referral lacked, until the amendment that supplied it or the withdrawal."""
    made, draft, gone = course.made, course.draft, course.withdrawn_at
    if draft.missing:
        supplied = mended or (amended if len(draft.missing) == 1 else None)
        life.owe("completeness.information_missing", made, made.time, [at(supplied), gone])
    if draft.unclear:
        life.owe("completeness.reason_unclear", made, made.time, [at(mended), gone])
    if draft.unheard:
        life.owe("completeness.child_not_heard", made, made.time, [at(mended), gone])
    if draft.adult:
        life.owe("equity.adult_language", made, made.time, [at(mended), gone, *approvals])
