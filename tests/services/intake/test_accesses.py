"""Who looked at a child is told to their supervisor; who did what, to the administrator."""

import pytest

from services.domain.moments import london_day
from services.intake.accesses_api import AccessesOfChild, Entries
from services.runtime import clock
from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Sender, child, referral

NAME = "Quillfeather"
WHY = {"purpose": "supervision"}


async def known(police: Sender, pool: Pool) -> str:
    await police.post(referral(child=child(family_name=NAME)))
    found: str = await pool.fetchval("SELECT child_ref FROM record")
    return found


def today() -> str:
    return str(london_day(clock.now()))


async def test_a_supervisor_is_told_who_looked_latest_first_and_that_they_ask_is_on_record(
    police: Sender, senders: Senders, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    await police.get(f"/v1/children/{child_ref}/identity", params={"purpose": "safeguarding"})
    supervisor = senders("norfolk-police", "police-supervisor")
    path = f"/v1/children/{child_ref}/accesses"
    await supervisor.get(path, params=WHY)
    answer = AccessesOfChild.model_validate((await supervisor.get(path, params=WHY)).json())
    assert [(one.action, one.subject) for one in answer.accesses] == [
        ("accesses-read", "norfolk-police-police-supervisor"),
        ("identity", "norfolk-police-agency"),
    ]
    assert all(one.at.utcoffset() is not None for one in answer.accesses)


async def test_another_agencys_look_is_told_without_its_name_and_to_a_reviewer_with_it(
    police: Sender, social_care: Sender, senders: Senders, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    await social_care.get(f"/v1/children/{child_ref}/identity", params={"purpose": "safeguarding"})
    path = f"/v1/children/{child_ref}/accesses"
    told = {}
    for agency, role in (("norfolk-police", "police-supervisor"), ("norfolk-qa", "qa-reviewer")):
        answer = await senders(agency, role).get(path, params=WHY)
        told[role] = [
            (one.agency, one.subject, one.row_count)
            for one in AccessesOfChild.model_validate(answer.json()).accesses
            if one.action == "identity"
        ]
    assert told["police-supervisor"] == [(None, None, 0)]
    assert told["qa-reviewer"] == [("norfolk-csc", "norfolk-csc-agency", 0)]


async def test_the_latest_are_told_and_no_more(
    police: Sender, senders: Senders, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    for _ in range(27):
        await police.get(f"/v1/children/{child_ref}/identity", params={"purpose": "safeguarding"})
    supervisor = senders("norfolk-police", "police-supervisor")
    answer = await supervisor.get(f"/v1/children/{child_ref}/accesses", params=WHY)
    assert len(answer.json()["accesses"]) == 25


async def test_a_child_of_another_agency_is_as_if_it_were_not_there(
    school: Sender, senders: Senders, intake_pool: Pool
) -> None:
    await school.post(referral(agency="norfolk-school"))
    theirs = await intake_pool.fetchval("SELECT child_ref FROM record")
    supervisor = senders("norfolk-police", "police-supervisor")
    for child_ref in (theirs, "0" * 32):
        answer = await supervisor.get(f"/v1/children/{child_ref}/accesses", params=WHY)
        assert answer.status_code == 404


async def test_an_administrator_finds_who_did_what_and_no_child(
    police: Sender, senders: Senders, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    await police.get(f"/v1/children/{child_ref}/identity", params={"purpose": "safeguarding"})
    administrator = senders("norfolk-opcc", "administrator")
    query = WHY | {"day": today(), "agency": "norfolk-police", "operation": "consultation"}
    answer = await administrator.get("/v1/audit", params=query)
    assert answer.headers["cache-control"] == "no-store"
    (one,) = Entries.model_validate(answer.json()).items
    assert (one.action, one.subject, one.row_count) == ("identity", "norfolk-police-agency", 1)
    assert child_ref not in answer.text
    for narrowed, found in (
        ({"subject": "norfolk-police-agency"}, 2),
        ({"subject": "nobody"}, 0),
        ({"operation": "erasure"}, 0),
        ({"day": "2026-01-01"}, 0),
    ):
        answer = await administrator.get("/v1/audit", params=WHY | {"day": today()} | narrowed)
        assert len(answer.json()["items"]) == found, narrowed


@pytest.mark.parametrize(
    "wrong", [{"day": "2026-02-30"}, {"day": "today"}, {"operation": "peeking"}, {"purpose": "x"}]
)
async def test_what_is_wrong_with_a_search_is_named(
    senders: Senders, wrong: dict[str, str]
) -> None:
    administrator = senders("norfolk-opcc", "administrator")
    answer = await administrator.get("/v1/audit", params=WHY | {"day": today()} | wrong)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{next(iter(wrong))}"


async def test_without_the_row_neither_question_is_answered(
    police: Sender, senders: Senders, intake_pool: Pool
) -> None:
    child_ref = await known(police, intake_pool)
    await intake_pool.execute("REVOKE INSERT ON audit_entry FROM intake_reader")
    supervisor = senders("norfolk-police", "police-supervisor")
    answer = await supervisor.get(f"/v1/children/{child_ref}/accesses", params=WHY)
    assert (answer.status_code, child_ref in answer.text) == (503, False)
    answer = await senders("norfolk-opcc", "administrator").get(
        "/v1/audit", params=WHY | {"day": today()}
    )
    assert answer.status_code == 503
