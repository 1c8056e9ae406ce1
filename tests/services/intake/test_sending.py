"""POST /v1/events: what is answered, what is kept, what is published."""

import asyncio
import json
from typing import Any

from tests.services.conftest import Pool
from tests.services.intake.sending import (
    Sender,
    child,
    detention,
    referral,
    training,
)


async def outbox(pool: Pool) -> list[dict[str, Any]]:
    rows = await pool.fetch("SELECT topic, key, value FROM outbox ORDER BY seq")
    return [{"topic": r["topic"], "key": r["key"], **json.loads(r["value"])} for r in rows]


async def test_an_event_is_accepted_with_a_receipt(police: Sender) -> None:
    sent = detention()
    answer = await police.post(sent)
    assert answer.status_code == 202
    body = answer.json()
    assert body == {
        "receipt": body["receipt"],
        "source": sent["source"],
        "id": sent["id"],
        "outcome": "accepted",
    }


async def test_the_same_event_again_has_the_same_receipt(police: Sender) -> None:
    sent = detention()
    first = await police.post(sent)
    again = sent | {"time": "2026-03-03T23:10:00+01:00", "traceparent": "00-1"}
    second = await police.post(again)
    assert second.status_code == 200
    assert second.json() == first.json() | {"outcome": "duplicate"}


async def test_another_body_under_the_same_name_is_a_conflict(
    police: Sender, intake_pool: Pool
) -> None:
    sent = detention()
    await police.post(sent)
    sent["data"]["custody_ref"] = "C-2"
    answer = await police.post(sent)
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"
    assert len(await outbox(intake_pool)) == 1


async def test_a_thousand_at_once_are_one_event(police: Sender, intake_pool: Pool) -> None:
    sent = detention()
    answers = await asyncio.gather(*(police.post(sent) for _ in range(1000)))
    assert sorted(a.status_code for a in answers) == [200] * 999 + [202]
    assert len({a.json()["receipt"] for a in answers}) == 1
    for table in ("event", "outbox", "record", "statement", "carried_ref"):
        assert await intake_pool.fetchval(f"SELECT count(*) FROM {table}") == 1, table  # noqa: S608


async def test_batches_that_overlap_in_another_order_do_not_deadlock(
    police: Sender, intake_pool: Pool
) -> None:
    events = [detention(f"C-{n}", child=child(local_id=f"P-{n}")) for n in range(60)]
    answers = await asyncio.gather(
        *(police.batch(events[::step]) for step in (1, -1, 1, -1, 1, -1))
    )
    outcomes = [item["outcome"] for a in answers for item in a.json()["receipts"]]
    assert outcomes.count("accepted") == 60
    assert outcomes.count("duplicate") == 300
    assert await intake_pool.fetchval("SELECT count(*) FROM record") == 60


async def test_a_batch_takes_the_good_ones_and_leaves_the_bad(police: Sender) -> None:
    good, other = detention("C-1"), detention("C-2")
    bad = detention("C-3")
    del bad["data"]["custody_ref"]
    foreign = detention("C-4", agency="norfolk-school")
    changed = json.loads(json.dumps(good))
    changed["data"]["custody_ref"] = "C-9"
    answer = await police.batch([good, bad, good, foreign, 3, changed, other])
    assert answer.status_code == 200
    items = answer.json()["receipts"]
    assert [item["status"] for item in items] == [202, 422, 200, 403, 422, 409, 202]
    assert items[0]["receipt"] == items[2]["receipt"]
    assert items[1]["errors"][0]["pointer"] == "/data/custody_ref"
    assert all(item["errors"] for item in items if item["outcome"] == "rejected")


async def test_an_empty_batch_has_no_receipts(police: Sender) -> None:
    assert (await police.batch([])).json() == {"receipts": []}


async def test_binary_mode_is_read_from_headers(police: Sender, intake_pool: Pool) -> None:
    sent = detention()
    headers = {f"ce-{k}": v for k, v in sent.items() if k != "data"}
    body = json.dumps(sent["data"]).encode()
    answer = await police.send(body, "application/json", headers=headers)
    assert answer.status_code == 202
    assert (await police.post(sent)).status_code == 200
    assert len(await outbox(intake_pool)) == 1


