"""Is a test agency answered like anybody, and does nobody else ever hear of it?"""

import pytest

from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import (
    Sender,
    amendment,
    child,
    detention,
    referral,
    retraction,
    training,
)

UNREFERRED = "timeliness.referral_not_made"
UNREVIEWED = "oversight.not_reviewed"
ALONE = "equity.no_appropriate_adult"
ELSEWHERE = (
    "event", "record", "staff", "statement", "carried_ref", "retraction", "outbox", "identity",
    "audit_entry", "block",
)  # fmt: skip
TRAINED = "training.not_in_date"


@pytest.fixture
def sandbox(senders: Senders) -> Sender:
    return senders("sandbox")


async def told(sender: Sender, receipt: str) -> dict[str, list[str]]:
    """The stage, and the rules of the open gaps."""
    answer = (await sender.get(f"/v1/receipts/{receipt}")).json()
    return {answer["stage"]: [gap["rule"] for gap in answer["gaps"]]}


async def sent(sender: Sender, *events: dict[str, object]) -> list[str]:
    receipts = []
    for one in events:
        answer = await sender.post(one)
        assert answer.status_code == 202, answer.text
        receipts.append(answer.json()["receipt"])
    return receipts


async def test_what_a_test_agency_sends_is_judged_and_what_it_sends_then_closes_it(
    sandbox: Sender,
) -> None:
    made = detention(agency="sandbox")
    (receipt,) = await sent(sandbox, made)
    assert await told(sandbox, receipt) == {"judged": [UNREFERRED, UNREVIEWED, ALONE]}
    await sent(sandbox, referral(agency="sandbox"), amendment(agency="sandbox"))
    assert UNREFERRED not in (await told(sandbox, receipt))["judged"]
    await sent(sandbox, retraction(made, agency="sandbox"))
    assert UNREVIEWED not in (await told(sandbox, receipt))["judged"]


async def test_the_training_of_its_staff_counts_for_its_children(sandbox: Sender) -> None:
    made = detention(agency="sandbox")
    made["data"]["practitioner"] = {"ref": "PC-7", "role": "investigator", "unit": "custody"}
    (receipt,) = await sent(sandbox, made)
    assert TRAINED in (await told(sandbox, receipt))["judged"]
    await sent(sandbox, training("sandbox"))
    assert TRAINED not in (await told(sandbox, receipt))["judged"]


async def test_it_is_told_of_duplicates_conflicts_and_faults_like_anybody(sandbox: Sender) -> None:
    made = detention(agency="sandbox")
    (receipt,) = await sent(sandbox, made)
    again = await sandbox.post(made)
    assert (again.status_code, again.json()["receipt"]) == (200, receipt)
    other = made | {"time": "2026-03-04T22:10:00Z"}
    assert (await sandbox.post(other)).status_code == 409
    faulty = detention(agency="sandbox")
    del faulty["data"]["custody_ref"]
    assert (await sandbox.post(faulty)).status_code == 422
    assert (await sandbox.post(detention(agency="norfolk-police"))).status_code == 403
    batch = (await sandbox.batch([detention("C-2", agency="sandbox"), made, faulty])).json()
    assert [one["outcome"] for one in batch["receipts"]] == ["accepted", "duplicate", "rejected"]


async def test_nothing_of_it_is_in_any_table_but_its_own_and_no_name_is_kept(
    sandbox: Sender, intake_pool: Pool
) -> None:
    named = child(given_name="Marker", family_name="Sandboxson", nhs_number="9990000018")
    await sent(sandbox, detention(agency="sandbox", child=named), training("sandbox"))
    for table in ELSEWHERE:
        assert await intake_pool.fetchval(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    kept = await intake_pool.fetch("SELECT rehearsal::text AS row, body FROM rehearsal")
    assert len(kept) == 2
    for row in kept:
        assert b"Marker" not in row["body"]
        assert b"9990000018" not in row["body"]
        assert b"P-1" not in row["body"]


async def test_trying_out_without_keeping_keeps_nothing(sandbox: Sender, intake_pool: Pool) -> None:
    made = detention(agency="sandbox")
    answer = await sandbox.post(made, params={"validate_only": "true"})
    assert answer.json()["outcome"] == "accepted"
    assert await intake_pool.fetchval("SELECT count(*) FROM rehearsal") == 0


async def test_what_was_rehearsed_is_forgotten_after_a_month(
    sandbox: Sender, intake_pool: Pool
) -> None:
    (receipt,) = await sent(sandbox, detention(agency="sandbox"))
    await intake_pool.execute("UPDATE rehearsal SET received_at = now() - interval '31 days'")
    await sent(sandbox, detention("C-2", agency="sandbox"))
    assert (await sandbox.get(f"/v1/receipts/{receipt}")).status_code == 404


async def test_nobody_else_is_shown_its_receipts_and_it_is_shown_nobody_elses(
    sandbox: Sender, police: Sender
) -> None:
    (rehearsed,) = await sent(sandbox, detention(agency="sandbox"))
    (real,) = await sent(police, detention())
    assert (await police.get(f"/v1/receipts/{rehearsed}")).status_code == 404
    assert (await sandbox.get(f"/v1/receipts/{real}")).status_code == 404
