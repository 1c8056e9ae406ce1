"""Identity and text are shown to who may see them, for a purpose, and never off the record."""

import asyncpg
import pytest

from services.intake.answers import EventText
from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Sender, child, detention, referral
from tests.services.marks import mark_of

PURPOSE = {"purpose": "safeguarding"}
NAME = "Quillfeather"


async def known(police: Sender, pool: Pool) -> tuple[str, str]:
    """Send a referral; return its child_ref and its receipt."""
    sent = referral(child=child(family_name=NAME), why="Older boys made him carry it.")
    receipt = (await police.post(sent)).json()["receipt"]
    return await pool.fetchval("SELECT child_ref FROM record"), receipt


async def test_an_agency_sees_its_own_record_and_it_is_on_record(
    police: Sender, intake_pool: Pool
) -> None:
    child_ref, _ = await known(police, intake_pool)
    await police.post(detention("C-2", child=child(family_name=NAME, postcode="NR1 1AA")))
    answer = await police.get(f"/v1/children/{child_ref}/identity", params=PURPOSE)
    [record] = answer.json()["records"]
    assert [s["family_name"] for s in record["statements"]] == [NAME, NAME]
    assert record["statements"][1]["postcode"] == "NR1 1AA"
    [row] = await intake_pool.fetch("SELECT * FROM audit_entry WHERE operation = 'consultation'")
    assert (row["action"], row["purpose"], row["row_count"]) == ("identity", "safeguarding", 1)
    assert row["subject"] == "norfolk-police-agency"
    assert row["marks"] == [await mark_of(intake_pool, child_ref)]


@pytest.mark.parametrize(
    ("agency", "role", "status"),
    [
        ("norfolk-police", "police-supervisor", 200),
        ("norfolk-qa", "qa-reviewer", 200),
        ("norfolk-school", "agency", 404),
        ("norfolk-opcc", "pcc-analyst", 403),
        ("norfolk-opcc", "pcc-editor", 403),
        ("norfolk-opcc", "administrator", 403),
    ],
)
async def test_each_role_sees_what_it_may(  # noqa: PLR0913 - three fixtures, three parameters
    police: Sender, senders: Senders, intake_pool: Pool, agency: str, role: str, status: int
) -> None:
    child_ref, receipt = await known(police, intake_pool)
    reader = senders(agency, role)
    for path in (f"/v1/children/{child_ref}/identity", f"/v1/events/{receipt}/text"):
        answer = await reader.get(path, params=PURPOSE)
        assert answer.status_code == status
        assert (NAME in answer.text) == (status == 200 and "identity" in path)


async def test_text_is_shown_without_who_it_is_about(police: Sender, intake_pool: Pool) -> None:
    _, receipt = await known(police, intake_pool)
    answer = await police.get(f"/v1/events/{receipt}/text", params=PURPOSE)
    assert answer.json()["data"]["reason"]["why"] == "Older boys made him carry it."
    assert NAME not in answer.text
    assert "PC-7" not in answer.text


async def test_a_referrals_text_comes_with_what_a_reader_finds_in_it(
    police: Sender, intake_pool: Pool
) -> None:
    why = "He is streetwise, and was found with a knife."
    reason = {"why": why, "harm": "t b c", "voice_of_child": "I am streetwise."}
    sent = referral()
    sent["data"]["reason"] = reason
    receipt = (await police.post(sent)).json()["receipt"]
    answer = await police.get(f"/v1/events/{receipt}/text", params=PURPOSE)
    reading = EventText.model_validate(answer.json()).reading
    assert reading is not None
    assert reading.keys() == reason.keys()
    assert (reading["why"].empty, reading["harm"].empty) == (False, True)
    assert [why[slice(*place)] for place in reading["why"].states["why"]]
    (used,) = reading["why"].phrases
    assert (used.code, why[slice(*used.place)]) == ("streetwise", "streetwise")
    assert used.alternative
    assert reading["voice_of_child"].phrases == []
    assert await intake_pool.fetchval("SELECT count(*) FROM audit_entry WHERE action = 'text'") == 1


async def test_what_is_no_referral_has_no_reading(police: Sender) -> None:
    receipt = (await police.post(detention())).json()["receipt"]
    answer = await police.get(f"/v1/events/{receipt}/text", params=PURPOSE)
    assert answer.json()["reading"] is None


@pytest.mark.parametrize("purpose", [{}, {"purpose": ""}, {"purpose": "curiosity"}])
async def test_a_purpose_of_the_list_is_required(
    police: Sender, intake_pool: Pool, purpose: dict[str, str]
) -> None:
    child_ref, _ = await known(police, intake_pool)
    answer = await police.get(f"/v1/children/{child_ref}/identity", params=purpose)
    assert answer.status_code == 422
    assert "curiosity" not in answer.text


async def test_a_look_up_that_finds_nothing_is_on_record(school: Sender, intake_pool: Pool) -> None:
    assert (
        await school.get(f"/v1/children/{'0' * 32}/identity", params=PURPOSE)
    ).status_code == 404
    assert await intake_pool.fetchval("SELECT row_count FROM audit_entry") == 0


async def test_without_the_audit_row_nothing_is_shown(police: Sender, intake_pool: Pool) -> None:
    child_ref, receipt = await known(police, intake_pool)
    await intake_pool.execute("REVOKE INSERT ON audit_entry FROM intake_reader")
    for path in (f"/v1/children/{child_ref}/identity", f"/v1/events/{receipt}/text"):
        answer = await police.get(path, params=PURPOSE)
        assert answer.status_code == 503
        assert NAME not in answer.text


async def test_audit_rows_are_never_changed(police: Sender, intake_pool: Pool) -> None:
    child_ref, _ = await known(police, intake_pool)
    await police.get(f"/v1/children/{child_ref}/identity", params=PURPOSE)
    for change in (
        "UPDATE audit_entry SET purpose = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intake_pool.execute(change)


async def test_a_token_may_name_the_purposes_for_which_alone_its_holder_asks(
    police: Sender, senders: Senders, intake_pool: Pool
) -> None:
    child_ref, receipt = await known(police, intake_pool)
    reader = senders("norfolk-police", purposes=["complaint"])
    for path in (f"/v1/children/{child_ref}/identity", f"/v1/events/{receipt}/text"):
        assert (await reader.get(path, params=PURPOSE)).status_code == 403
        assert (await reader.get(path, params={"purpose": "complaint"})).status_code == 200
