"""Does who sent a referral learn what became of it: by asking, from the feed, by being called?"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from deploy.embedded.stack import Stack
from services.runtime import clock
from tests.agencies import Agencies
from tests.services.feedback.receiver import Receiver, receiving

Wire = dict[str, Any]


def said(agency: str, kind: str, tag: str, time: str, **data: Any) -> Wire:  # noqa: ANN401 - by the schema
    child = {"local_id": f"{agency}-{tag}", "date_of_birth": "2010-02-11", "sex": "M"}
    return {
        "specversion": "1.0",
        "source": f"/{agency}/records",
        "id": f"{kind}-{tag}",
        "type": kind,
        "time": time,
        "data": {"child": child, "referral_ref": f"R-{tag}", **data},
    }


def story(tag: str) -> list[Wire]:
    """A referral by the police that social care receives, decides on too late, and tells of."""
    worker = {"ref": "SW-1", "role": "social-worker"}
    return [
        said(
            "norfolk-police", "referral.made.v1", tag, "2025-12-23T22:10:00Z",
            practitioner={"ref": "PC-7", "role": "investigator"}, sent_to="E10000020",
            urgency="standard", harms=["knife"], reason={"why": "He was found with a knife."},
        ),
        said("norfolk-csc", "social-care.referral-received.v1", tag, "2025-12-24T10:00:00Z"),
        said(
            "norfolk-csc", "social-care.referral-decided.v1", tag, "2025-12-30T10:00:00Z",
            practitioner=worker, decision="section-17",
        ),
        said("norfolk-csc", "social-care.referrer-told.v1", tag, "2025-12-31T10:00:00Z"),
    ]  # fmt: skip


async def test_a_referral_is_followed_by_its_ref_in_the_feed_and_by_being_called(
    agencies: Agencies,
) -> None:
    async with receiving() as receiver:
        hook = await registered(agencies, f"http://127.0.0.1:{receiver.port}/watch")
        try:
            await followed_everywhere(agencies, receiver)
        finally:
            gone = await agencies.ask("DELETE", f"/v1/webhooks/{hook}", "norfolk-police")
            assert gone.status_code == 204


async def registered(agencies: Agencies, url: str) -> str:
    answer = await agencies.ask("PUT", "/v1/webhooks", "norfolk-police", json={"url": url})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def followed_everywhere(agencies: Agencies, receiver: Receiver) -> None:
    tag = clock.new_ref()[:12]
    for event in story(tag):
        assert (await agencies.post(event)).status_code == 202
    await agencies.settled()
    answer = await agencies.get(f"/v1/referrals/R-{tag}", "norfolk-police", of="intake")
    assert answer.status_code == 200, answer.text
    followed = answer.json()
    assert (followed["state"], followed["decision"]["decision"]) == ("told", "section-17")
    assert [each["result"] for each in followed["clocks"]] == ["met-late", "met-late"]
    assert len(followed["gaps"]) >= 2

    async def told() -> list[str]:
        return [each["type"] for each in await entries(agencies, f"R-{tag}")]

    wanted = [
        *("feedback.referral-received.v1", "feedback.referral-decided.v1"),
        "feedback.referral-told.v1",
    ]

    async def all_told() -> bool:
        types = await told()
        return set(wanted) <= set(types) and types.count("feedback.gap-closed.v1") >= 2

    await until(all_told)
    steps = [each for each in await told() if "referral" in each]
    assert steps == wanted
    ids = [each["id"] for each in await entries(agencies, f"R-{tag}")]

    async def all_called() -> bool:
        return set(ids) <= set(receiver.ids)

    await until(all_called)
    assert [one for one in dict.fromkeys(receiver.ids) if one in ids] == ids
    assert all(call.said.keys() == {"id", "type", "time"} for call in receiver.calls)
    other = await agencies.get(f"/v1/referrals/R-{tag}", "norfolk-school", of="intake")
    assert other.status_code == 404


async def test_who_writes_and_who_calls_may_be_killed_at_any_moment(
    agencies: Agencies, stack: Stack
) -> None:
    tag = clock.new_ref()[:12]
    async with receiving() as receiver:
        hook = await registered(agencies, f"http://127.0.0.1:{receiver.port}/killed")
        for event in story(tag):
            assert (await agencies.post(event)).status_code == 202
            for name in ("feedback", "feedback-courier"):
                await asyncio.to_thread(killed, stack, name)
        await agencies.settled()

        async def all_called() -> bool:
            told = await entries(agencies, f"R-{tag}")
            types = [each["type"] for each in told]
            steps = [each for each in types if "referral" in each]
            whole = types.count("feedback.gap-closed.v1") >= 2 and len(steps) >= 3
            return whole and {each["id"] for each in told} <= set(receiver.ids)

        await until(all_called, within=120)
        told = await entries(agencies, f"R-{tag}")
        steps = [each["type"] for each in told if "referral" in each["type"]]
        assert len(steps) == len(set(steps)) == 3
        gaps = [(each["type"], each["data"]["gap_id"]) for each in told if each["data"]["gap_id"]]
        assert len(gaps) == len(set(gaps))
        await agencies.ask("DELETE", f"/v1/webhooks/{hook}", "norfolk-police")


def killed(stack: Stack, name: str) -> None:
    """Kill a process that runs; one that is being started again is left alone."""
    if stack.pid(name):
        stack.kill(name)


async def until(done: Callable[[], Awaitable[bool]], within: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(within):
        while not await done():
            await asyncio.sleep(0.2)


async def entries(agencies: Agencies, ref: str, persona: str = "norfolk-police") -> list[Wire]:
    """Read a persona's whole feed; return what is about one referral, in order."""
    found: list[Wire] = []
    query: dict[str, str] = {}
    while True:
        answer = await agencies.get("/v1/feed", persona, of="intake", limit="500", **query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [each for each in page["items"] if each["data"]["referral_ref"] == ref]
        if not page["more"]:
            return found
        query = {"after": page["next"]}
