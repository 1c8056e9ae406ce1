"""What happens to a child in custody or in an interview?"""

from datetime import datetime, timedelta
from typing import Any

from deploy.demo import oversight
from deploy.demo.incidents import DAY, answer, handle, indicators, involve, open_with
from deploy.demo.life import Incident, Life, Said, stamp
from deploy.demo.moments import later, moment
from deploy.demo.narrative import OFFENCES
from deploy.demo.senders import POLICE
from deploy.demo.staff import Worker


def custody(life: Life, pathway: str, outcome: str) -> None:
    """Write a detention, its reviews, mostly an interview, and what came of it."""
    rng, start = life.rng, moment(life.rng, life.county, "around-the-clock")
    if start + timedelta(hours=40) >= life.county.until:
        return
    ref, incident_ref = life.new_ref("CU"), life.new_ref("IN")
    released = later(rng, start, 8, 23)
    arrived = _adult_arrival(life, start)
    worker = life.staff.one(rng, POLICE, "custody")
    content: dict[str, Any] = {
        "custody_ref": ref,
        "incident_ref": incident_ref,
        "station": rng.choice(("aylsham", "wymondham", "kings-lynn", "great-yarmouth")),
        "offences": [rng.choice(OFFENCES)],
        "released_at": stamp(released),
        "appropriate_adult": {"called_at": stamp(later(rng, start, 0.1, 0.4))},
        **indicators(life, 0.45),
    }
    if arrived:
        content["appropriate_adult"]["arrived_at"] = stamp(arrived)
    detained = life.say(POLICE, "custody", "police.child-detained.v1", start, content, worker)
    incident = open_with(life, detained, ref, incident_ref)
    if detained is None or incident is None:
        return
    involve(incident, detained, "suspect")
    incident.owing.append((start + DAY, detained))
    handle(life, detained, ref, worker)
    reviews = oversight.review(life, "custody", ref, detained, worker)
    oversight.send_back(life, "custody", ref, reviews)
    seen_with_adult = None
    if life.chance(0.75):  # the others are released without an interview
        seen_with_adult = _interview_in_custody(
            life, incident, later(rng, start, 3.1, 7.5), ref, arrived
        )
    closers = [arrived, seen_with_adult, released]
    life.owe("equity.no_appropriate_adult", detained, start + timedelta(hours=3), closers)
    answer(
        life, incident, pathway, outcome, ["criminal-exploitation" if life.chance(0.3) else "other"]
    )


def _adult_arrival(life: Life, start: datetime) -> datetime | None:
    if not life.slips("no-adult-in-custody"):
        return later(life.rng, start, 0.5, 2.8)
    return later(life.rng, start, 3.2, 7) if life.chance(0.6) else None


def _interview_in_custody(
    life: Life, incident: Incident, when: datetime, custody_ref: str, arrived: datetime | None
) -> datetime | None:
    """Write the interview of a detained child; return its time if an adult was there."""
    said, _ = _interview(life, when, "suspect", {"custody_ref": custody_ref, "basis": "custody"})
    if said is None:
        return None
    incident.refs.add(said.content["interview_ref"])
    incident.owing.append((said.time + DAY, said))
    involve(incident, said, "suspect")
    if said.content["appropriate_adult_present"]:
        return said.time
    came_later = arrived if arrived and arrived > said.time else None
    life.owe("equity.no_appropriate_adult", said, said.time, [came_later])
    return None


def _interview(
    life: Life, when: datetime, involvement: str, more: dict[str, Any]
) -> tuple[Said | None, Worker]:
    """Write an interview and, of a suspect, its reviews."""
    ref, worker = life.new_ref("IV"), life.staff.one(life.rng, POLICE, "general-cid")
    content = {
        "interview_ref": ref,
        "involvement": involvement,
        "appropriate_adult_present": not life.slips("no-adult-at-interview"),
        **more,
    }
    said = life.say(POLICE, "crime", "police.child-interviewed.v1", when, content, worker)
    handle(life, said, ref, worker)
    if involvement == "suspect":
        reviews = oversight.review(life, "interview", ref, said, worker)
        oversight.send_back(life, "interview", ref, reviews)
    return said, worker


def interview(life: Life, pathway: str, outcome: str) -> None:
    """Write a voluntary interview and what came of it."""
    when = moment(life.rng, life.county, "around-the-clock")
    suspect = pathway == "suspect-interview"
    involvement = "suspect" if suspect else life.rng.choice(("witness", "victim"))
    incident_ref = life.new_ref("IN")
    more = {"incident_ref": incident_ref, "basis": "voluntary", **indicators(life, 0.35)}
    said, _ = _interview(life, when, involvement, more)
    incident = open_with(life, said, incident_ref)
    if said is None or incident is None:
        return
    incident.refs.add(said.content["interview_ref"])
    involve(incident, said, involvement)
    if suspect:
        incident.owing.append((said.time + DAY, said))
    if not said.content["appropriate_adult_present"]:
        life.owe("equity.no_appropriate_adult", said, said.time, [])
    answer(life, incident, pathway, outcome, ["other"])
