"""On our pages everybody speaks in their own name, and nobody of their own work."""

import json

import pytest
from joserfc.jwk import ECKey

from services.intake.settings import Settings
from services.runtime.acting import Acting
from services.runtime.auth import Caller
from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Event, Sender, detention, event

PAGES = ECKey.generate_key("P-256", {"kid": "pages"})


@pytest.fixture
def people(settings: Settings, senders: Senders) -> Senders:
    """Make somebody who is signed in to the pages."""
    assert settings.jwks_file is not None
    published = json.loads(settings.jwks_file.read_text())
    published["keys"].append(PAGES.as_dict(private=False) | {"acts": "dashboards"})
    settings.jwks_file.write_text(json.dumps(published))
    http = senders("norfolk-police").http

    def person(subject: str, agency: str = "norfolk-police", role: str = "police-supervisor"
               ) -> Sender:  # fmt: skip
        token = Acting(PAGES, "dashboards").token(Caller(subject, agency, role))
        return Sender(http, agency, token)

    return person


def review(child_ref: str, by: str, outcome: str = "approved") -> Event:
    body = {
        "child": {"child_ref": child_ref}, "of": {"kind": "custody", "ref": "C-1"},
        "outcome": outcome, "rationale": "Seen.", "practitioner": {"ref": by, "role": "supervisor"},
    }  # fmt: skip
    return event("norfolk-police", "oversight.reviewed.v1", body)


async def held(police: Sender, pool: Pool) -> str:
    """Have somebody detained; returns the child's ref. PC-7 did it."""
    await police.post(detention("C-1"))
    found: str = await pool.fetchval("SELECT child_ref FROM record")
    return found


@pytest.mark.parametrize("outcome", ["approved", "returned"])
async def test_nobody_reviews_their_own_work_and_that_they_tried_is_on_record(
    police: Sender, people: Senders, intake_pool: Pool, outcome: str
) -> None:
    child_ref = await held(police, intake_pool)
    answer = await people("PC-7").post(review(child_ref, "PC-7", outcome))
    assert (answer.status_code, answer.json()["code"]) == (403, "own-work")
    row = await intake_pool.fetchrow("SELECT * FROM audit_entry ORDER BY seq DESC LIMIT 1")
    assert row is not None
    assert (row["action"], row["subject"], row["row_count"]) == ("own-work-refused", "PC-7", 0)
    assert len(row["marks"]) == 2
    assert await intake_pool.fetchval("SELECT count(*) FROM event") == 1


async def test_another_reviews_it(police: Sender, people: Senders, intake_pool: Pool) -> None:
    child_ref = await held(police, intake_pool)
    assert (await people("SGT-1").post(review(child_ref, "SGT-1"))).status_code == 202


async def test_nobody_speaks_in_anothers_name(
    police: Sender, people: Senders, intake_pool: Pool
) -> None:
    child_ref = await held(police, intake_pool)
    answer = await people("PC-7").post(review(child_ref, "SGT-1"))
    assert (answer.status_code, answer.json()["code"]) == (403, "not-in-your-name")


async def test_of_a_system_of_their_own_it_is_judged_and_not_refused(
    police: Sender, senders: Senders, intake_pool: Pool
) -> None:
    child_ref = await held(police, intake_pool)
    own = senders("norfolk-police", "police-supervisor")
    assert (await own.post(review(child_ref, "PC-7"))).status_code == 202
