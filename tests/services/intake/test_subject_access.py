"""Is all that is held about one child gathered, marked and on record? On a real Postgres."""

import argparse
import html
import json
import stat
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from pypdf import PdfReader

from services.intake import subject_access
from services.intake.matcher import Matcher
from services.intake.subject_papers import MARKING
from services.intake.subject_words import Words
from services.runtime import clock
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from tests.services.conftest import Dsn, Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Sender, child, event, referral

NUMBER = "9990000018"
NAME = "Quillfeather"
WHY = "Wren was seen with Kyle Brampton and her mother rang 07700 900123."
OWN = {"given_name": "Wren", "family_name": NAME, "nhs_number": NUMBER}
_COLUMNS = """
SELECT nspname || '.' || relname AS name, array_agg(attname::text) AS columns
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
WHERE relkind IN ('r', 'p') AND nspname NOT LIKE 'pg_%' AND nspname <> 'information_schema'
GROUP BY 1
"""
_GAP = """
INSERT INTO ledger.gap (child_ref, gap_id, judge, rule, rule_version, policy_version, lesson, kind,
    observed, agency, visible_to, anchor_source, anchor_id, opens_at, why, evidence, event_keys,
    known_from)
VALUES ($1, gen_random_uuid(), 'equity', 'equity.suspect_only', 1, 'p', 'themes', 'query', true,
        'norfolk-police', '{}', '/norfolk-police/records', 'e-1', '2026-02-02T22:00:00Z',
        '{"code": "suspect_only", "params": {"age_unknown": false, "incidents": 2}}', '[]',
        '{}', '2026-02-03T09:00:00Z')
"""
_ELSEWHERE = (
    "INSERT INTO chronology.child VALUES ($1, 1)",
    "INSERT INTO chronology.record VALUES ($1, $1, 0)",
    _GAP,
    """INSERT INTO alerts.alert (alert_id, child_ref, rule, lesson, kind, agency, visible_to,
           urgency, state, since, round_at, step, due_at, gap_ids, history, rank, place)
       VALUES (gen_random_uuid(), $1, 'equity.suspect_only', 'themes', 'query', 'norfolk-police',
               '{}', 'prompt', 'new', now(), now(), 1, now(), '{}',
               '[{"at": "2026-02-03T09:00:00Z", "state": "new", "step": 1, "reason": null}]', 1, 1)
    """,
    """INSERT INTO feedback.entry (seq, entry_id, agency, type, at, known_at, child_ref, data)
       VALUES (1, 'f-1', 'norfolk-csc', 'referral-received', now(), now(), $1, '{}')""",
    """INSERT INTO oversight.dead_letter (topic, partition, "offset", digest, key, value, reason)
       VALUES ('child.chronologies', 0, 1, '', convert_to($1, 'UTF8'), '{"a": 1}', 'unreadable')""",
)


@pytest.fixture
async def owner(dsn: Dsn) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(dsn("postgres"))
    yield connection
    await connection.close()


@pytest.fixture
async def child_ref(
    police: Sender, school: Sender, app: FastAPI, intake_pool: Pool,
    owner: "asyncpg.Connection[asyncpg.Record]",
) -> str:  # fmt: skip
    """A child of two agencies, restricted, with a row in every schema; and another child."""
    made = referral(child=child(**OWN), why=WHY)
    await police.post(made)
    said = {
        "concern_ref": "con-77", "setting": "school", "harms": ["neglect"], "grade": "green",
        "practitioner": {"ref": "T-9", "role": "teacher"},
    }  # fmt: skip
    for who in ({"local_id": "s-1", **OWN}, {"local_id": "s-2", "given_name": "Zquxother"}):
        raised = event("norfolk-school", "partner.concern-raised.v1", {"child": who, **said})
        await school.post(raised)
    await app.state.desk.drafts.save(
        Caller("pen", "norfolk-police", "agency"), None, "referral",
        {"child": {"local_id": "P-1"}, "reason": {"why": "Zquxdraft"}},
    )  # fmt: skip
    matcher = Matcher(intake_pool, app.state.desk.contracts, app.state.desk.erasures.vault)
    while await matcher.match():
        pass
    found = str(await intake_pool.fetchval(
        "SELECT child_ref FROM record GROUP BY 1 HAVING count(*) = 2"))  # fmt: skip
    for statement in _ELSEWHERE:
        await owner.execute(statement, found)
    return found


async def asked(app: FastAPI, pool: Pool, child_ref: str, folder: Path) -> int:
    """Do what the command line does."""
    arguments = ["--child-ref", child_ref, "--by", "ada", "--out", str(folder)]
    options: argparse.Namespace = subject_access.options(arguments)
    desk = app.state.desk
    return await subject_access.act(pool, desk.erasures.vault, desk.contracts, options)


async def gathered(app: FastAPI, pool: Pool, child_ref: str, folder: Path) -> dict[str, Any]:
    assert await asked(app, pool, child_ref, folder) == 0
    found: dict[str, Any] = json.loads((folder / "held.json").read_text())
    return found


async def test_every_table_and_column_is_told_or_left_out_for_a_reason(
    owner: "asyncpg.Connection[asyncpg.Record]", contracts: Contracts
) -> None:
    words = Words.load(contracts.path)
    unsaid, named = [], set()
    for row in await owner.fetch(_COLUMNS):
        table = words.table(row["name"])
        named |= {row["name"], f"*.{row['name'].partition('.')[2]}"}
        if table is None:
            unsaid.append(row["name"])
        elif table.nothing is None:
            columns = set(table.columns) | set(table.left_out)
            unsaid += [f"{row['name']}: {name}" for name in columns ^ set(row["columns"])]
    assert not unsaid, "put words to it in schemas/subject-access.toml, or say why it holds nothing"
    assert not words.tables.keys() - named


