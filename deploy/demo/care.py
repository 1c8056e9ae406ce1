"""What does social care do with a referral, and what of it comes too late?"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deploy.demo.life import Life, Referral, Said, at
from deploy.demo.moments import later, office_after, office_moment, within_a_working_day
from deploy.demo.office_days import due_at, london_day, working_day_after

CSC = "norfolk-csc"
_DECISIONS = {
    "no-further-action": 6.5,
    "information-and-advice": 18,
    "early-help": 25,
    "linked-to-open-case": 5,
    "section-17": 30,
    "section-47": 9,
    "strategy-discussion": 5,
    "immediate-protection": 1.5,
}
_FACTORS = ("2A", "3B", "4B", "10A", "11A", "13A", "14A", "16A", "17A", "18B", "20", "24A")
_PROVIDERS = ("harbour-therapy", "open-door", "stepping-stones", "next-chapter")
_MONITORED = ("section-17", "section-47")


@dataclass(slots=True)
class Front:
    """A referral at the front door: when its clocks start and what was done when."""

    referral: Referral
    anchor: Said
    started_at: datetime
    withdrawn_at: datetime | None
    decided_at: list[datetime] = field(default_factory=list)
    told_at: datetime | None = None

    def plant(self, life: Life) -> None:
        """Plant a late or missing decision and a late or missing word to the referrer."""
        due, gone = due_at(self.started_at, 1), self.withdrawn_at
        life.owe("timeliness.decision_overdue", self.anchor, due, [*self.decided_at, gone])
        life.owe("timeliness.referrer_not_told", self.anchor, due, [self.told_at, gone])


def decide(life: Life, front: Front) -> datetime | None:
    """Write decision, word to the referrer and all that follows; return when it was decided."""
    if front.withdrawn_at:
        return None
    ref, rng = front.referral.ref, life.rng
    decision = _drawn_decision(life)
    when = _in_time_or_not(life, front.started_at, "no-decision", "late-decision")
    if when and life.slips("corrected-decision"):
        when = _corrected(life, ref, when)
    decided = _decision(life, ref, decision, when)
    told = _in_time_or_not(life, front.started_at, "no-telling", "late-telling")
    means = {"referral_ref": ref, "means": rng.choice(("phone", "email", "portal", "letter"))}
    front.told_at = at(life.say(CSC, "front-door", "social-care.referrer-told.v1", told, means))
    if decided is None:
        return None
    front.decided_at.append(decided.time)
    front.referral.decided.append((decided.time, decision))
    _follow(life, front, decision, decided.time)
    return decided.time


def _drawn_decision(life: Life) -> str:
    """Return a decision in England's proportions; a door once closed closes more easily."""
    closed = any(code == "no-further-action" for r in life.referrals for _, code in r.decided)
    weights = {**_DECISIONS, "no-further-action": 30} if closed else _DECISIONS
    return life.rng.choices(list(weights), weights=list(weights.values()))[0]


def _in_time_or_not(life: Life, start: datetime, never: str, late: str) -> datetime | None:
    if life.slips(never):
        return None
    if life.slips(late):
        return office_after(life.rng, due_at(start, 1), 1, 8)
    return within_a_working_day(life.rng, start)


def _decision(life: Life, ref: str, decision: str, when: datetime | None) -> Said | None:
    worker = life.staff.one(life.rng, CSC, "front-door")
    content = {"referral_ref": ref, "decision": decision}
    return life.say(CSC, "front-door", "social-care.referral-decided.v1", when, content, worker)


def _corrected(life: Life, ref: str, when: datetime) -> datetime:
    """Write a decision entered in error and its retraction; return when the right one came."""
    if when + timedelta(days=2) >= life.county.until:
        return when
    wrong = _decision(life, ref, "no-further-action", when)
    if wrong:
        retract(life, wrong, later(life.rng, when, 0.2, 2))
    return later(life.rng, when, 3, 24)


def retract(life: Life, wrong: Said, when: datetime) -> Said | None:
    """Write the retraction of something said in error, by the one who said it."""
    content = {
        "retracts": {"source": wrong.source, "id": wrong.id},
        "reason": "Entered against the wrong record",
        "practitioner": wrong.content["practitioner"],
    }
    system = wrong.source.split("/demo-")[1]
    return life.say(wrong.agency, system, "event.retracted.v1", when, content)


def _follow(life: Life, front: Front, decision: str, decided_at: datetime) -> None:
    """Write what a decision sets going: discussion, assessment, conference, services, closure."""
    ends: list[datetime] = []
    discussion = None
    if decision in {"section-47", "strategy-discussion", "immediate-protection"}:
        discussion = _discuss(life, front.referral.ref, decision, decided_at)
    conference = _confer(life, front.referral.ref, discussion, ends) if discussion else None
    completed = _assess(life, front, decision, ends)
    if decision in {*_MONITORED, "early-help"} and life.chance(0.12):
        _serve(life, decided_at)
    last = max((t for t in (completed, conference) if t), default=None)
    if not ends and last and life.chance(0.4):
        close(life, front.referral.ref, office_after(life.rng, last, 2, 60), ends)
    _plant_care(life, front, decision, decided_at, completed, discussion, conference, ends)


