"""How is what became of a referral put into words, for its sender and for who received it?"""

from collections.abc import Mapping
from typing import Any, Final

from services.dashboards.desk import Desk
from services.dashboards.desks.words import RECEIVED_STATES, STATES, rule_name, spoken
from services.domain.moments import moment

LIST: Final = "/agency/referrals"


def row(one: Mapping[str, Any]) -> dict[str, Any]:
    """Tell of a referral in a list."""
    states = STATES if one["as"] == "sender" else RECEIVED_STATES
    decision = one.get("decision")
    return {
        "ref": one["referral_ref"],
        "href": f"{LIST}/{one['receipt']}?as={one['as']}",
        "sent_at": moment(one["sent_at"]),
        "state": states[one["state"]],
        "decision": None if decision is None else spoken(decision["decision"]),
        "overdue": [rule_name(rule) for rule in one["overdue"]],
        "next_due": None if one["next_due"] is None else moment(one["next_due"]),
        "disputed": (one.get("disagreement") or {}).get("state") == "open",
    }


def steps(found: Mapping[str, Any], desk: Desk) -> list[dict[str, Any]]:
    """What became of it, in order."""

    def by(agency: str) -> str:
        return desk.agency(agency)

    made = [{"at": found["made_at"], "title": "Made"}] if found.get("made_at") else []
    received = [{"at": one["at"], "title": "Received", "by": by(one["agency"])}
                for one in found.get("received_by", ())]  # fmt: skip
    decided = [
        {
            "at": one["at"],
            "title": f"Decided: {spoken(one['decision'])}",
            "by": by(one["agency"]),
        }
        for one in found.get("decisions", ())
    ]
    told = [{"at": one["at"], "title": "Referrer told", "by": by(one["agency"])}
            for one in found.get("feedback", ())]  # fmt: skip
    amended = [{"at": one["at"], "title": "Amended"} for one in found.get("amendments", ())]
    withdrawn = found.get("withdrawn_at")
    ended = [{"at": withdrawn, "title": "Withdrawn"}] if withdrawn else []
    every = sorted([*made, *received, *decided, *told, *amended, *ended], key=lambda one: one["at"])
    return [{**one, "at": moment(one["at"])} for one in every]


_RESULTS: Final = {
    "running": "Running", "met": "Done in time", "met-late": "Done late",
    "overdue": "Over its time", "withdrawn": "Ended by the withdrawal",
}  # fmt: skip


def clock_told(one: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    """Tell of a clock: by when, how that was worked out, and how it stands."""
    if one.get("not_clocked"):
        return {"name": rule_name(one["rule"]), "how": "Beyond the calendar", "due": None,
                "result": "Not worked out", "agency": ""}  # fmt: skip
    skipped = [holiday["name"] for holiday in one.get("skipped", ())]
    how = f"{one['limit']} {_unit(one['unit'], one['limit'])} from {one['starts']}"
    return {
        "name": rule_name(one["rule"]),
        "agency": desk.agency(one["agency"]),
        "due": moment(one["due_at"]),
        "how": how + (f", not counting {', '.join(skipped)}" if skipped else ""),
        "result": _RESULTS[one["result"]],
        "standing": (one.get("policy") or {}).get("standing"),
    }


def _unit(code: str, count: int) -> str:
    words = spoken(code).lower()
    return words.removesuffix("s") if count == 1 else words


def gap(one: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    """Tell of what was found wanting."""
    return {
        "gap_id": one["gap_id"],
        "name": rule_name(one["rule"]),
        "why": one["why"],
        "closed": one["closes_at"] is not None,
        "agency": desk.agency(one["agency"]),
    }
