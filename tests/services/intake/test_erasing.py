"""Is a child destroyed in the vault by two people, wholly, and step by step? On a real Postgres."""

import asyncio
import hashlib
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from services.intake.destroying import TABLES
from services.intake.erasing import AGAIN, Erasures
from services.intake.matcher import Matcher
from services.runtime.auth import Caller
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.intake.conftest import token
from tests.services.matcher.vaulted import NHS, concern, missing, retracting

ONE, OTHER = (
    Caller("ada", "referral-watch", "administrator"),
    Caller("ben", "referral-watch", "administrator"),
)
NO_CHILD = {
    "staff", "import", "erasure", "erasure_reach", "erased_event", "audit_entry", "mac_key",
    "retired_master_key", "attempt", "dead_letter", "crowded_block", "session", "sign_in",
    "rehearsal", "disposal",
}  # fmt: skip
"""Tables in which no child's row stands; what is newly made must be named here or destroyed."""


async def everything(pool: Pool, schema: str = "intake") -> str:
    """Every row of every table, as text."""
    tables = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", schema)
    rows: list[str] = []
    for (table,) in tables:
        found = await pool.fetch(f"SELECT t::text FROM {table} AS t")  # noqa: S608 - our tables
        rows += [f"{table} {row[0]}" for row in found]
    return "\n".join(rows)


@pytest.fixture
def erasures(app: FastAPI) -> Erasures:
    found: Erasures = app.state.desk.erasures
    return found


@pytest.fixture
async def refs(app: FastAPI, intake_pool: Pool, dsn: Dsn) -> dict[str, str]:
    """Two linked records of one child, and another child; with all that hangs on them."""
    desk = app.state.desk
    sent = [
        missing("p-1", nhs_number=NHS, given_name="Zquxgiven"),
        concern("s-1", nhs_number=NHS),
        missing("p-2", given_name="Other"),
        missing("p-1"),
    ]
    sent.append(retracting(sent[3], "p-2"))
    for one in sent:
        await take(app, one)
    matcher = Matcher(intake_pool, desk.contracts, erasures_vault(app))
    while await matcher.match():
        pass
    await follow(intake_pool, dsn)
    rows = await intake_pool.fetch(
        "SELECT record_ref, child_ref, agency FROM record ORDER BY created_at"
    )
    assert rows[0]["child_ref"] == rows[1]["child_ref"] != rows[2]["child_ref"]
    return {
        "child": rows[0]["child_ref"], "police": rows[0]["record_ref"],
        "school": rows[1]["record_ref"], "other": rows[2]["child_ref"],
        "event": sent[0]["id"], "retraction": sent[4]["id"],
    }  # fmt: skip


def erasures_vault(app: FastAPI) -> Any:  # noqa: ANN401 - the vault behind the desk
    return app.state.desk.erasures.vault


async def take(app: FastAPI, event: dict[str, Any]) -> Any:  # noqa: ANN401 - an Answer
    from services.intake.candidates import Offered  # noqa: PLC0415

    caller = Caller("system", event["source"].split("/")[1], "agency", ())
    (answer,) = await app.state.desk.intake.take(caller, [Offered(event)])
    return answer


async def follow(pool: Pool, dsn: Dsn) -> None:
    """Have chronology believe of every record's link what the vault does."""
    rows = await pool.fetch("SELECT record_ref, child_ref, link_version FROM record")
    async with pool_of(dsn("chronology")) as chronology:
        for row in rows:
            for ref in (row["record_ref"], row["child_ref"]):
                await chronology.execute(
                    "INSERT INTO child VALUES ($1, 1) ON CONFLICT DO NOTHING", ref
                )
            await chronology.execute(
                "INSERT INTO record VALUES ($1, $2, $3) ON CONFLICT (record_ref) DO UPDATE"
                " SET (child_ref, link_version) = (excluded.child_ref, excluded.link_version)",
                *row,
            )


async def acted(dsn: Dsn, *erased: str) -> None:
    """Have chronology say that everyone has acted."""
    async with pool_of(dsn("chronology")) as chronology:
        for ref in set(erased):
            digest = hashlib.sha256(ref.encode()).digest()
            await chronology.execute("INSERT INTO erased_ref (digest) VALUES ($1)", digest)


