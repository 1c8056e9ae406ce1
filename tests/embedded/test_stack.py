import asyncpg
import httpx
import pytest
from kafka.admin import KafkaAdminClient

from deploy.embedded import leftovers, topics
from deploy.embedded.places import PROJECT
from deploy.embedded.processes import PROCESSES, SERVICES
from deploy.embedded.stack import Stack
from services.runtime.contracts import Contracts


def test_the_endpoints_are_what_the_contract_says(stack: Stack) -> None:
    names = {"intake", "dashboards", "responses", "prometheus", "postgres", "kafka", "tokens"}
    assert stack.endpoints.keys() == names | {"alerts", "directory", "sign_in"}
    assert stack.places.endpoints.stat().st_mode & 0o077 == 0
    for service in ("intake", "dashboards", "directory", "responses"):
        assert httpx.get(f"{stack.endpoints[service]}/health/ready").is_success


def test_a_second_up_does_nothing(stack: Stack) -> None:
    before = [stack.pid(process.name) for process in PROCESSES]
    said: list[str] = []
    stack.up(said.append)
    assert said == ["Already up; nothing to do."]
    assert [stack.pid(process.name) for process in PROCESSES] == before


SHARED = {
    "intake": {
        "feedback.webhook",
        "dashboards.audit_entry",
    },  # agencies' addresses; whom it reached
    "audit": {f"{service}.audit_entry" for service in SERVICES},
}
"""The tables of others that a service is given by name (deploy/grants.sql)."""


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_sees_its_own_schema_and_no_other_services_tables(
    stack: Stack, service: str
) -> None:
    connection = await asyncpg.connect(stack.database.dsn(service))
    try:
        assert await connection.fetchval("SELECT current_schema()") == service
        tables = await connection.fetch(
            "SELECT nspname, nspname || '.' || relname AS name"
            " FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind = 'r' AND nspname = ANY($1)"
            " AND has_table_privilege(pg_class.oid, 'SELECT')",
            list(SERVICES),
        )
        others = {row["name"] for row in tables if row["nspname"] != service}
        assert others <= SHARED.get(service, set())
        assert len(tables) > len(others)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE public.anything ()")
    finally:
        await connection.close()


async def test_nobody_enters_the_database_without_the_password(stack: Stack) -> None:
    secret = stack.database.dsn("intake").split(":")[2].split("@")[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(stack.database.dsn("intake").replace(secret, "guess"))


def test_the_broker_has_the_topics_of_the_schemas_and_no_others(stack: Stack) -> None:
    wanted = Contracts.load(PROJECT / "schemas").topics
    admin = KafkaAdminClient(bootstrap_servers=stack.endpoints["kafka"])
    try:
        assert {t for t in admin.list_topics() if not t.startswith("__")} == set(wanted)
        for topic in admin.describe_topics(list(wanted)):
            assert len(topic["partitions"]) == wanted[topic["name"]].partitions
    finally:
        admin.close()


def test_making_the_topics_again_changes_nothing(stack: Stack) -> None:
    wanted = Contracts.load(PROJECT / "schemas").topics
    assert topics.make(stack.endpoints["kafka"], wanted.values()) == []


@pytest.mark.parametrize("name", ["kafka", "postgres", "timeliness"])
def test_what_is_killed_comes_back(stack: Stack, name: str) -> None:
    before = stack.pid(name)
    stack.kill(name)
    stack.await_ready(name)
    assert stack.pid(name) not in {0, before}


def test_everything_that_runs_is_known_to_be_ours(stack: Stack) -> None:
    found = {process.pid for process in leftovers.running(stack.places)}
    assert {stack.pid(process.name) for process in PROCESSES} <= found
    assert {stack.pid("kafka"), stack.pid("postgres")} <= found
