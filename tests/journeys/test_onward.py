"""Is a child's referral to a mentor followed to its end on the running stack?"""

from itertools import count
from typing import Any

from services.runtime import clock
from tests.agencies import Agencies
from tests.crowd import nhs_number

DAYS = {"from": "2026-02-02", "to": "2026-02-10"}


async def test_a_mentoring_referral_is_followed_by_the_school_and_by_who_provides(
    agencies: Agencies,
) -> None:
    """Made, declined for capacity, made again elsewhere, accepted, started, ended, helped."""
    tag = clock.new_ref()[:8]
    for event in _story(tag):
        assert (await agencies.post(event)).status_code == 202
    await agencies.settled()
    first, second = await _own(agencies, "norfolk-school", tag)
    assert (first["state"], first["reason"], first["declined_by"]) == (
        "declined", "capacity", "provider",
    )  # fmt: skip
    assert (first["provider"], first["referred_again"]) == ("open-door", True)
    assert (second["state"], second["helped"], second["provider"]) == (
        "ended", "yes", "stepping-stones",
    )  # fmt: skip
    assert (second["days_to_accept"], second["days_to_start"], second["odd"]) == (2, 14, [])
    provided = await _own(agencies, "norfolk-voluntary", tag)
    assert [one["made_here"] for one in provided] == [False, False]
    assert await _own(agencies, "norfolk-health", tag) == []
    assert (await agencies.get("/api/v1/onward/referrals", "pcc-analyst", of="directory")
            ).status_code == 403  # fmt: skip


async def _own(agencies: Agencies, persona: str, tag: str) -> list[dict[str, Any]]:
    answer = await agencies.get("/api/v1/onward/referrals", persona, of="directory", **DAYS)
    assert answer.status_code == 200, answer.text
    return [one for one in answer.json()["items"] if tag in one["service_ref"]]


def _story(tag: str) -> list[dict[str, Any]]:
    number = next(filter(None, map(nhs_number, count(int(tag, 16)))))
    school, charity = "/norfolk-school/mis", "/norfolk-voluntary/casebook"
    made = {
        "kind": "mentoring",
        "sector": "voluntary",
        "practitioner": {"ref": "T-1", "role": "teacher"},
    }
    steps: list[tuple[str, str, str, str, dict[str, Any]]] = [
        (school, "referral-made", "02-02", "1", made | {"provider": "open-door"}),
        (charity, "referral-declined", "02-09", "1", {"reason_code": "capacity"}),
        (school, "referral-made", "02-10", "2", made | {"provider": "stepping-stones"}),
        (charity, "referral-accepted", "02-12", "2", {}),
        (charity, "support-started", "02-24", "2", {}),
        (charity, "support-ended", "07-10", "2",
         {"outcome": "completed", "child_says_it_helped": "yes"}),
    ]  # fmt: skip
    return [
        {
            "specversion": "1.0",
            "source": source,
            "id": f"{tag}-{place}",
            "type": f"service.{step}.v1",
            "time": f"2026-{day}T10:00:00Z",
            "data": {
                "child": {"local_id": f"{tag}{source}", "nhs_number": number,
                          "date_of_birth": "2012-05-01"},
                "service_ref": f"{tag}-S-{ref}",
                **facts,
            },
        }
        for place, (source, step, day, ref, facts) in enumerate(steps)
    ]  # fmt: skip
