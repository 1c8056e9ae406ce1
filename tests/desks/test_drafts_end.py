"""Is what was begun and not sent gone from the pages, and from the vault, 14 days later?"""

from collections.abc import Mapping
from datetime import timedelta

import httpx

from services.runtime import clock
from tests.access.faces import app_of
from tests.desks.conftest import Sign
from tests.services.conftest import Pool

ENDS = "SELECT ends_at - saved_at FROM draft WHERE draft_id = $1"
OVER = "UPDATE draft SET ends_at = $2 WHERE draft_id = $1"
LEFT = "SELECT count(*) FROM draft WHERE draft_id = $1"


async def test_a_draft_ends_14_days_after_it_was_saved_last(
    sign: Sign, vault: Pool, clients: Mapping[str, httpx.AsyncClient]
) -> None:
    school = sign("norfolk-school")
    draft = (await school.post("/agency/referrals")).headers["location"].rpartition("/")[0]
    draft_id = draft.rpartition("/")[2]
    await school.post(f"{draft}/urgency", urgency="standard", go="later")
    assert await vault.fetchval(ENDS, draft_id) == timedelta(days=14)
    assert draft_id in (await school.get("/agency")).text
    await vault.execute(OVER, draft_id, clock.now())
    assert draft_id not in (await school.get("/agency")).text
    for place in (draft, f"{draft}/check", f"{draft}/why"):
        assert (await school.get(place)).status_code == 404
    assert (await school.post(f"{draft}/send")).status_code == 404
    assert await app_of(clients, "intake").state.desk.drafts.sweep() >= 1
    assert await vault.fetchval(LEFT, draft_id) == 0
