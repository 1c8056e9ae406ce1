"""The feed, asked for over HTTP: by whom, in which order, and from where on."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.domain.gaps import Gap
from services.feedback.handlers import follow
from services.intake.feed import Cursor
from services.ledger.handlers import keep
from services.runtime import clock
from tests.gaps import gap, verdict
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Sender, referral


@dataclass
class Ledger:
    """Gaps that are believed, and told at once."""

    ledger: Pool
    feedback: Pool
    version: int = 0

    async def believes(self, *gaps: Gap) -> None:
        self.version += 1
        await keep(self.ledger, [], [verdict(*gaps, version=self.version)])
        await follow(self.feedback, clock.now(), timedelta())


@pytest.fixture
async def ledger(dsn: Dsn) -> AsyncIterator[Ledger]:
    async with pool_of(dsn("ledger")) as ledger, pool_of(dsn("feedback")) as feedback:
        yield Ledger(ledger, feedback)


async def page(sender: Sender, **query: str) -> dict[str, Any]:
    answer = await sender.get("/v1/feed", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_who_goes_on_from_the_last_cursor_misses_nothing(
    police: Sender, ledger: Ledger
) -> None:
    empty = await page(police)
    assert (empty["items"], empty["more"]) == ([], False)
    await ledger.believes(*(gap(number) for number in range(1, 6)))
    seen, after, more = [], empty["next"], True
    while more:
        found = await page(police, after=after, limit="2")
        seen += [item["data"]["gap_id"][-1] for item in found["items"]]
        after, more = found["next"], found["more"]
    assert seen == ["1", "2", "3", "4", "5"]
    await ledger.believes(*(gap(number) for number in range(1, 7)))
    (item,) = (await page(police, after=after))["items"]
    assert item["data"]["gap_id"].endswith("6")


async def test_an_entry_is_a_cloud_event_with_codes_and_times(
    police: Sender, social_care: Sender, ledger: Ledger
) -> None:
    sent = referral()
    receipt = (await police.post(sent)).json()["receipt"]
    await ledger.believes(gap(1, anchor=(sent["source"], sent["id"])))
    (item,) = (await page(police))["items"]
    known_at = item["data"].pop("known_at")
    assert known_at.endswith("Z")
    assert item == {
        "specversion": "1.0",
        "id": item["id"],
        "source": "/referral-watch/feedback",
        "type": "feedback.gap-opened.v1",
        "time": "2026-03-02T10:00:00Z",
        "datacontenttype": "application/json",
        "data": {
            "referral_ref": "R-1",
            "gap_id": "00000000-0000-0000-0000-000000000001",
            "receipt": receipt,
            "rule": "timeliness.decision_overdue",
            "kind": "gap",
            "lesson": "1",
            "owed_by": "norfolk-csc",
            "opens_at": "2026-03-02T10:00:00Z",
            "closes_at": None,
        },
    }
    (theirs,) = (await page(social_care))["items"]
    assert theirs["data"]["receipt"] is None


async def test_each_agency_reads_its_own_feed_alone(
    school: Sender, senders: Senders, ledger: Ledger
) -> None:
    await ledger.believes(gap(1))
    assert (await page(school))["items"] == []
    assert (await page(senders("norfolk-police", "police-supervisor")))["items"] != []
    for agency, role in (("norfolk-opcc", "pcc-analyst"), ("norfolk-police", "administrator")):
        assert (await senders(agency, role).get("/v1/feed")).status_code == 403


@pytest.mark.parametrize("after", ["", "x", "W10", "é", "WyJhIiwxXQ", "e30"])
async def test_what_is_no_cursor_is_refused(police: Sender, after: str) -> None:
    answer = await police.get("/v1/feed", params={"after": after})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/query/after", "code": "cursor"}]


async def test_a_cursor_that_the_feed_never_gave_is_gone(police: Sender, ledger: Ledger) -> None:
    await ledger.believes(gap(1))
    given = Cursor.decode((await page(police))["next"])
    beyond = Cursor(given.feed_ref, given.seq + 10).encode()
    another = Cursor("0" * 32, 0).encode()
    for after in (beyond, another):
        answer = await police.get("/v1/feed", params={"after": after})
        assert (answer.status_code, answer.json()["code"]) == (410, "cursor-gone")


async def test_what_was_read_is_on_record_and_an_empty_page_is_not(
    police: Sender, ledger: Ledger, intake_pool: Pool
) -> None:
    await page(police)
    await ledger.believes(gap(1))
    await page(police)
    rows = await intake_pool.fetch("SELECT row_count FROM audit_entry WHERE action = 'feed'")
    assert [row["row_count"] for row in rows] == [1]
