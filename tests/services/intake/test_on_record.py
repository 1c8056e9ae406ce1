"""Every event taken in leaves one row, kept or undone with it; a question leaves one as well."""

import json

import pytest

from tests.services.conftest import Pool
from tests.services.intake.sending import (
    Event,
    Sender,
    amendment,
    detention,
    referral,
    retraction,
    training,
)
from tests.services.marks import mark_of

_ROWS = "SELECT * FROM audit_entry ORDER BY seq"


async def test_an_event_taken_in_is_on_record_by_its_record_and_receipt(
    police: Sender, intake_pool: Pool
) -> None:
    receipt = (await police.post(referral())).json()["receipt"]
    record_ref = await intake_pool.fetchval("SELECT record_ref FROM record")
    (row,) = await intake_pool.fetch(_ROWS)
    assert (row["operation"], row["action"]) == ("collection", "event-accepted")
    assert (row["subject"], row["row_count"]) == ("norfolk-police-agency", 1)
    assert json.loads(row["asked"]) == {"type": "referral.made.v1"}
    assert row["marks"] == sorted(
        [await mark_of(intake_pool, record_ref), await mark_of(intake_pool, record_ref, receipt)]
    )


@pytest.mark.parametrize("change", [amendment(), retraction(referral(id="before"))])
async def test_what_changes_what_was_said_is_an_alteration(
    police: Sender, intake_pool: Pool, change: Event
) -> None:
    await police.post(referral())
    await police.post(change)
    rows = await intake_pool.fetch(_ROWS)
    assert [row["operation"] for row in rows] == ["collection", "alteration"]


async def test_each_event_of_a_batch_is_on_record_and_what_is_not_kept_is_not(
    police: Sender, intake_pool: Pool
) -> None:
    first = detention("C-1")
    await police.batch([first, detention("C-2"), training(), {"specversion": "1.0"}])
    await police.batch([first])  # a duplicate
    await police.post(detention("C-3"), path="/v1/events?validate_only=true")
    rows = await intake_pool.fetch(_ROWS)
    kinds = sorted(json.loads(row["asked"])["type"] for row in rows)
    assert kinds == ["police.child-detained.v1"] * 2 + ["training.completed.v1"]
    assert len({row["correlation"] for row in rows}) == 1
    assert [row["marks"] for row in rows if "training" in row["asked"]] == [[]]


async def test_how_far_an_event_has_come_is_asked_on_record(
    police: Sender, intake_pool: Pool
) -> None:
    receipt = (await police.post(detention())).json()["receipt"]
    await police.get(f"/v1/receipts/{receipt}")
    await police.get("/v1/receipts", params={"receipts": f"{receipt},{'0' * 32}"})
    rows = await intake_pool.fetch("SELECT * FROM audit_entry WHERE action = 'receipts-read'")
    assert [row["row_count"] for row in rows] == [1, 1]
