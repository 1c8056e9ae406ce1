"""Is it kept why something was shared, or not, and does nothing of the words leave the vault?"""

import msgspec
import pytest

from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Event, Sender, event, referral

WHY = "Zquxwhy: to tell the family first would have put him at risk."
SAID = {
    "share": "shared", "lawful_basis": "public-task", "shared_with": "norfolk-csc",
    "referral_ref": "R-1", "family": "not-told", "reason": WHY,
}  # fmt: skip


def recorded(agency: str = "norfolk-police", **more: object) -> Event:
    return event(agency, "basis.recorded.v1", SAID | more)


async def test_codes_leave_the_vault_and_words_stay(police: Sender, intake_pool: Pool) -> None:
    assert (await police.post(recorded())).status_code == 202
    value = await intake_pool.fetchval("SELECT value FROM outbox")
    facts = msgspec.json.decode(value)["facts"]
    assert {name: facts[name] for name in ("share", "lawful_basis", "shared_with", "family")} == {
        "share": "shared", "lawful_basis": "public-task", "shared_with": "norfolk-csc",
        "family": "not-told",
    }  # fmt: skip
    assert b"Zquxwhy" not in value


async def test_that_nobody_agreed_and_nothing_is_recorded_hold_no_referral_back(
    police: Sender,
) -> None:
    assert (await police.post(referral())).status_code == 202
    refused = recorded(share="not-shared", family="refused", lawful_basis="other")
    assert (await police.post(refused)).status_code == 202
    assert (await police.post(referral("R-2"))).status_code == 202


@pytest.mark.parametrize(
    ("agency", "role", "status"),
    [
        ("norfolk-police", "police-supervisor", 202),
        ("norfolk-qa", "qa-reviewer", 202),
        ("norfolk-csc", "agency", 422),
        ("norfolk-opcc", "pcc-editor", 403),
    ],
)
async def test_a_child_is_named_by_its_ref_by_who_may_see_a_record_of_it(  # noqa: PLR0913 - parameters
    police: Sender, senders: Senders, intake_pool: Pool, agency: str, role: str, status: int
) -> None:
    await police.post(referral())
    child_ref = await intake_pool.fetchval("SELECT child_ref FROM record")
    said = recorded(agency, child={"child_ref": child_ref})
    assert (await senders(agency, role).post(said)).status_code == status
