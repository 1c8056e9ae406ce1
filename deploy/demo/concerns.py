"""What does a partner do who is worried about a child?"""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from deploy.demo.incidents import answer, graded, indicators, open_with, owe_by_grade
from deploy.demo.life import Incident, Life
from deploy.demo.moments import moment
from deploy.demo.senders import SAFE_HARMS, rhythm_of

_SETTINGS = MappingProxyType({"norfolk-school": "school", "norfolk-health": "health"})


def concern(life: Life, pathway: str, outcome: str) -> None:
    """Write a partner's concern as an incident of its own, and what came of it."""
    agency = {"school": "norfolk-school", "health": "norfolk-health"}.get(
        pathway.partition("-")[0], "norfolk-voluntary"
    )
    when = moment(life.rng, life.county, rhythm_of(pathway))
    more = indicators(life, 0.15)
    incident = say_concern(life, agency, when, graded(life, outcome), more, None)
    if incident:
        answer(life, incident, pathway, outcome, incident.first.content["harms"])


def say_concern(  # noqa: PLR0913 - what a concern is made of
    life: Life,
    agency: str,
    when: datetime,
    grade: str,
    more: dict[str, Any],
    incident: Incident | None,
) -> Incident | None:
    """Write a concern, as an incident of its own or as part of one that police know."""
    ref = life.new_ref("CO")
    unit = {"norfolk-school": "safeguarding-team", "norfolk-health": "emergency-department"}
    worker = life.staff.one(life.rng, agency, unit.get(agency, "other"))
    content = {
        "concern_ref": ref,
        "setting": _SETTINGS.get(agency, "voluntary"),
        "harms": [life.rng.choice(SAFE_HARMS)],
        "grade": grade,
        **more,
    }
    said = life.say(agency, "safeguarding", "partner.concern-raised.v1", when, content, worker)
    if said is None:
        return None
    if incident is None:
        incident = open_with(life, said, ref)
    if incident:
        incident.refs.add(ref)
        owe_by_grade(incident, said)
    return incident