async def test_nothing_that_names_a_child_is_said_to_hold_nothing(
    owner: "asyncpg.Connection[asyncpg.Record]", contracts: Contracts
) -> None:
    words = Words.load(contracts.path)
    refs = {"child_ref", "record_ref", "receipt"}
    naming = {
        row["name"]
        for row in await owner.fetch(_COLUMNS)
        if refs & set(row["columns"]) and (table := words.table(row["name"])) and table.nothing
    }
    assert naming == {"chronology.erased_event", "chronology.erasure", "intake.rehearsal"}


async def test_all_of_every_schema_is_gathered_opened_and_nothing_of_another_child(
    app: FastAPI, intake_pool: Pool, child_ref: str, tmp_path: Path
) -> None:
    found = await gathered(app, intake_pool, child_ref, tmp_path / "out")
    assert {
        "intake.record", "intake.event", "intake.identity", "intake.outbox", "chronology.child",
        "chronology.record", "ledger.gap", "alerts.alert", "feedback.entry",
        "oversight.dead_letter", "*.audit_entry",
    } <= found["rows"].keys()  # fmt: skip
    assert len(found["rows"]["intake.record"]) == 2
    texts = [row["sealed"]["data"].get("reason", {}) for row in found["rows"]["intake.event"]]
    assert WHY in [text.get("why") for text in texts]
    assert found["rows"]["oversight.dead_letter"][0]["value"] == {"a": 1}
    whole = json.dumps(found)
    assert NUMBER in whole
    assert "Zquxother" not in whole
    assert "wrapped_key" not in json.dumps(found["rows"])


async def test_the_papers_say_it_in_words_and_mark_what_is_about_others(
    app: FastAPI, intake_pool: Pool, child_ref: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    found = await gathered(app, intake_pool, child_ref, folder)
    page = html.unescape((folder / "held.html").read_text())
    for marked in (
        "Kyle Brampton",
        "mother",
        "07700 900123",
        "con-77",
        "T-9",
        "norfolk-police-agency",
    ):
        assert f'<span aria-hidden="true">▮</span>{marked}</mark>' in page, marked
    assert NAME in page
    assert "Why the referral was made" in page
    assert f"▮</span>{NAME}" not in page
    parts = [part["title"] for part in found["document"]["parts"]]
    assert parts[:2] == ["Who the child is", "What happened"]
    assert parts[3] == "What was found not to be done"
    assert all(part["items"] for part in found["document"]["parts"][:7])
    assert "Zquxdraft" in page
    assert "perhaps somebody's name: 1" in found["document"]["counts"]
    assert MARKING in page


async def test_the_print_is_accessible_and_says_the_same(
    app: FastAPI, intake_pool: Pool, child_ref: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    await gathered(app, intake_pool, child_ref, folder)
    pdf = PdfReader(BytesIO((folder / "held.pdf").read_bytes()))
    assert "pdfuaid:part" in pdf.xmp_metadata.stream.get_data().decode()  # type: ignore[union-attr]
    text = "".join(page.extract_text() for page in pdf.pages)
    for said in (NAME, "Kyle Brampton", "A referral was made to social care", "event-accepted"):
        assert said in text.replace("\n", " "), said


async def test_only_its_owner_may_open_the_folder_and_nothing_is_written_over(
    app: FastAPI, intake_pool: Pool, child_ref: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder = tmp_path / "out"
    await gathered(app, intake_pool, child_ref, folder)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert (stat.S_IMODE(folder.stat().st_mode), modes) == (0o700, {0o600})
    assert "FOR-REDACTION.txt" in {file.name for file in folder.iterdir()}
    assert await asked(app, intake_pool, child_ref, folder) == 1
    assert NAME not in capsys.readouterr().out


async def test_it_is_on_record_who_gathered_it_and_that_nobody_was_found(
    app: FastAPI, intake_pool: Pool, child_ref: str, tmp_path: Path
) -> None:
    await gathered(app, intake_pool, child_ref, tmp_path / "out")
    assert await asked(app, intake_pool, clock.new_ref(), tmp_path / "none") == 1
    assert not (tmp_path / "none").exists()
    rows = await intake_pool.fetch(
        "SELECT subject, purpose, row_count, marks FROM audit_entry"
        " WHERE action = 'subject-access' ORDER BY seq"
    )
    assert [(row["subject"], row["purpose"], len(row["marks"])) for row in rows] == [
        ("ada", "subject-access", 2),
        ("ada", "subject-access", 0),
    ]
    assert rows[0]["row_count"] > 10


async def test_a_restricted_child_is_said_to_be_restricted_and_why_it_was_opened(
    app: FastAPI, intake_pool: Pool, child_ref: str, senders: Senders, tmp_path: Path
) -> None:
    supervisor = senders("norfolk-police", "police-supervisor")
    body = {"child": {"child_ref": child_ref}, "reason": "A relative works here."}
    answer = await supervisor.post(event("norfolk-police", "child.restricted.v1", body))
    assert answer.status_code == 202
    broken = await supervisor.http.post(
        f"/v1/children/{child_ref}/break-glass",
        json={"purpose": "safeguarding", "reason": "Zquxdanger tonight."},
        headers={"Authorization": f"Bearer {supervisor.token}"},
    )
    assert broken.status_code == 201, broken.text
    found = await gathered(app, intake_pool, child_ref, tmp_path / "out")
    (part,) = [p for p in found["document"]["parts"] if "themselves" in p["title"]]
    assert [item["title"] for item in part["items"]] == [
        "The child is restricted",
        "The restricted child was opened by somebody",
    ]
    assert "Zquxdanger" in json.dumps(part)
