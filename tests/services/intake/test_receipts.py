"""How far an event has come: each stage only when what stands behind it is there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from services.intake.features import FEATURE_VERSION
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Event, Sender, detention, training


@dataclass(frozen=True)
class World:
    """What other services have done so far, written by hand."""

    intake: Pool
    chronology: Pool
    ledger: Pool

    async def published(self) -> None:
        await self.intake.execute("UPDATE event SET published_at = now()")

    async def matched(self) -> None:
        await self.intake.execute("UPDATE event SET matched_at = now()")

    async def in_chronology(self, sent: Event, child_ref: str, version: int) -> None:
        await self.chronology.execute(
            "INSERT INTO child (child_ref, version) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            child_ref, version,
        )  # fmt: skip
        await self.chronology.execute(
            "INSERT INTO record (record_ref, child_ref) VALUES ($1, $1) ON CONFLICT DO NOTHING",
            child_ref,
        )
        await self.chronology.execute(
            """INSERT INTO event (source, id, type, time, record_ref, feature_version, revision,
                                  body, child_version)
               VALUES ($1, $2, 't', now(), $3, $5, 0, '', $4)""",
            sent["source"], sent["id"], child_ref, version, FEATURE_VERSION,
        )  # fmt: skip

    async def answered(self, child_ref: str, version: int) -> None:
        await self.ledger.execute(
            "INSERT INTO judge (name) VALUES ('timeliness') ON CONFLICT DO NOTHING"
        )
        await self.ledger.execute(
            """INSERT INTO verdict VALUES ($1, 'timeliness', 1, $2, 'p', now())
               ON CONFLICT (child_ref, judge) DO UPDATE SET version = excluded.version""",
            child_ref, version,
        )  # fmt: skip


@pytest.fixture
async def world(dsn: Dsn, intake_pool: Pool, chronology_pool: Pool) -> AsyncIterator[World]:
    async with pool_of(dsn("ledger")) as ledger:
        await ledger.execute(
            "INSERT INTO judge (name) VALUES ('timeliness') ON CONFLICT DO NOTHING"
        )
        yield World(intake_pool, chronology_pool, ledger)


async def position(sender: Sender, receipt: str) -> dict[str, Any]:
    answer = await sender.get(f"/v1/receipts/{receipt}")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


async def test_an_event_passes_every_stage(police: Sender, world: World) -> None:
    sent = detention()
    receipt = (await police.post(sent)).json()["receipt"]
    child_ref = await world.intake.fetchval("SELECT child_ref FROM record")
    assert (await position(police, receipt))["stage"] == "accepted"
    await world.published()
    assert (await position(police, receipt))["stage"] == "published"
    await world.in_chronology(sent, child_ref, 3)
    assert (await position(police, receipt))["stage"] == "in_chronology"
    await world.answered(child_ref, 2)
    await world.matched()
    assert (await position(police, receipt))["stage"] == "in_chronology"
    await world.answered(child_ref, 3)
    judged = await position(police, receipt)
    assert judged["stage"] == "judged"
    assert all(judged["times"].values())


async def test_what_was_read_again_is_judged_only_as_it_is_read_now(
    police: Sender, world: World
) -> None:
    sent = detention()
    receipt = (await police.post(sent)).json()["receipt"]
    child_ref = await world.intake.fetchval("SELECT child_ref FROM record")
    await world.in_chronology(sent, child_ref, 1)
    await world.answered(child_ref, 1)
    await world.matched()
    await world.intake.execute("UPDATE event SET feature_version = feature_version + 1")
    assert (await position(police, receipt))["stage"] == "accepted"
    await world.chronology.execute(
        "UPDATE event SET feature_version = feature_version + 1, child_version = 2"
    )
    assert (await position(police, receipt))["stage"] == "in_chronology"
    await world.answered(child_ref, 2)
    assert (await position(police, receipt))["stage"] == "judged"


async def test_it_is_not_judged_before_the_matcher_has_finished(
    police: Sender, world: World
) -> None:
    sent = detention()
    receipt = (await police.post(sent)).json()["receipt"]
    child_ref = await world.intake.fetchval("SELECT child_ref FROM record")
    await world.in_chronology(sent, child_ref, 1)
    await world.answered(child_ref, 1)
    assert (await position(police, receipt))["stage"] == "in_chronology"
    await world.matched()
    assert (await position(police, receipt))["stage"] == "judged"


async def test_a_link_that_it_caused_must_be_applied_and_judged_for_both_children(
    police: Sender, world: World
) -> None:
    sent = detention()
    receipt = (await police.post(sent)).json()["receipt"]
    child_ref = await world.intake.fetchval("SELECT child_ref FROM record")
    await world.in_chronology(sent, child_ref, 1)
    await world.answered(child_ref, 1)
    await world.matched()
    await world.intake.execute(
        "INSERT INTO effect (receipt, record_ref, link_version) VALUES ($1, $2, 1)",
        receipt, child_ref,
    )  # fmt: skip
    assert (await position(police, receipt))["stage"] == "in_chronology"
    await world.chronology.execute("UPDATE record SET link_version = 1")
    await world.chronology.execute(
        "INSERT INTO move VALUES ($1, 1, $1, 2, 'another', 5)", child_ref
    )
    await world.answered(child_ref, 2)
    assert (await position(police, receipt))["stage"] == "in_chronology"
    await world.answered("another", 5)
    assert (await position(police, receipt))["stage"] == "judged"


async def test_staff_events_are_judged_when_every_child_they_touch_is(
    police: Sender, world: World
) -> None:
    sent = training()
    receipt = (await police.post(sent)).json()["receipt"]
    await world.chronology.execute(
        """INSERT INTO event (source, id, type, time, staff_ref, feature_version, revision, body,
                              child_version)
           VALUES ($1, $2, 't', now(), 's', $3, 0, '', 0)""",
        sent["source"], sent["id"], FEATURE_VERSION,
    )  # fmt: skip
    await world.matched()
    assert (await position(police, receipt))["stage"] == "judged"
    await world.chronology.execute(
        "INSERT INTO touch VALUES ($1, $2, 'c', 4)", sent["source"], sent["id"]
    )
    assert (await position(police, receipt))["stage"] == "in_chronology"
    await world.answered("c", 4)
    assert (await position(police, receipt))["stage"] == "judged"


async def test_a_receipt_of_another_agency_is_unknown(
    police: Sender, school: Sender, senders: Senders
) -> None:
    receipt = (await police.post(detention())).json()["receipt"]
    assert (await school.get(f"/v1/receipts/{receipt}")).status_code == 404
    reviewer = senders("norfolk-qa", "qa-reviewer")
    assert (await reviewer.get(f"/v1/receipts/{receipt}")).status_code == 404
    listed = await school.get("/v1/receipts", params={"receipts": f"{receipt},{'0' * 32}"})
    assert listed.json() == {"items": []}


async def test_many_receipts_are_answered_in_the_order_asked(police: Sender) -> None:
    answers = await police.batch([detention(f"C-{n}") for n in range(5)])
    receipts = [item["receipt"] for item in answers.json()["receipts"]][::-1]
    listed = await police.get("/v1/receipts", params={"receipts": ",".join(receipts)})
    assert [item["receipt"] for item in listed.json()["items"]] == receipts


async def test_more_than_five_hundred_receipts_are_too_many(police: Sender) -> None:
    asked = ",".join(str(n) for n in range(501))
    assert (await police.get("/v1/receipts", params={"receipts": asked})).status_code == 422


async def test_nothing_is_judged_while_no_judge_is_known(police: Sender, world: World) -> None:
    sent = detention()
    receipt = (await police.post(sent)).json()["receipt"]
    child_ref = await world.intake.fetchval("SELECT child_ref FROM record")
    await world.ledger.execute("DELETE FROM judge")
    await world.in_chronology(sent, child_ref, 1)
    await world.matched()
    assert (await position(police, receipt))["stage"] == "in_chronology"
    await world.answered(child_ref, 1)
    assert (await position(police, receipt))["stage"] == "judged"