async def test_validate_only_judges_and_keeps_nothing(police: Sender, intake_pool: Pool) -> None:
    sent = detention()
    first = await police.post(sent, params={"validate_only": "true"})
    assert first.status_code == 202
    assert first.json()["receipt"] is None
    del sent["data"]["custody_ref"]
    assert (await police.post(sent, params={"validate_only": "true"})).status_code == 422
    for table in ("event", "outbox", "record", "staff", "identity"):
        assert await intake_pool.fetchval(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608


async def test_what_is_published_names_nobody(police: Sender, intake_pool: Pool) -> None:
    named = child(
        given_name="Marcelina",
        family_name="Quillfeather",
        postcode="NR1 1AA",
        nhs_number="9990000018",
    )
    await police.post(referral(child=named, why="Marcelina Quillfeather said so to us."))
    [published] = await outbox(intake_pool)
    whole = json.dumps({**published, "key": published["key"].decode()})
    for secret in ("Marcelina", "Quillfeather", "NR1", "9990000018", "2010-02-11", "P-1", "PC-7"):
        assert secret not in whole
    assert published["topic"] == "police.events"
    assert published["key"].decode() == published["record_ref"]
    assert published["facts"]["child"] == {"sex": "M", "age": 16}
    assert published["facts"]["practitioner"]["role"] == "investigator"
    assert len(published["facts"]["practitioner"]["staff_ref"]) == 32
    assert published["facts"]["referral_ref"] == "R-1"


async def test_the_vault_is_sealed_in_the_database(police: Sender, intake_pool: Pool) -> None:
    await police.post(referral(child=child(given_name="Marcelina"), why="Marcelina said so to us."))
    for table in ("event", "identity", "record", "statement", "staff", "outbox"):
        rows = await intake_pool.fetch(f"SELECT * FROM {table}")  # noqa: S608
        assert rows
        for value in rows[0].values():
            raw = value if isinstance(value, bytes) else str(value).encode()
            assert b"Marcelina" not in raw
            assert b"PC-7" not in raw


async def test_an_event_that_states_no_birth_date_is_given_the_age_by_the_last_one(
    police: Sender, intake_pool: Pool
) -> None:
    await police.post(detention("C-1"))
    await police.post(detention("C-2", child={"local_id": "P-1"}))
    ages = [published["facts"]["child"]["age"] for published in await outbox(intake_pool)]
    assert ages == [16, 16]


async def test_training_is_keyed_by_the_member_of_staff(police: Sender, intake_pool: Pool) -> None:
    await police.post(detention())
    await police.post(training())
    child_event, staff_event = await outbox(intake_pool)
    assert staff_event["topic"] == "staff.events"
    assert staff_event["key"].decode() == staff_event["staff_ref"]
    assert "record_ref" not in staff_event
    assert child_event["facts"]["practitioner"]["staff_ref"] == staff_event["staff_ref"]


async def test_the_topic_follows_the_kind_of_the_sender(
    school: Sender, social_care: Sender, intake_pool: Pool
) -> None:
    await school.post(referral("R-2", "norfolk-school"))
    await social_care.post(referral("R-3", "norfolk-csc"))
    topics = [published["topic"] for published in await outbox(intake_pool)]
    assert topics == ["partner.events", "social-care.events"]


async def test_two_agencies_with_the_same_local_id_have_two_records(
    police: Sender, school: Sender, intake_pool: Pool
) -> None:
    await police.post(detention())
    await school.post(referral("R-2", "norfolk-school"))
    assert await intake_pool.fetchval("SELECT count(*) FROM record") == 2


async def test_one_event_that_cannot_be_kept_does_not_take_its_neighbours_with_it(
    police: Sender, intake_pool: Pool
) -> None:
    await intake_pool.execute("ALTER TABLE carried_ref ADD CHECK (ref <> 'C-2')")
    answer = await police.batch([detention(f"C-{n}") for n in range(5)])
    statuses = [item["status"] for item in answer.json()["receipts"]]
    assert statuses == [202, 202, 500, 202, 202]
    assert len(await outbox(intake_pool)) == 4


async def test_while_the_database_is_away_the_answer_is_try_again(
    police: Sender, intake_pool: Pool
) -> None:
    await intake_pool.close()
    answer = await police.post(detention())
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
