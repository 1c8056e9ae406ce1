"""Who may send what: by the registry, and by what is known already."""

import pytest

from services.intake.sight import sees
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import (
    Event,
    Sender,
    amendment,
    child,
    detention,
    event,
    not_referred,
    referral,
    retraction,
)

GAP = "0b6f0f3e-7d4b-5a8c-9f2e-1d3c5b7a9e01"


async def status(sender: Sender, sent: Event) -> int:
    return (await sender.post(sent)).status_code


async def test_a_source_of_another_agency_is_refused(school: Sender) -> None:
    assert await status(school, detention()) == 403


async def test_a_type_that_the_registry_does_not_allow_is_refused(school: Sender) -> None:
    assert await status(school, detention(agency="norfolk-school")) == 403


async def test_nobody_sends_what_our_matcher_says(police: Sender) -> None:
    assert await status(police, event("norfolk-police", "identity.linked.v1", {})) == 403


async def test_an_unknown_type_is_a_fault(police: Sender) -> None:
    assert await status(police, event("norfolk-police", "police.unheard-of.v1", {})) == 422


async def test_only_who_made_a_referral_amends_it(police: Sender, school: Sender) -> None:
    await police.post(referral("R-1"))
    assert await status(school, amendment("R-1", "norfolk-school")) == 403
    assert await status(police, amendment("R-1")) == 202


async def test_an_amendment_of_an_unknown_referral_waits_for_it(school: Sender) -> None:
    assert await status(school, amendment("R-404", "norfolk-school")) == 202


async def test_a_ref_that_another_agency_uses_for_another_child_is_no_obstacle(
    police: Sender, school: Sender
) -> None:
    await police.post(referral("R-1"))
    other = child(date_of_birth="2012-09-09")
    assert await status(school, amendment("R-1", "norfolk-school", child=other)) == 202


async def test_a_referral_and_its_amendment_may_come_in_one_batch(
    police: Sender, school: Sender
) -> None:
    await police.post(referral("R-1"))
    made, amended = referral("R-1", "norfolk-school"), amendment("R-1", "norfolk-school")
    items = (await school.batch([amended, made])).json()["receipts"]
    assert [item["status"] for item in items] == [202, 202]


@pytest.mark.parametrize("kind", ["referral.amended.v1", "referral.withdrawn.v1"])
async def test_making_a_referral_again_gives_no_right_over_the_first(
    police: Sender, school: Sender, kind: str
) -> None:
    named = child(nhs_number="9990000018")
    said = {"child": named, "referral_ref": "R-1", "reason": {"why": "Sent in error."}}
    if kind == "referral.withdrawn.v1":
        said["reason"] = "Sent in error."
    change = event("norfolk-school", kind, said)
    again = referral("R-1", "norfolk-school", child=named, time="2026-01-01T10:00:00Z")
    await police.post(referral("R-1", child=named))
    items = (await school.batch([again, change])).json()["receipts"]
    assert [item["status"] for item in items] == [202, 403]
    assert await status(school, change) == 403
    assert await status(police, event("norfolk-police", kind, said)) == 202


async def test_a_ref_made_for_another_child_gives_no_right_over_this_ones(
    police: Sender, school: Sender
) -> None:
    named = child(nhs_number="9990000018")
    await police.post(referral("R-1", child=named))
    own = child(local_id="S-9", date_of_birth="2012-09-09", nhs_number="9990000026")
    assert await status(school, referral("R-1", "norfolk-school", child=own)) == 202
    assert await status(school, amendment("R-1", "norfolk-school", child=own)) == 202
    assert await status(school, amendment("R-1", "norfolk-school", child=named)) == 403


async def test_whether_a_first_making_that_was_retracted_counts_is_left_to_the_fold(
    police: Sender, school: Sender
) -> None:
    named, made = child(nhs_number="9990000018"), referral("R-1")
    made["data"]["child"] = named
    await police.post(made)
    await school.post(referral("R-1", "norfolk-school", child=named))
    await police.post(retraction(made))
    assert await status(school, amendment("R-1", "norfolk-school", child=named)) == 202
    assert await status(police, amendment("R-1", child=named)) == 202


@pytest.mark.parametrize(("areas", "seen"), [(None, True), ((), False), (("E10000016",), False)])
def test_a_token_that_names_no_area_sees_none(
    areas: tuple[str, ...] | None, contracts: Contracts, *, seen: bool
) -> None:
    reviewer = Caller("someone", "norfolk-qa", "qa-reviewer", areas)
    assert sees(reviewer, "norfolk-police", contracts.registry) is seen


async def test_only_the_same_agency_retracts_what_is_known(police: Sender, school: Sender) -> None:
    sent = detention()
    await police.post(sent)
    assert await status(school, retraction(sent, "norfolk-school")) == 403
    assert await status(school, retraction(detention("C-9"), "norfolk-school")) == 202
    assert await status(police, retraction(sent)) == 202


async def test_only_who_sent_a_trigger_decides_not_to_refer(police: Sender, school: Sender) -> None:
    named = child(nhs_number="9990000018")
    await police.post(detention("C-1", child=named))
    assert await status(school, not_referred(["C-1"], "norfolk-school", child=named)) == 403
    assert await status(school, not_referred(["C-1", "K-9"], "norfolk-school", child=named)) == 202
    assert await status(police, not_referred(["C-1"], child=named)) == 202


