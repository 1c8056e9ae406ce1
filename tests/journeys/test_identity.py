"""Three agencies, three incidents, one child: joined by a person, and taken apart again."""

import asyncio
from typing import Any

import httpx

from services.runtime import clock
from tests.agencies import Agencies

RULE = "cumulative_harm.not_recognised"
FOR = {"purpose": "data-quality"}
WHO = {
    "given_name": "Rowena",
    "sex": "F",
    "date_of_birth": "2011-03-04",
    "postcode": "NR1 1AA",
}


async def test_cumulative_harm_appears_by_a_link_and_goes_by_un_linking(agencies: Agencies) -> None:
    tag = clock.new_ref()[:8]
    who = WHO | {
        "family_name": "Saltmarsh" + tag.translate(str.maketrans("0123456789", "ghijklmnop"))
    }
    swapped = who | {"date_of_birth": "2011-04-03"}
    events = [
        _event(tag, "norfolk-school", "partner.concern-raised.v1", "2026-02-02T09:00:00Z", who,
               concern_ref=f"K-{tag}", setting="school", harms=["neglect"], grade="green"),
        _event(tag, "norfolk-police", "police.child-exposed.v1", "2026-02-20T19:30:00Z", who,
               incident_ref=f"I-{tag}", involvement="present", harms=["domestic-abuse"],
               grade="green", treated_as_safeguarding=True),
        _event(tag, "norfolk-voluntary", "partner.concern-raised.v1", "2026-03-15T14:00:00Z",
               swapped, concern_ref=f"V-{tag}", setting="voluntary", harms=["gang"], grade="green"),
    ]  # fmt: skip
    for event in events:
        assert (await agencies.post(event)).status_code == 202
    await agencies.settled()
    last = f"{events[2]['source']}|{events[2]['id']}"
    assert await _harm(agencies, last) == []

    review = await _review_of(agencies, who["family_name"])
    path = f"/v1/identity/reviews/{review['review_id']}/decision"
    await _post(agencies, path, {"decision": "link", "reason": "day and month are swapped"})
    (gap,) = await _until(agencies, last, 1)
    linked_at = clock.now().isoformat()
    assert gap["opens_at"] == "2026-03-16T14:00:00Z"

    record_ref = next(
        record["record_ref"]
        for side in review["sides"]
        for record in side["records"]
        if record["agency"] == "norfolk-voluntary"
    )
    path = f"/v1/identity/children/{gap['child_ref']}/unlink"
    await _post(agencies, path, {"record_ref": record_ref, "reason": "it was her cousin"})
    await _until(agencies, last, 0)
    before = await agencies.gaps(event=last, known_at=linked_at)
    assert [one["gap_id"] for one in before if one["rule"] == RULE] == [gap["gap_id"]]


def _event(
    tag: str,
    agency: str,
    kind: str,
    time: str,
    who: dict[str, str],
    **more: Any,  # noqa: ANN401
) -> dict[str, Any]:
    child = {"local_id": f"{agency}-{tag}", **who}
    practitioner = {"ref": "T-1", "unit": "school", "role": "worker"}
    return {
        "specversion": "1.0",
        "id": f"{kind}-{tag}",
        "source": f"/{agency}/records",
        "type": kind,
        "time": time,
        "data": {"child": child, "practitioner": practitioner, **more},
    }


async def _harm(agencies: Agencies, event: str) -> list[dict[str, Any]]:
    return [gap for gap in await agencies.gaps(event=event) if gap["rule"] == RULE]


async def _until(agencies: Agencies, event: str, count: int) -> list[dict[str, Any]]:
    """Wait until so many are believed."""
    found: list[dict[str, Any]] = []
    for _ in range(300):
        found = await _harm(agencies, event)
        if len(found) == count:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(found)} gaps and not {count}")


async def _review_of(agencies: Agencies, family_name: str) -> dict[str, Any]:
    """The open review with this name on one of its sides."""
    listed = await agencies.get("/v1/identity/reviews", "qa-reviewer", of="intake", **FOR)
    for item in listed.json()["items"]:
        path = f"/v1/identity/reviews/{item['review_id']}"
        shown = await agencies.get(path, "qa-reviewer", of="intake", **FOR)
        if family_name in shown.text:
            review: dict[str, Any] = shown.json()
            return review
    raise AssertionError("nothing to be reviewed")


async def _post(agencies: Agencies, path: str, body: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=agencies.endpoints["intake"], timeout=30) as client:
        headers = agencies.bearer("qa-reviewer")
        answer = await client.post(path, json=body, params=FOR, headers=headers)
    assert answer.status_code == 202, answer.text
