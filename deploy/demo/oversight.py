"""Who looks over a piece of police work, when, and with what result?"""

from datetime import datetime, timedelta

from deploy.demo.life import Life, Returned, Said, at
from deploy.demo.moments import later
from deploy.demo.narrative import RATIONALES
from deploy.demo.staff import Worker

_LIMIT = timedelta(hours=24)
_POLICE = "norfolk-police"


def review(life: Life, kind: str, ref: str, work: Said | None, doer: Worker) -> list[Said]:
    """Write the reviews of some work, plant what was wrong; return the reviews by another."""
    if work is None:
        return []
    own = _by_self(life, kind, ref, work, doer) if life.slips("self-review") else None
    other = _by_another(life, kind, ref, work, reviewed_by_self=own is not None)
    done = [at(other)]
    life.owe("oversight.not_reviewed", work, work.time + _LIMIT, done)
    if own:
        life.owe("oversight.reviewed_by_same_person", own, own.time, done)
    return [other] if other else []


def _by_self(life: Life, kind: str, ref: str, work: Said, doer: Worker) -> Said | None:
    return _say(life, kind, ref, doer, later(life.rng, work.time, 0.5, 10), "approved")


def _by_another(
    life: Life, kind: str, ref: str, work: Said, *, reviewed_by_self: bool
) -> Said | None:
    rng = life.rng
    if reviewed_by_self:
        when = later(rng, work.time, 26, 200) if life.chance(0.5) else None
    elif life.slips("no-review"):
        when = None
    elif life.slips("late-review"):
        when = later(rng, work.time, 25, 120)
    else:
        when = later(rng, work.time, 1, 22)
    outcome = "approved" if kind in {"referral", "no-referral"} else rng.choice(_OF_AN_EVENT)
    if life.slips("returned"):
        outcome = "returned"
    sergeant = life.staff.one(rng, _POLICE, "mash")
    return _say(life, kind, ref, sergeant, when, outcome)


_OF_AN_EVENT = ("refer", "approved", "approved", "no-referral", "escalated")


def mended_by_approval(life: Life, kind: str, ref: str, review_: Said) -> datetime | None:
    """Write, for two in five, a later approval of work that had been sent back; return its time."""
    if life.chance(0.6):
        return None
    sergeant = life.staff.one(life.rng, _POLICE, "mash")
    return at(_say(life, kind, ref, sergeant, later(life.rng, review_.time, 4, 90), "approved"))


def send_back(
    life: Life, kind: str, ref: str, reviews: list[Said], *mended: datetime | None
) -> list[datetime]:
    """Note a review that returned the work and what mended that very work; return all approvals."""
    approved = [each.time for each in reviews if each.content["outcome"] == "approved"]
    for each in reviews:
        if each.content["outcome"] == "returned":
            again = mended_by_approval(life, kind, ref, each)
            approved += [again] if again else []
            times = [*mended, again]
            life.returned.append(
                Returned(each, tuple(t for t in times if t is not None and t > each.time))
            )
    return approved


def _say(  # noqa: PLR0913 - what a review is made of
    life: Life, kind: str, ref: str, reviewer: Worker, when: datetime | None, outcome: str
) -> Said | None:
    content = {
        "of": {"kind": kind, "ref": ref},
        "outcome": outcome,
        "rationale": life.rng.choice(RATIONALES),
    }
    return life.say(_POLICE, "oversight", "oversight.reviewed.v1", when, content, reviewer)