async def confirmed(erasures: Erasures, child_ref: str) -> str:
    erasure_id = await erasures.request(ONE, child_ref, "right-to-erasure")
    await erasures.confirm(OTHER, erasure_id)
    return erasure_id


async def test_nothing_of_the_child_is_left_and_the_message_tells_everyone(
    erasures: Erasures, intake_pool: Pool, refs: dict[str, str], dsn: Dsn
) -> None:
    erasure_id = await confirmed(erasures, refs["child"])
    assert await erasures.destroy(erasure_id)
    value = await intake_pool.fetchval("SELECT value FROM outbox ORDER BY seq DESC LIMIT 1")
    said = msgspec.json.decode(value)
    assert said["type"] == "identity.erased.v1"
    assert said["facts"]["child_ref"] == refs["child"]
    assert set(said["facts"]["record_refs"]) == {refs["police"], refs["school"]}
    assert not await erasures.finish(erasure_id)
    await acted(dsn, refs["child"], refs["police"], refs["school"])
    assert await erasures.finish(erasure_id)
    left = await everything(intake_pool)
    assert [name for name in ("child", "police", "school") if refs[name] in left] == []
    assert [name for name in ("event", "retraction") if f",{refs[name]}," in left] == []
    assert said["facts"]["salt"] not in left
    assert refs["other"] in left
    status = await erasures.status(erasure_id)
    assert (status["state"], status["records"], status["events"]) == ("done", 2, 4)


async def test_the_audit_tells_that_it_happened_by_whom_and_not_to_whom(
    erasures: Erasures, intake_pool: Pool, refs: dict[str, str]
) -> None:
    await erasures.destroy(await confirmed(erasures, refs["child"]))
    row = await intake_pool.fetchrow("SELECT * FROM audit_entry WHERE operation = 'erasure'")
    assert row is not None
    assert (row["subject"], row["purpose"], row["row_count"]) == ("ben", "right-to-erasure", 4)
    assert len(row["marks"]) == 2


async def test_who_was_shown_the_child_is_named_before_nobody_can_tell(
    app: FastAPI, erasures: Erasures, refs: dict[str, str]
) -> None:
    reader = Caller("rita", "norfolk-qa", "qa-reviewer")
    await app.state.desk.lookups.identity(reader, refs["child"], "quality-assurance")
    await app.state.desk.lookups.identity(reader, refs["other"], "quality-assurance")
    erasure_id = await confirmed(erasures, refs["child"])
    await erasures.destroy(erasure_id)
    (reached,) = (await erasures.status(erasure_id))["reached"]
    assert (reached["agency"], reached["action"], reached["times"]) == ("norfolk-qa", "identity", 1)


async def test_one_person_alone_erases_nobody(
    http: httpx.AsyncClient, refs: dict[str, str], erasures: Erasures
) -> None:
    bearer = {"Authorization": f"Bearer {token('referral-watch', 'administrator')}"}
    body = {"child_ref": refs["child"], "reason": "court-order"}
    asked = await http.post("/v1/erasures", json=body, headers=bearer)
    assert asked.status_code == 202
    path = f"/v1/erasures/{asked.json()['erasure_id']}"
    again = await http.post(f"{path}/confirmation", headers=bearer)
    assert (again.status_code, again.json()["code"]) == (409, "same-person")
    assert await erasures.advance() == 0
    await erasures.confirm(OTHER, asked.json()["erasure_id"])
    assert (await http.get(path, headers=bearer)).json()["state"] == "confirmed"
    assert await erasures.advance() == 1
    assert (await http.get(path, headers=bearer)).json()["state"] == "destroyed"


async def test_what_is_sent_again_is_refused_and_what_is_new_begins_a_new_record(
    app: FastAPI, erasures: Erasures, refs: dict[str, str], intake_pool: Pool
) -> None:
    again = missing("p-1")
    await take(app, again)
    await erasures.destroy(await confirmed(erasures, refs["child"]))
    answer = await take(app, again)
    assert (answer.status, answer.code) == (409, "erased")
    assert (await take(app, missing("p-1"))).status == 202
    fresh = await intake_pool.fetch("SELECT record_ref FROM record")
    assert refs["police"] not in {row["record_ref"] for row in fresh}


