"""A restricted child is there for who is named in policy alone, until the glass is broken."""

import pytest

from services.runtime import clock
from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Event, Sender, child, event, referral, retraction

PURPOSE = {"purpose": "safeguarding"}
NAME = "Quillfeather"
WHY = "Invented: he is in danger tonight and must be found."


def restriction(child_ref: str, agency: str = "norfolk-police") -> Event:
    body = {"child": {"child_ref": child_ref}, "reason": "A relative works here."}
    return event(agency, "child.restricted.v1", body)


@pytest.fixture
def supervisor(senders: Senders) -> Sender:
    return senders("norfolk-police", "police-supervisor")


@pytest.fixture
def reviewer(senders: Senders) -> Sender:
    return senders("norfolk-qa", "qa-reviewer")


async def known(police: Sender, pool: Pool) -> str:
    """Send a referral; return its child_ref."""
    await police.post(referral(child=child(family_name=NAME)))
    return str(await pool.fetchval("SELECT child_ref FROM record"))


async def identity(reader: Sender, child_ref: str) -> int:
    answer = await reader.get(f"/v1/children/{child_ref}/identity", params=PURPOSE)
    assert (NAME in answer.text) == (answer.status_code == 200)
    return answer.status_code


async def break_glass(reader: Sender, child_ref: str) -> int:
    answer = await reader.http.post(
        f"/v1/children/{child_ref}/break-glass",
        json={**PURPOSE, "reason": WHY},
        headers={"Authorization": f"Bearer {reader.token}"},
    )
    return answer.status_code


async def test_a_restricted_child_is_not_there_but_for_who_is_named(
    police: Sender, supervisor: Sender, reviewer: Sender, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    receipt = await intake_pool.fetchval("SELECT receipt FROM event")
    assert await identity(police, child_ref) == 200
    assert (await supervisor.post(restriction(child_ref))).status_code == 202
    assert await identity(police, child_ref) == 404
    text = await police.get(f"/v1/events/{receipt}/text", params=PURPOSE)
    unknown = await police.get(f"/v1/events/{clock.new_ref()}/text", params=PURPOSE)
    assert (text.status_code, text.text) == (404, unknown.text)
    assert await identity(supervisor, child_ref) == 200
    assert await identity(reviewer, child_ref) == 200


@pytest.mark.parametrize(
    ("agency", "role", "status"),
    [
        ("norfolk-police", "agency", 403),
        ("norfolk-csc", "agency", 403),
        ("norfolk-qa", "qa-reviewer", 202),
        ("norfolk-police", "police-supervisor", 202),
        ("norfolk-opcc", "pcc-editor", 403),
    ],
)
async def test_who_is_named_restricts_and_nobody_else(  # noqa: PLR0913 - fixtures and parameters
    police: Sender, senders: Senders, intake_pool: Pool, agency: str, role: str, status: int
) -> None:
    child_ref = await known(police, intake_pool)
    sender = senders(agency, role)
    assert (await sender.post(restriction(child_ref, agency))).status_code == status
    assert await identity(police, child_ref) == (404 if status == 202 else 200)


async def test_a_child_whom_nobody_of_theirs_knows_cannot_be_restricted(
    senders: Senders, school: Sender, intake_pool: Pool
) -> None:
    await school.post(referral(agency="norfolk-school"))
    child_ref = await intake_pool.fetchval("SELECT child_ref FROM record")
    supervisor = senders("norfolk-police", "police-supervisor")
    for ref in (child_ref, clock.new_ref()):
        answer = await supervisor.post(restriction(ref))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "unknown-child"


async def test_taking_it_back_lifts_it(
    police: Sender, supervisor: Sender, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    sent = restriction(child_ref)
    await supervisor.post(sent)
    assert await identity(police, child_ref) == 404
    assert (await supervisor.post(retraction(sent))).status_code == 202
    assert await identity(police, child_ref) == 200


async def test_broken_glass_opens_one_child_to_one_person_for_a_while_and_is_looked_at(
    police: Sender, supervisor: Sender, reviewer: Sender, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    await supervisor.post(restriction(child_ref))
    assert await break_glass(police, child_ref) == 201
    assert await identity(police, child_ref) == 200
    [waiting] = (await reviewer.get("/v1/break-glass")).json()["items"]
    assert (waiting["reason"], waiting["child_ref"]) == (WHY, child_ref)
    assert waiting["subject"] == "norfolk-police-agency"
    sealed = await intake_pool.fetchval("SELECT sealed FROM glass")
    assert WHY.encode() not in sealed
    assert await intake_pool.fetchval(
        "SELECT count(*) FROM audit_entry WHERE action = 'break-glass' AND row_count = 1"
    )
    await intake_pool.execute("UPDATE glass SET ends_at = statement_timestamp()")
    assert await identity(police, child_ref) == 404
    review = f"/v1/break-glass/{waiting['glass_id']}/review"
    for reader, status in ((police, 403), (reviewer, 204), (reviewer, 404)):
        answer = await reader.http.post(
            review,
            json={"outcome": "justified"},
            headers={"Authorization": f"Bearer {reader.token}"},
        )
        assert answer.status_code == status
    assert (await reviewer.get("/v1/break-glass")).json()["items"] == []


async def test_who_broke_the_glass_does_not_look_at_it_themselves(
    police: Sender, supervisor: Sender, reviewer: Sender, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    await supervisor.post(restriction(child_ref))
    assert await break_glass(supervisor, child_ref) == 201
    [waiting] = (await reviewer.get("/v1/break-glass")).json()["items"]
    path = f"/v1/break-glass/{waiting['glass_id']}/review"
    headers = {"Authorization": f"Bearer {supervisor.token}"}
    answer = await supervisor.http.post(path, json={"outcome": "justified"}, headers=headers)
    assert answer.status_code == 404


async def test_glass_before_a_child_who_is_not_restricted_or_not_theirs_is_not_there(
    police: Sender, school: Sender, supervisor: Sender, senders: Senders, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    assert await break_glass(police, child_ref) == 404
    await supervisor.post(restriction(child_ref))
    assert await break_glass(school, child_ref) == 404
    assert await break_glass(police, clock.new_ref()) == 404
    assert await break_glass(senders("norfolk-opcc", "pcc-analyst"), child_ref) == 403
