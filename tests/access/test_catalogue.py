"""Is every table behind a condition, and does no reader reach round one? Asked of the catalogue."""

import asyncpg
import pytest

from deploy.access import reader_of
from deploy.embedded.processes import SERVICES
from tests.services.conftest import Dsn

OPEN = {
    "attempt": "a message's place and how often it failed",
    "dead_letter": "for workers alone: no reader is granted it",
    "migration": "names of files",
    "session": "who is signed in, for the service itself alone",
    "sign_in": "who is on the way to sign in, for the service itself alone",
    "erased_ref": "digests of refs that are gone",
    "access.agency": "the registry",
    "access.provider": "the registry's: who answers for a provider",
    "access.restricted": "roles and a time",
    "dashboards.claim": "who is at work on which gap, by its id alone, for half an hour",
    "audit.horizon": "how far the chains are bound",
    "audit.link": "digests, for the audit alone",
    "chronology.state": "one number",
    "audit_entry": "no ref of a child; readers may add to it and read nothing",
    "dashboards.published": "the Department for Education's published tables",
    "directory.import": "offers of services, no child's",
    "directory.service_version": "offers of services, no child's",
    "feedback.webhook": "addresses of agencies' receivers, for workers alone: no child's",
    "feedback.undelivered": "numbers of entries, for workers alone",
    "feedback.clock": "how far the feed is",
    "intake.mac_key": "a wrapped key of no child's",
    "intake.retired_master_key": "names of keys",
    "intake.rehearsal": "what test agencies sent: no real child, and no reader is granted it",
    "responses.response": "inspections and answers to them, no child's",
    "responses.entry": "inspections and answers to them, no child's",
    "responses.published_file": "what was published",
    "ledger.belief_clock": "one moment",
    "ledger.epoch": "one number",
    "ledger.judge": "names of services",
    "ledger.rebuild": "how a rebuild goes",
    "ledger.whole_look": "how far the sweep is: a ref that nobody is granted to read",
    "ledger.rebuild_chunk": "how a rebuild goes: bounds of refs, for the ledger alone",
}
"""The tables that hold no child's rows, or show them to nobody, and why they need no condition."""

READERS = [reader_of(service) for service in SERVICES]

_TABLES = """
SELECT nspname || '.' || relname AS name, relname, relrowsecurity
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname = ANY($1::text[]) ORDER BY 1
"""
_REACHED = """
SELECT nspname || '.' || relname AS name, relkind = 'v' AS is_view, relrowsecurity AS shielded,
       coalesce(reloptions @> '{security_invoker=true}', false) AS as_who_asks
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname = ANY($2::text[])
  AND has_any_column_privilege($1, pg_class.oid, 'SELECT')
"""
_WRITTEN = """
SELECT nspname || '.' || relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v') AND nspname = ANY($2::text[])
  AND has_table_privilege($1, pg_class.oid, 'UPDATE, DELETE, TRUNCATE')
"""
SCHEMAS = [*SERVICES, "access"]
NO_CHILD = {"ledger.watermark", "feedback.feed_end"}
"""Views with their owner's rights in which no child is."""


@pytest.fixture
async def owner(dsn: Dsn) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(dsn("postgres"))


async def test_every_table_stands_behind_a_condition_or_is_named_with_a_reason(
    owner: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    rows = await owner.fetch(_TABLES, SCHEMAS)
    await owner.close()
    free = {row["name"] for row in rows if not row["relrowsecurity"]}
    assert not {name for name in free if name not in OPEN and name.partition(".")[2] not in OPEN}
    held = {row["name"] for row in rows} | {row["relname"] for row in rows}
    assert set(OPEN) <= held


@pytest.mark.parametrize("reader", READERS)
async def test_a_reader_reaches_no_row_but_through_a_condition(
    owner: "asyncpg.Connection[asyncpg.Record]", reader: str
) -> None:
    rows = await owner.fetch(_REACHED, reader, SCHEMAS)
    written = await owner.fetch(_WRITTEN, reader, SCHEMAS)
    await owner.close()
    reached = {
        row["name"]
        for row in rows
        if not (row["as_who_asks"] if row["is_view"] else row["shielded"])
    }
    assert reached <= NO_CHILD
    assert not written
