"""Does a page let nobody approve their own work, and is it on record that they tried?"""

import pytest

from tests.access.world import World
from tests.desks.conftest import Sign, main, sent
from tests.services.conftest import Pool

REVIEWED = "oversight.reviewed.v1"
LAST = "SELECT action, subject, row_count FROM audit_entry ORDER BY seq DESC LIMIT 1"
DID_IT = "PC-7"
"""Who made the referrals of the world."""


def review(outcome: str, once: str) -> dict[str, str]:
    return {
        "outcome": outcome, "rationale": "Seen.", "role": "supervisor", "which": "0", "once": once,
    }  # fmt: skip


@pytest.mark.parametrize("outcome", ["approved", "returned", "escalated"])
async def test_who_did_the_work_is_told_no_and_that_they_tried_is_on_record(
    sign: Sign, objects: World, vault: Pool, outcome: str
) -> None:
    oneself = sign("norfolk-police", "police-supervisor", sub=DID_IT)
    before = await sent(vault, REVIEWED)
    work = f"/queue/{objects['norfolk-police'].gap_id}"
    answer = await oneself.post(f"{work}/review", **review(outcome, f"own-{outcome}"))
    assert answer.status_code == 403
    assert "You cannot review your own work" in main(answer)
    assert "That you tried is on record" in main(answer)
    row = await vault.fetchrow(LAST)
    assert row is not None
    assert tuple(row) == ("own-work-refused", DID_IT, 0)
    assert await sent(vault, REVIEWED) == before


async def test_another_approves_it_once_however_often_the_form_is_sent(
    sign: Sign, objects: World, vault: Pool
) -> None:
    another = sign("norfolk-police", "police-supervisor", sub="SGT-1")
    work = f"/queue/{objects['norfolk-police'].gap_id}"
    before = await sent(vault, REVIEWED)
    for _ in range(2):
        answer = await another.post(f"{work}/review", **review("approved", "once-and-for-all"))
        assert (answer.status_code, answer.headers["location"]) == (303, f"{work}?done=review")
    assert len(await sent(vault, REVIEWED)) == len(before) + 1
    assert "Your review is on record" in main(await another.get(work, done="review"))
