"""How else do police meet a child: exposed to harm, missing, searched?"""

from datetime import datetime, timedelta
from typing import Any

from deploy.demo.care import retract
from deploy.demo.concerns import say_concern
from deploy.demo.incidents import (
    answer,
    graded,
    handle,
    indicators,
    involve,
    open_with,
    owe_by_grade,
)
from deploy.demo.life import Life, Said
from deploy.demo.moments import later, moment
from deploy.demo.senders import POLICE, SAFE_HARMS
from deploy.demo.staff import Worker

_VIOLENCE = ("serious-youth-violence", "knife")


def exposure(life: Life, pathway: str, outcome: str) -> None:
    """Write an exposure to harm, graded, and what came of it."""
    rng, ref = life.rng, life.new_ref("IN")
    violent = life.chance(0.25)
    harms = [rng.choice(_VIOLENCE if violent else SAFE_HARMS)]
    unit = rng.choices(("response", "child-abuse-unit"), (9, 1))[0]
    worker = life.staff.one(rng, POLICE, unit)
    involvement = rng.choices(("present", "victim", "witness", "suspect"), (5, 4, 1, 2))[0]
    content = {
        "incident_ref": ref,
        "involvement": involvement,
        "harms": harms,
        "grade": graded(life, outcome),
        "treated_as_safeguarding": not (violent and life.slips("violence-not-safeguarding")),
        **indicators(life, 0.2),
    }
    when = moment(rng, life.county, "around-the-clock")
    if life.slips("wrong-child"):
        _wrong_child(life, when, {**content, "incident_ref": life.new_ref("IN")}, worker)
    said = life.say(POLICE, "crime", "police.child-exposed.v1", when, content, worker)
    incident = open_with(life, said, ref)
    if said is None or incident is None:
        return
    handle(life, said, ref, worker)
    involve(incident, said, involvement)
    owe_by_grade(incident, said)
    if violent and not content["treated_as_safeguarding"]:
        incident.unsafe = said
    if life.slips("retraction-taken-back"):
        _taken_back(life, said)
    if life.chance(0.06):  # the school hears of it and says so under the same ref
        say_concern(
            life,
            "norfolk-school",
            later(rng, when, 6, 60),
            "green",
            {"incident_ref": ref},
            incident,
        )
    answer(life, incident, pathway, outcome, harms)


def _wrong_child(life: Life, when: datetime, content: dict[str, Any], worker: Worker) -> None:
    """Write an exposure of another child into this life, and its retraction: nothing was owed."""
    if when + timedelta(days=4) >= life.county.until:
        return
    before = when - timedelta(minutes=20)
    wrong = life.say(POLICE, "crime", "police.child-exposed.v1", before, content, worker)
    if wrong:
        retract(life, wrong, later(life.rng, when, 1, 70))


def _taken_back(life: Life, said: Said) -> None:
    """Retract something true, and retract the retraction: it stands as if nothing had been said."""
    if said.time + timedelta(days=4) >= life.county.until:
        return
    retraction = retract(life, said, later(life.rng, said.time, 1, 40))
    if retraction:
        retract(life, retraction, later(life.rng, retraction.time, 1, 40))


def missing(life: Life, pathway: str, outcome: str) -> None:
    """Write a missing episode and its end; by itself it owes nothing."""
    rng, ref = life.rng, life.new_ref("IN")
    worker = life.staff.one(rng, POLICE, "missing-unit")
    when = moment(rng, life.county, "around-the-clock")
    content = {"incident_ref": ref, **indicators(life, 0.3)}
    said = life.say(POLICE, "missing", "police.child-missing.v1", when, content, worker)
    incident = open_with(life, said, ref)
    found_at = later(rng, when, 2, 40)
    life.say(POLICE, "missing", "police.child-found.v1", found_at, {"incident_ref": ref}, worker)
    if incident:
        answer(life, incident, pathway, outcome, ["missing"])


def search(life: Life, pathway: str, outcome: str) -> None:  # noqa: ARG001 - nothing is owed
    """Write a stop and search; by itself it owes nothing."""
    rng, ref = life.rng, life.new_ref("IN")
    content = {
        "incident_ref": ref,
        "outcome": rng.choices(("no-further-action", "arrest", "warning"), (15, 2, 3))[0],
        **indicators(life, 0.25),
    }
    worker = life.staff.one(rng, POLICE, "response")
    when = moment(rng, life.county, "around-the-clock")
    said = life.say(POLICE, "search", "police.child-searched.v1", when, content, worker)
    open_with(life, said, ref)
