"""What became of a referral, asked over HTTP by who may and who may not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.intake.carried import carry, link
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import (
    Event,
    Sender,
    amendment,
    child,
    event,
    referral,
    retraction,
)

PATH = "/v1/referrals/R-1"


@dataclass(frozen=True)
class World:
    """Intake with the chronology and the ledger behind it."""

    intake: Pool
    chronology: Pool
    ledger: Pool

    async def one_child(self) -> None:
        """Bring everything into the chronology, as one child's."""
        await carry(self.intake, self.chronology)
        records = await self.chronology.fetch("SELECT record_ref FROM record ORDER BY record_ref")
        await link(self.chronology, [row["record_ref"] for row in records])


@pytest.fixture
async def world(dsn: Dsn, intake_pool: Pool, chronology_pool: Pool) -> AsyncIterator[World]:
    async with pool_of(dsn("ledger")) as ledger:
        yield World(intake_pool, chronology_pool, ledger)


def care(kind: str, **more: Any) -> Event:  # noqa: ANN401 - by the schema
    body = {"referral_ref": "R-1", "child": child(local_id="SC-1"), **more}
    made = event("norfolk-csc", f"social-care.{kind}.v1", body, time=_LATER)
    if kind != "referral-decided":
        del made["data"]["practitioner"]
    return made


_LATER = "2026-03-04T09:00:00Z"


async def sent(sender: Sender, *events: Event) -> list[str]:
    answers = [await sender.post(each) for each in events]
    assert {answer.status_code for answer in answers} == {202}, [a.text for a in answers]
    return [answer.json()["receipt"] for answer in answers]


async def followed(sender: Sender, path: str = PATH, **query: str) -> dict[str, Any]:
    answer = await sender.get(path, params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_referral_is_followed_from_the_first_receipt_on(
    police: Sender, social_care: Sender, world: World
) -> None:
    (receipt,) = await sent(police, referral())
    accepted = await followed(police)
    assert (accepted["state"], accepted["as"]) == ("accepted", "sender")
    assert [each["receipt"] for each in accepted["receipts"]] == [receipt]
    await world.one_child()
    assert (await followed(police))["state"] == "made"
    await sent(
        social_care,
        care("referral-received"),
        care("referral-decided", decision="section-17"),
        care("referrer-told", means="letter"),
    )
    await world.one_child()
    theirs, own = await followed(police), await followed(social_care)
    assert (theirs["state"], own["as"]) == ("told", "recipient")
    assert theirs["received_by"] == [{"agency": "norfolk-csc", "at": _LATER}]
    assert theirs["decision"]["decision"] == "section-17"
    assert theirs["feedback"][0]["means"] == "letter"
    assert {each["result"] for each in theirs["clocks"]} == {"met"}
    assert [each["rule"] for each in own["clocks"]][-1] == "timeliness.assessment_overdue"


async def test_who_only_guessed_the_ref_finds_nothing(
    police: Sender, school: Sender, senders: Senders, world: World
) -> None:
    await sent(police, referral())
    guess = amendment(agency="norfolk-school", child=child(local_id="S-1", sex="F"))
    await sent(school, guess)
    assert (await school.get(PATH)).status_code == 404
    await world.one_child()
    assert (await followed(police))["state"] == "made"
    assert (await school.get(PATH)).status_code == 404
    assert (await senders("norfolk-health").get(PATH)).status_code == 404
    assert (await senders("norfolk-opcc", "pcc-analyst").get(PATH)).status_code == 403


async def test_a_retracted_referral_was_never_made(police: Sender, world: World) -> None:
    made = referral()
    await sent(police, made, retraction(made))
    await world.one_child()
    assert (await police.get(PATH)).status_code == 404


async def test_one_ref_of_two_children_needs_a_receipt_to_tell_them_apart(
    police: Sender, world: World
) -> None:
    receipts = await sent(police, referral(), referral(child=child(local_id="P-2"), why="A why."))
    await carry(world.intake, world.chronology)
    answer = await police.get(PATH)
    assert (answer.status_code, answer.json()["code"]) == (409, "several-children")
    for receipt in receipts:
        told = await followed(police, receipt=receipt)
        assert [each["receipt"] for each in told["receipts"]] == [receipt]


async def test_a_ref_may_contain_slashes(police: Sender, world: World) -> None:
    await sent(police, referral("R/2026/1?x"))
    await world.one_child()
    told = await followed(police, "/v1/referrals/R/2026/1%3Fx")
    assert told["referral_ref"] == "R/2026/1?x"


async def test_gaps_are_those_that_the_caller_may_see(
    police: Sender, social_care: Sender, world: World
) -> None:
    await sent(police, referral())
    await sent(social_care, care("referral-received"))
    await world.one_child()
    child_ref = await world.chronology.fetchval("SELECT min(child_ref) FROM record")
    for number, (rule, seen_by) in enumerate(
        [("timeliness.decision_overdue", ["norfolk-police"]), ("timeliness.assessment_overdue", [])]
    ):
        await world.ledger.execute(
            """INSERT INTO gap VALUES ($1, gen_random_uuid(), 'timeliness', $2, 1, 'p', '1', 'gap',
               true, 'norfolk-csc', $3, null, 'R-1', '/a/b', $4, now() - interval '1 day', null,
               '{"code": "decision_overdue", "params": {"from": "made", "skipped": [], "limit": 1,
               "unit": "working-days", "age_unknown": false, "due_at": "2026-03-04T23:59:59Z",
               "started_at": "2026-03-03T22:10:00Z"}}', '[]', '{}', now(), null)""",
            child_ref, rule, seen_by, str(number),
        )  # fmt: skip
    assert [gap["rule"] for gap in (await followed(police))["gaps"]] == [
        "timeliness.decision_overdue"
    ]
    assert len((await followed(social_care))["gaps"]) == 2


async def test_every_question_is_on_record(police: Sender, world: World) -> None:
    await sent(police, referral())
    await world.one_child()
    await followed(police, purpose="complaint")
    await police.get("/v1/referrals/R-none")
    rows = await world.intake.fetch(
        "SELECT action, purpose, row_count FROM audit_entry WHERE action = 'referral' ORDER BY seq"
    )
    assert [tuple(row) for row in rows] == [
        ("referral", "complaint", 1),
        ("referral", "referral-follow-up", 0),
    ]