def _plant_care(  # noqa: PLR0913 - everything that a section 47 may leave undone
    life: Life,
    front: Front,
    decision: str,
    decided_at: datetime,
    completed: datetime | None,
    discussion: Said | None,
    conference: datetime | None,
    ends: list[datetime],
) -> None:
    if decision in _MONITORED:
        opens = max(due_at(front.started_at, 45), decided_at)
        life.owe("timeliness.assessment_overdue", front.anchor, opens, [completed, *ends])
    if discussion and discussion.content["leads_to"] == "section-47":
        opens = due_at(discussion.time, 15)
        life.owe("timeliness.conference_overdue", discussion, opens, [conference, *ends])


def close(life: Life, ref: str, when: datetime, ends: list[datetime]) -> None:
    """Close the case on a referral and note when."""
    content = {"referral_ref": ref, "reason_for_closure": life.rng.choice(("RC7", "RC8", "RC9"))}
    said = life.say(CSC, "case-management", "social-care.case-closed.v1", when, content)
    ends.extend([said.time] if said else [])


def _discuss(life: Life, ref: str, decision: str, decided_at: datetime) -> Said | None:
    leads = decision != "strategy-discussion" or life.chance(0.5)
    content = {
        "referral_ref": ref,
        "leads_to": "section-47" if leads else "none",
        "attended": ["norfolk-csc", "norfolk-police", "norfolk-health"],
    }
    when = later(life.rng, decided_at, 0.5, 6)
    said = life.say(
        CSC, "case-management", "social-care.strategy-discussion-held.v1", when, content
    )
    life.discussed_at.extend([said.time] if said else [])
    return said


def _confer(life: Life, ref: str, discussion: Said, ends: list[datetime]) -> datetime | None:
    """Write the conference, in time or late, or the closure that comes instead of it."""
    if discussion.content["leads_to"] != "section-47":
        return None
    rng = life.rng
    if life.chance(0.08):  # the enquiry finds no risk
        close(life, ref, office_after(rng, discussion.time, 6, 14), ends)
        return None
    if life.slips("no-conference"):
        return None
    span = (17, 30) if life.slips("late-conference") else (6, 14)
    when = office_after(rng, discussion.time, *span)
    content = {"referral_ref": ref}
    return at(life.say(CSC, "case-management", "social-care.conference-held.v1", when, content))


def _assess(life: Life, front: Front, decision: str, ends: list[datetime]) -> datetime | None:
    """Write the assessment of a child in need: started, and completed in time, late or never."""
    if decision not in _MONITORED or ends:
        return None
    rng, start = life.rng, front.started_at
    content = {"referral_ref": front.referral.ref}
    if life.chance(0.5):  # half of the starts are written down
        begun = office_moment(rng, working_day_after(london_day(front.decided_at[0]), 1))
        life.say(CSC, "case-management", "social-care.assessment-started.v1", begun, content)
    if life.slips("no-assessment"):
        return None
    span = (47, 75) if life.slips("late-assessment") else (16, 43)
    factors = {"factors": sorted(rng.sample(_FACTORS, rng.randint(1, 3)))}
    return at(
        life.say(
            CSC,
            "case-management",
            "social-care.assessment-completed.v1",
            office_after(rng, start, *span),
            {**content, **factors},
        )
    )


def _serve(life: Life, decided_at: datetime) -> None:
    """Write a referral to a service, and what became of it."""
    rng, ref = life.rng, life.new_ref("SV")
    kind = rng.choices(("therapeutic", "mentoring", "family-support"), (7, 2, 1))[0]
    worker = life.staff.one(rng, CSC, "early-help")
    content = {
        "service_ref": ref,
        "kind": kind,
        "provider": rng.choice(_PROVIDERS),
        "sector": "voluntary",
    }
    when = office_after(rng, decided_at, 1, 15)
    made = life.say(CSC, "services", "service.referral-made.v1", when, content, worker)
    if made is None:
        return
    done = _support(life, ref, made)
    if kind == "therapeutic":
        opens = made.time + timedelta(days=28)
        life.owe("timeliness.support_not_started", made, opens, done)


def _support(life: Life, ref: str, made: Said) -> list[datetime | None]:
    """Write the provider's side; return what closes the wait."""
    rng = life.rng

    def tell(type_: str, when: datetime, **content: str) -> datetime | None:
        content["service_ref"] = ref
        return at(life.say("norfolk-voluntary", "casework", type_, when, dict(content)))

    if life.chance(0.1):
        when = office_after(rng, made.time, 2, 30)
        return [tell("service.referral-declined.v1", when, reason_code="capacity")]
    tell("service.referral-accepted.v1", office_after(rng, made.time, 1, 6))
    if life.slips("no-support"):
        return []
    span = (22, 60) if life.slips("late-support") else (4, 18)
    started = office_after(rng, made.time, *span)
    begun = tell("service.support-started.v1", started)
    says = rng.choice(("yes", "yes", "partly", "no", "not-asked"))
    ended = tell(
        "service.support-ended.v1",
        office_after(rng, started, 20, 90),
        outcome=rng.choice(("completed", "completed", "left-early", "moved-on")),
        child_says_it_helped=says,
    )
    return [begun, ended]
