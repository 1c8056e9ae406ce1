"""Drafts: an agency's own, sealed, for some days, and gone with the child whom they name."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.domain.moments import moment
from services.intake import destroying
from services.runtime import clock
from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Sender, child, referral

WRITTEN: dict[str, Any] = {
    "child": {"local_id": "P-1", "given_name": "Wrenfield"},
    "reason": {"why": "He came in with a bruise."},
}


async def save(
    sender: Sender, content: dict[str, Any] = WRITTEN, draft_id: str | None = None
) -> httpx.Response:
    return await sender.http.request(
        "POST" if draft_id is None else "PUT",
        "/v1/drafts" if draft_id is None else f"/v1/drafts/{draft_id}",
        json={"kind": "referral", "content": content},
        headers={"Authorization": f"Bearer {sender.token}"},
    )


async def test_a_draft_is_come_back_to_by_its_agency_alone(school: Sender, police: Sender) -> None:
    draft_id = (await save(school)).json()["draft_id"]
    answer = await school.get(f"/v1/drafts/{draft_id}")
    assert answer.json()["content"] == WRITTEN
    (listed,) = (await school.get("/v1/drafts")).json()["items"]
    assert (listed["draft_id"], listed["local_id"]) == (draft_id, "P-1")
    assert (await police.get(f"/v1/drafts/{draft_id}")).status_code == 404
    assert (await police.get("/v1/drafts")).json() == {"items": []}
    assert (await save(police, draft_id=draft_id)).status_code == 404


async def test_nothing_of_it_can_be_read_in_the_database(school: Sender, intake_pool: Pool) -> None:
    await save(school)
    row = await intake_pool.fetchrow("SELECT draft::text AS whole, sealed FROM draft")
    assert row is not None
    assert "Wrenfield" not in row["whole"]
    assert b"Wrenfield" not in row["sealed"]


async def test_what_is_saved_again_begins_its_days_anew(
    school: Sender, app: FastAPI, intake_pool: Pool
) -> None:
    first, second = [(await save(school)).json()["draft_id"] for _ in range(2)]
    await intake_pool.execute("UPDATE draft SET ends_at = $1", clock.now() - timedelta(seconds=1))
    assert (await save(school, {"child": {}}, second)).status_code == 200
    assert (await school.get(f"/v1/drafts/{first}")).status_code == 404
    assert await app.state.desk.drafts.sweep() == 1
    assert await intake_pool.fetchval("SELECT array_agg(draft_id) FROM draft") == [second]
    kept = (await school.get(f"/v1/drafts/{second}")).json()
    assert timedelta(days=13, hours=23) < moment(kept["ends_at"]) - clock.now()


async def test_a_draft_is_deleted_once(school: Sender) -> None:
    draft_id = (await save(school)).json()["draft_id"]
    bearer = {"Authorization": f"Bearer {school.token}"}
    for status in (204, 404):
        answer = await school.http.delete(f"/v1/drafts/{draft_id}", headers=bearer)
        assert answer.status_code == status


async def test_an_agency_keeps_so_many_and_no_more(school: Sender, app: FastAPI) -> None:
    most = app.state.desk.drafts.retention.most
    for _ in range(most):
        assert (await save(school)).status_code == 201
    answer = await save(school)
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-drafts")


@pytest.mark.parametrize(
    "named", [{"local_id": "P-1"}, {"nhs_number": "9990000018"}, {"local_id": "X", "upn": "A" * 13}]
)
async def test_erasing_a_child_takes_the_drafts_that_name_it(
    school: Sender, intake_pool: Pool, named: dict[str, str]
) -> None:
    known = child(nhs_number="9990000018")
    await school.post(referral(agency="norfolk-school", child=known))
    await save(school, {"child": named})
    await save(school, {"child": {"local_id": "P-2"}})
    records = [
        tuple(row) for row in await intake_pool.fetch("SELECT record_ref, agency FROM record")
    ]
    async with intake_pool.acquire() as connection, connection.transaction():
        await destroying.destroy(connection, await destroying.find(connection, records), [])
    left = await intake_pool.fetchval("SELECT count(*) FROM draft")
    assert left == (2 if "upn" in named else 1)


async def test_who_writes_no_referrals_keeps_no_drafts(senders: Senders) -> None:
    for agency, role in (("norfolk-opcc", "pcc-editor"), ("norfolk-qa", "qa-reviewer")):
        assert (await save(senders(agency, role))).status_code == 403
