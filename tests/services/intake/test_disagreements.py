"""Who made a referral disagrees with what was decided of it; its parties see how far it is."""

from typing import Any

from services.domain.moments import moment
from services.runtime import clock
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Event, Sender, child, event, referral, retraction
from tests.services.intake.test_referral import World, care, sent, world

__all__ = ["world"]
STAFF = {"ref": "T-1", "role": "safeguarding-lead"}


def disagreement(step: str, agency: str = "norfolk-police", at: str = "2026-03-05T09:00:00Z",
                 **more: Any) -> Event:  # noqa: ANN401 - by the schema  # fmt: skip
    body = {"referral_ref": "R-1", "practitioner": STAFF, **more}
    return event(agency, f"disagreement.{step}.v1", body, time=at)


async def listed(sender: Sender, state: str = "open", **more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await answered(sender, state=state, **more))["items"]
    return found


async def answered(sender: Sender, **asked: str) -> dict[str, Any]:
    answer = await sender.get("/v1/disagreements", params=asked)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def paged(sender: Sender, state: str) -> list[str]:
    """Read two at a time to the end; return the refs."""
    page = await answered(sender, state=state, limit="2")
    refs = [one["referral_ref"] for one in page["items"]]
    while page["next"] is not None:
        page = await answered(sender, state=state, limit="2", after=page["next"])
        refs += [one["referral_ref"] for one in page["items"]]
    return refs


async def decided(police: Sender, social_care: Sender) -> None:
    await sent(police, referral())
    await sent(social_care, care("referral-received"),
               care("referral-decided", decision="no-further-action"))  # fmt: skip


async def test_both_parties_see_the_stage_and_the_days_until_it_is_settled(
    police: Sender, social_care: Sender, school: Sender, world: World
) -> None:
    await decided(police, social_care)
    raised = disagreement("raised", reason="The harm goes on.", wanted="section-47")
    await sent(police, raised)
    await sent(social_care, disagreement("advanced", "norfolk-csc", "2026-03-09T09:00:00Z",
                                         stage=2, child=child(local_id="SC-1")))  # fmt: skip
    await world.one_child()
    (one,) = await listed(police)
    assert (one["stage"], one["stage_name"], one["wanted"]) == (
        2,
        "Between team managers",
        "section-47",
    )
    assert one["due_at"] == "2026-03-11T23:59:59Z"  # two working days after Monday
    assert one["days_open"] == (clock.now() - moment(raised["time"])).days
    assert one["policy"]["standing"] == "assumption"
    assert await listed(social_care) == [one]
    assert await listed(school) == []
    followed = (await police.get("/v1/referrals/R-1")).json()
    assert followed["disagreement"]["stage"] == 2


async def test_it_is_over_when_it_is_settled(
    police: Sender, social_care: Sender, world: World
) -> None:
    await decided(police, social_care)
    await sent(police, disagreement("raised", reason="No."))
    end = {"outcome": "decision-changed", "child": child(local_id="SC-1")}
    await sent(social_care, disagreement("settled", "norfolk-csc", "2026-03-06T09:00:00Z", **end))
    await world.one_child()
    assert await listed(police) == []
    (one,) = await listed(police, "settled")
    assert (one["outcome"], one["days_open"]) == ("decision-changed", 1)


async def test_only_who_made_the_referral_raises_one(
    police: Sender, social_care: Sender, school: Sender, world: World
) -> None:
    await decided(police, social_care)
    for sender, agency in ((social_care, "norfolk-csc"), (school, "norfolk-school")):
        body = disagreement("raised", agency, reason="No.", child=child(local_id="X"))
        assert (await sender.post(body)).status_code == 403
    settled = disagreement(
        "settled", "norfolk-school", outcome="taken-back", child=child(local_id="X")
    )
    assert (await school.post(settled)).status_code == 403
    await world.one_child()
    assert await listed(police) == []


async def test_a_reviewer_sees_those_of_the_area(
    police: Sender, social_care: Sender, senders: Senders, world: World
) -> None:
    await decided(police, social_care)
    await sent(police, disagreement("raised", reason="No."))
    await world.one_child()
    assert len(await listed(senders("norfolk-qa", "qa-reviewer"))) == 1
    assert await listed(senders("norfolk-qa", "qa-reviewer", areas=["E10000016"])) == []


async def test_an_agencys_referrals_are_listed_with_what_became_of_them(
    police: Sender, social_care: Sender, school: Sender, world: World
) -> None:
    await decided(police, social_care)
    await sent(police, referral("R-2", time="2026-03-01T09:00:00Z"))
    await world.one_child()
    await sent(police, referral("R-3", time="2026-03-09T09:00:00Z"))
    page = (await police.get("/v1/referrals", params={"limit": "2"})).json()
    assert [(one["referral_ref"], one["state"]) for one in page["items"]] == [
        ("R-3", "accepted"), ("R-1", "decided"),
    ]  # fmt: skip
    assert page["items"][1]["decision"]["decision"] == "no-further-action"
    assert page["items"][1]["overdue"] == ["timeliness.referrer_not_told"]
    rest = (await police.get("/v1/referrals", params={"after": page["next"]})).json()
    assert [one["referral_ref"] for one in rest["items"]] == ["R-2"]
    assert rest["next"] is None
    received = (await social_care.get("/v1/referrals", params={"as": "recipient"})).json()
    assert [one["referral_ref"] for one in received["items"]] == ["R-1"]
    assert (await school.get("/v1/referrals")).json()["items"] == []


async def test_open_ones_are_found_behind_any_number_of_settled_ones(
    police: Sender, senders: Senders, world: World
) -> None:
    refs = [f"R-{number}" for number in range(5)]
    for day, ref in enumerate(refs, 2):
        await sent(police, referral(ref, time="2026-03-01T09:00:00Z"),
                   disagreement("raised", at=f"2026-03-{day:02}T09:00:00Z", referral_ref=ref,
                                reason="No."))  # fmt: skip
        if ref != "R-4":
            await sent(police, disagreement("settled", at=f"2026-03-{day:02}T10:00:00Z",
                                            referral_ref=ref, outcome="taken-back"))  # fmt: skip
    await world.one_child()
    for sender in (police, senders("norfolk-qa", "qa-reviewer")):
        assert [one["referral_ref"] for one in await listed(sender, limit="1")] == ["R-4"]
        assert await paged(sender, "settled") == refs[:4]
        assert await paged(sender, "any") == ["R-4", *refs[:4]]


async def test_what_does_not_settle_it_leaves_it_open(
    police: Sender, social_care: Sender, world: World
) -> None:
    await decided(police, social_care)
    ends = [disagreement("settled", at=f"2026-03-{day:02}T09:00:00Z", outcome="decision-stands")
            for day in (4, 6)]  # fmt: skip
    await sent(police, disagreement("raised", reason="No."), *ends, retraction(ends[1]))
    await world.one_child()
    assert await paged(police, "open") == ["R-1"]
    assert await paged(police, "settled") == []
