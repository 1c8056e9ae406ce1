"""What is an incident made of, what does it owe, and what comes of it?"""

from datetime import datetime, timedelta
from types import MappingProxyType

from deploy.demo import oversight
from deploy.demo.life import Incident, Life, Said
from deploy.demo.moments import later
from deploy.demo.referral import refer
from deploy.demo.senders import POLICE, sender_of
from deploy.demo.staff import MUST_BE_TRAINED, Worker

DAY = timedelta(hours=24)
_INDICATORS = (
    "found-out-of-area", "unexplained-money", "new-phones", "drugs", "weapon", "adult-company",
    "missing-episodes", "school-absence", "injuries", "debt", "cuckooed-address",
    "travel-tickets", "older-partner", "carrying-for-others",
)  # fmt: skip
_LIMIT_HOURS = MappingProxyType({"red": 24, "amber": 72})
_GRADES = MappingProxyType(
    {"referred": (35, 45, 20), "no-referral": (40, 50, 10), "nothing": (86, 11, 3)}
)


def graded(life: Life, outcome: str) -> str:
    """Return a grade, as likely as the outcome makes it."""
    return life.rng.choices(("green", "amber", "red"), weights=_GRADES[outcome])[0]


def owe_by_grade(incident: Incident, said: Said) -> None:
    """Note by when an exposure or a concern owes a referral, if its grade does."""
    hours = _LIMIT_HOURS.get(said.content["grade"])
    if hours:
        incident.owing.append((said.time + timedelta(hours=hours), said))


def indicators(life: Life, chance: float) -> dict[str, list[str]]:
    """Return, for some, one to three indicators of exploitation."""
    if life.rng.random() >= chance:
        return {}
    return {"indicators": sorted(life.rng.sample(_INDICATORS, life.rng.randint(1, 3)))}


def open_with(life: Life, said: Said | None, *refs: str) -> Incident | None:
    """Begin an incident with its first event, the only one that carries an indicator."""
    if said is None:
        return None
    incident = Incident(first=said, refs=set(refs))
    if said.content.get("indicators"):
        incident.flagged = said
    life.incidents.append(incident)
    return incident


def involve(incident: Incident, said: Said, how: str) -> None:
    """Note how an event involved the child."""
    incident.involved.append((said.time, how))


def handle(life: Life, said: Said | None, ref: str, worker: Worker) -> None:
    """Note who met the child, where that duty asks for training."""
    if said and worker.unit in MUST_BE_TRAINED:
        life.handled.append((said, ref, worker))


def answer(life: Life, incident: Incident, pathway: str, outcome: str, harms: list[str]) -> None:
    """Write what came of an incident: a referral, a decision not to refer, or nothing."""
    rng, first = life.rng, incident.first
    due, work = min(incident.owing, key=lambda owed: owed[0], default=(first.time + 3 * DAY, first))
    hours = (due - work.time).total_seconds() / 3600
    trigger = min(ref for ref in incident.refs if ref in _own_refs(first))
    if outcome == "referred":
        span = (hours + 2, hours + 120) if life.slips("late-referral") else (0.5, hours * 0.8)
        refer(
            life,
            sender_of(life, pathway),
            later(rng, work.time, *span),
            harms,
            sorted(incident.refs),
        )
    elif outcome == "no-referral":
        span = (hours + 2, hours + 60) if life.slips("late-no-referral") else (1, hours * 0.8)
        _decide_not_to_refer(life, incident, later(rng, work.time, *span), trigger)


def _own_refs(said: Said) -> set[str]:
    """Return the refs of an event, any of which its agency may name in a decision of its own."""
    return {ref for name, ref in said.content.items() if name.endswith("_ref")}


def _decide_not_to_refer(life: Life, incident: Incident, when: datetime, ref: str) -> None:
    worker = life.staff.one(life.rng, POLICE, "child-abuse-unit")
    content = {
        "triggers": [ref],
        "reason": "Spoke to the family, no ground for a referral was seen",
    }
    said = life.say(POLICE, "records", "no-referral.decided.v1", when, content, worker)
    if said:
        incident.answered_at.append(said.time)
    reviews = oversight.review(life, "no-referral", ref, said, worker)
    oversight.send_back(life, "no-referral", ref, reviews)