async def test_what_is_held_is_not_erased_until_the_hold_is_lifted(
    http: httpx.AsyncClient, erasures: Erasures, refs: dict[str, str]
) -> None:
    bearer = {"Authorization": f"Bearer {token('referral-watch', 'administrator')}"}
    erasure_id = await confirmed(erasures, refs["child"])
    body = {"child_ref": refs["child"], "reason": "public-inquiry"}
    hold = (await http.post("/v1/holds", json=body, headers=bearer)).json()["hold_id"]
    assert not await erasures.destroy(erasure_id)
    assert (await erasures.status(erasure_id))["refused_for"] == "legal-hold"
    asked = {"child_ref": refs["child"], "reason": "court-order"}
    refused = await http.post("/v1/erasures", json=asked, headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (409, "legal-hold")
    lifted = await http.post(f"/v1/holds/{hold}/lifted", json={"reason": "ended"}, headers=bearer)
    assert lifted.status_code == 200
    assert await erasures.destroy(await confirmed(erasures, refs["child"]))


async def test_it_waits_for_a_link_that_is_on_its_way(
    erasures: Erasures, intake_pool: Pool, refs: dict[str, str], dsn: Dsn
) -> None:
    erasure_id = await confirmed(erasures, refs["child"])
    await intake_pool.execute("UPDATE record SET link_version = link_version + 1")
    assert not await erasures.destroy(erasure_id)
    assert refs["police"] in await everything(intake_pool)
    await follow(intake_pool, dsn)
    assert await erasures.destroy(erasure_id)


async def test_a_crash_between_two_steps_leaves_the_next_to_whoever_comes(
    erasures: Erasures, intake_pool: Pool, refs: dict[str, str], dsn: Dsn
) -> None:
    erasure_id = await confirmed(erasures, refs["child"])
    for _ in range(2):  # as by two processes, and again after a restart
        await asyncio.gather(erasures.advance(), erasures.advance())
    kinds = [
        msgspec.json.decode(row["value"])["type"]
        for row in await intake_pool.fetch("SELECT value FROM outbox WHERE receipt IS NULL")
    ]
    assert kinds.count("identity.erased.v1") == 1
    await acted(dsn, refs["child"], refs["police"], refs["school"])
    await erasures.advance()
    assert (await erasures.status(erasure_id))["state"] == "done"


async def test_a_message_that_nobody_answers_is_sent_again(
    erasures: Erasures, intake_pool: Pool, refs: dict[str, str]
) -> None:
    erasure_id = await confirmed(erasures, refs["child"])
    await erasures.destroy(erasure_id)
    await intake_pool.execute("DELETE FROM outbox WHERE receipt IS NULL")
    await erasures.finish(erasure_id)
    assert not await intake_pool.fetch("SELECT FROM outbox WHERE receipt IS NULL")
    await intake_pool.execute("UPDATE erasure SET sent_at = sent_at - $1::interval * 2", AGAIN)
    await erasures.finish(erasure_id)
    assert len(await intake_pool.fetch("SELECT FROM outbox WHERE receipt IS NULL")) == 1


async def test_events_that_come_while_a_child_is_destroyed_are_neither_lost_nor_kept_under_it(
    app: FastAPI, erasures: Erasures, refs: dict[str, str], intake_pool: Pool
) -> None:
    erasure_id = await confirmed(erasures, refs["child"])
    events = [missing("p-1") for _ in range(12)]
    answers = await asyncio.gather(
        *(take(app, one) for one in events), erasures.destroy(erasure_id)
    )
    assert {answer.status for answer in answers[:-1]} == {202}
    assert refs["police"] not in await everything(intake_pool) or await intake_pool.fetchval(
        "SELECT count(*) = 0 FROM event WHERE record_ref = $1", refs["police"]
    )


async def test_no_table_of_the_vault_is_left_out(intake_pool: Pool) -> None:
    rows = await intake_pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'intake'")
    tables = {row["tablename"] for row in rows} - {"migration", "schema_migration"}
    assert tables - NO_CHILD - TABLES == set()