async def test_an_incident_that_another_agency_told_of_first_is_not_another_agencys(
    police: Sender, school: Sender
) -> None:
    named = child(nhs_number="9990000018")
    concern = {
        "child": named, "concern_ref": "K-1", "incident_ref": "I-1", "setting": "school",
        "harms": ["physical"], "grade": "amber", "practitioner": {"ref": "T-1", "role": "teacher"},
    }  # fmt: skip
    assert (
        await status(school, event("norfolk-school", "partner.concern-raised.v1", concern)) == 202
    )
    assert await status(police, not_referred(["I-1"], child=named)) == 202
    assert await status(police, not_referred(["K-1"], child=named)) == 403


@pytest.fixture
async def known_gap(dsn: Dsn, police: Sender, intake_pool: Pool) -> str:
    """A gap that the police owe, in the ledger; returns its child_ref."""
    sent = detention()
    await police.post(sent)
    child_ref: str = await intake_pool.fetchval("SELECT child_ref FROM record")
    async with pool_of(dsn("ledger")) as ledger:
        await ledger.execute(
            """INSERT INTO gap (child_ref, gap_id, judge, rule, rule_version, policy_version,
                lesson, kind, observed, agency, visible_to, anchor_source, anchor_id, opens_at,
                why, evidence, event_keys, known_from)
            VALUES ($1, $2, 'timeliness', 'timeliness.referral_not_made', 1, 'p', '1', 'gap',
                true, 'norfolk-police', '{}', $3, $4, now() - interval '1 day', '{}', '[]', '{}',
                now())""",
            child_ref, GAP, sent["source"], sent["id"],
        )  # fmt: skip
    return child_ref


def answered(agency: str, whom: dict[str, str]) -> Event:
    body = {"child": whom, "gap_id": GAP, "answer": "explained", "reason": "It was done by phone."}
    return event(agency, "gap.answered.v1", body)


async def test_only_who_owes_a_gap_answers_it(
    police: Sender, school: Sender, known_gap: str
) -> None:
    assert known_gap
    assert await status(school, answered("norfolk-school", {"local_id": "S-1"})) == 403
    assert await status(police, answered("norfolk-police", {"local_id": "P-1"})) == 202


async def test_a_child_ref_stands_for_the_record_of_the_gap(
    police: Sender, school: Sender, known_gap: str, intake_pool: Pool
) -> None:
    assert await status(police, answered("norfolk-police", {"child_ref": known_gap})) == 202
    assert await intake_pool.fetchval("SELECT count(DISTINCT record_ref) FROM event") == 1
    assert await status(police, answered("norfolk-police", {"child_ref": "f" * 32})) == 422
    assert await status(school, answered("norfolk-school", {"child_ref": known_gap})) == 403


async def test_a_reviewer_names_the_child_by_child_ref(
    police: Sender, senders: Senders, intake_pool: Pool
) -> None:
    await police.post(detention("C-1"))
    child_ref = await intake_pool.fetchval("SELECT child_ref FROM record")
    reviewer = senders("norfolk-qa", "qa-reviewer")

    def review(ref: str, whom: str) -> Event:
        body = {
            "child": {"child_ref": whom},
            "of": {"kind": "custody", "ref": ref},
            "outcome": "approved",
            "rationale": "Read through.",
        }
        return event("norfolk-qa", "oversight.reviewed.v1", body)

    assert await status(reviewer, review("C-1", child_ref)) == 202
    unknown = await reviewer.post(review("C-1", "f" * 32))
    elsewhere = await reviewer.post(review("C-404", child_ref))
    assert unknown.status_code == elsewhere.status_code == 422
    assert unknown.json() == elsewhere.json()
    topics = await intake_pool.fetch("SELECT topic FROM outbox ORDER BY seq")
    assert [row["topic"] for row in topics] == ["police.events", "partner.events"]


def acknowledged(agency: str, whom: dict[str, str], *gap_ids: str) -> Event:
    body = {"child": whom, "gap_ids": list(gap_ids or (GAP,))}
    return event(agency, "alert.acknowledged.v1", body)


async def test_who_owes_an_alerts_gaps_or_reviews_their_area_speaks_of_it_and_nobody_else(
    police: Sender, school: Sender, senders: Senders, known_gap: str, intake_pool: Pool
) -> None:
    whom = {"child_ref": known_gap}
    reviewer = senders("norfolk-qa", "qa-reviewer")
    supervisor = senders("norfolk-police", "police-supervisor")
    assert await status(supervisor, acknowledged("norfolk-police", whom)) == 202
    assert await status(reviewer, acknowledged("norfolk-qa", whom)) == 202
    assert await status(police, acknowledged("norfolk-police", {"local_id": "P-1"})) == 202
    assert await status(school, acknowledged("norfolk-school", whom)) == 403
    assert await status(school, acknowledged("norfolk-school", {"local_id": "S-1"})) == 403
    records = await intake_pool.fetch(
        "SELECT DISTINCT record_ref FROM event WHERE source NOT LIKE '/norfolk-police/%'"
    )
    assert [row["record_ref"] for row in records] == [
        await intake_pool.fetchval("SELECT record_ref FROM record WHERE child_ref = $1", known_gap)
    ]


async def test_an_alert_is_of_one_child_and_of_gaps_that_are_known(
    police: Sender, known_gap: str
) -> None:
    unknown = "0b6f0f3e-7d4b-5a8c-9f2e-1d3c5b7a9e02"
    whom = {"child_ref": known_gap}
    assert await status(police, acknowledged("norfolk-police", whom, GAP, unknown)) == 422
    assert await status(police, acknowledged("norfolk-police", {"child_ref": "f" * 32})) == 422
