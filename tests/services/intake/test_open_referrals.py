"""A referral of a child who has an open one: taken in, and the sender is told when the last was."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.services.conftest import Pool
from tests.services.intake.filled import CSV, as_csv, row
from tests.services.intake.sending import Event, Sender, child, event, referral, retraction

LATER = "2026-03-05T10:00:00Z"


def another(**more: Any) -> Event:  # noqa: ANN401 - any part of a referral
    return referral("R-2", time=LATER, **more)


async def test_the_date_of_the_open_referral_is_told_and_nothing_is_refused(
    police: Sender,
) -> None:
    first = await police.post(referral())
    assert "warnings" not in first.json()
    second = await police.post(another())
    assert second.status_code == 202
    (told,) = second.json()["warnings"]
    assert told["code"] == "open-referral"
    assert (told["last_referred_at"], told["referral_ref"]) == ("2026-03-03T22:10:00Z", "R-1")
    assert "03/03/2026" in told["message"]


async def test_judgement_alone_tells_as_well_and_keeps_nothing(
    police: Sender, intake_pool: Pool
) -> None:
    await police.post(referral())
    answer = await police.post(another(), params={"validate_only": "true"})
    assert answer.json()["receipt"] is None
    assert [told["code"] for told in answer.json()["warnings"]] == ["open-referral"]
    assert await intake_pool.fetchval("SELECT count(*) FROM event") == 1


async def test_in_a_batch_the_later_is_told_of_the_earlier(police: Sender) -> None:
    answer = await police.batch([another(), referral()])
    items = answer.json()["receipts"]
    assert [[told["referral_ref"] for told in item.get("warnings", [])] for item in items] == [
        ["R-1"], [],
    ]  # fmt: skip


async def test_other_children_and_the_same_referral_again_are_no_reason(police: Sender) -> None:
    await police.post(referral())
    for again in (referral(), referral("R-2", child=child(local_id="P-2"))):
        assert "warnings" not in (await police.post(again)).json()


@pytest.mark.parametrize("how", ["withdrawn", "decided", "retracted"])
async def test_a_referral_that_is_settled_is_no_longer_open(
    police: Sender, social_care: Sender, how: str
) -> None:
    made = referral()
    await police.post(made)
    if how == "withdrawn":
        body = {"referral_ref": "R-1", "reason": "made twice", "child": child()}
        await police.post(event("norfolk-police", "referral.withdrawn.v1", body))
    elif how == "decided":
        said = {"referral_ref": "R-1", "decision": "section-17", "child": child(local_id="C-1")}
        decided = event("norfolk-csc", "social-care.referral-decided.v1", said)
        assert (await social_care.post(decided)).status_code == 202
    else:
        await police.post(retraction(made))
    assert "warnings" not in (await police.post(another())).json()


async def test_that_another_agency_has_referred_the_child_is_not_told(
    police: Sender, school: Sender, intake_pool: Pool
) -> None:
    """Linked or not: else anyone could ask by `validate_only` whether a child was referred."""
    await police.post(referral())
    await school.post(referral("R-9", "norfolk-school", child=child(local_id="S-9")))
    await intake_pool.execute("UPDATE record SET child_ref = (SELECT min(record_ref) FROM record)")
    (told,) = (await police.post(another())).json()["warnings"]
    assert told["referral_ref"] == "R-1"
    await police.post(retraction(referral()))
    sent = referral("R-10", "norfolk-school", child=child(local_id="S-9"), time=LATER)
    (told,) = (await school.post(sent)).json()["warnings"]
    assert told["referral_ref"] == "R-9"


async def test_two_records_of_one_agency_that_are_linked_are_one_child(
    police: Sender, intake_pool: Pool
) -> None:
    await police.post(referral())
    await police.post(referral("R-3", child=child(local_id="P-2")))
    await intake_pool.execute("UPDATE record SET child_ref = (SELECT min(record_ref) FROM record)")
    (told,) = (await police.post(another(child=child(local_id="P-2")))).json()["warnings"]
    assert "2 referrals" in told["message"]


async def test_a_row_of_a_table_is_told(school: Sender, app: FastAPI) -> None:
    sent = [row(), row(referral_ref="R-2", time="05/03/2026 10:00")]
    begun = await school.send(as_csv(sent), CSV, path="/v1/imports?type=referral")
    await app.state.desk.imports.work_off()
    rows = (await school.get(f"/v1/imports/{begun.json()['id']}/rows")).json()["items"]
    assert [one["outcome"] for one in rows] == ["accepted", "accepted"]
    (told,) = rows[1]["warnings"]
    assert (told["code"], told["row"]) == ("open-referral", 3)
    assert told["last_referred_at"] == "2026-03-03T22:10:00Z"
