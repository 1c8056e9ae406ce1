"""Who refers which child, from which system, under which of DfE's codes, in which rhythm?"""

from types import MappingProxyType

from deploy.demo.life import Life
from deploy.demo.moments import moment
from deploy.demo.referral import Sender, refer

POLICE = "norfolk-police"
SAFE_HARMS = ("domestic-abuse", "domestic-abuse", "physical", "emotional", "neglect", "self-harm")

_DESKS = MappingProxyType(
    {
        "custody": ("records", ("6",), POLICE, "general-cid"),
        "suspect-interview": ("records", ("6",), POLICE, "general-cid"),
        "exposure": ("records", ("6",), POLICE, "response"),
        "missing": ("records", ("6",), POLICE, "missing-unit"),
        "police-plain": ("records", ("6",), POLICE, "child-abuse-unit"),
        "school-concern": ("pastoral", ("2A",), "norfolk-school", "safeguarding-team"),
        "school-plain": ("pastoral", ("2A",), "norfolk-school", "safeguarding-team"),
        "education-plain": ("pastoral", ("2B",), "norfolk-school", "safeguarding-team"),
        "health-concern": ("emergency", ("3E",), "norfolk-health", "emergency-department"),
        "health-plain": (
            "community",
            ("3A", "3B", "3C", "3D", "3F"),
            "norfolk-health",
            "primary-care",
        ),
        "voluntary-concern": ("casework", ("8",), "norfolk-voluntary", "other"),
        "voluntary-plain": ("casework", ("8",), "norfolk-voluntary", "other"),
        "own-services": ("case-management", ("5A", "5B", "5D"), "norfolk-csc", "assessment-team"),
    }
)
_NOBODY_POSTS = MappingProxyType(
    {
        "individual": ("1A", "1B", "1C", "1D"),
        "housing": ("4",),
        "other-legal": ("7",),
        "anonymous": ("9",),
        "unknown": ("10",),
    }
)


def sender_of(life: Life, pathway: str) -> Sender:
    """Return who refers after a chapter of this kind."""
    if pathway in _NOBODY_POSTS:
        return Sender("", _NOBODY_POSTS[pathway], None)
    system, codes, agency, unit = _DESKS[pathway]
    return Sender(system, codes, life.staff.one(life.rng, agency, unit))


def rhythm_of(pathway: str) -> str:
    """Return the rhythm in which chapters of this kind happen."""
    if pathway.startswith(("school", "education")):
        return "school"
    if pathway.endswith(("plain", "concern")) and not pathway.startswith("police"):
        return "office"
    return "office" if pathway in {"own-services", "housing", "other-legal"} else "around-the-clock"


def plain(life: Life, pathway: str, outcome: str) -> None:  # noqa: ARG001 - always referred
    """Write a referral that no incident came before."""
    when = moment(life.rng, life.county, rhythm_of(pathway))
    refer(life, sender_of(life, pathway), when, [life.rng.choice(SAFE_HARMS)])
