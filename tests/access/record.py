"""Which calls leave a row on record (`audited.toml`), and what rows are there in every schema?"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

import asyncpg

_TABLES: Final = """
SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relname = 'audit_entry' AND relkind = 'r' ORDER BY nspname
"""
_TAKERS: Final = """
SELECT grantee FROM information_schema.role_table_grants
WHERE table_schema = $1 AND table_name = 'audit_entry' AND privilege_type = 'INSERT'
"""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def audited() -> Mapping[str, str]:
    """The operation of each call that is on record."""
    return _table("audited")


def unless_empty() -> Mapping[str, str]:
    """The operation of each call that is on record if it shows anything."""
    return _table("audited-unless-empty")


def when_done() -> Mapping[str, str]:
    """The operation of each call that is on record if it is not refused."""
    return {
        call: said for call, said in _read("audited-when-done").items() if isinstance(said, str)
    }


def of_several() -> Mapping[str, list[str]]:
    """The operations of each page that is made of several; of what is not there only the first."""
    return {
        call: said for call, said in _read("audited-when-done").items() if isinstance(said, list)
    }


def childless() -> Mapping[str, str]:
    """Why each of the others is not."""
    return _table("childless")


def _table(name: str) -> Mapping[str, str]:
    return {call: str(said) for call, said in _read(name).items()}


def _read(name: str) -> Mapping[str, str | list[str]]:
    found: dict[str, str | list[str]] = tomllib.loads(
        Path(__file__).with_name("audited.toml").read_text()
    )[name]
    return found


async def rows(owner: Connection) -> Counter[str]:
    """Count what is on record in all schemas, by operation."""
    found: Counter[str] = Counter()
    for schema in await _schemas(owner):
        counted = await owner.fetch(
            f"SELECT operation, count(*) FROM {schema}.audit_entry GROUP BY 1"  # noqa: S608 - our own schemas
        )
        found.update({row["operation"]: row["count"] for row in counted})
    return found


async def refuse(owner: Connection) -> list[str]:
    """Take from everybody the right to put anything on record; return what gives it back."""
    back = []
    for schema in await _schemas(owner):
        for taker in await owner.fetch(_TAKERS, schema):
            table, role = f"{schema}.audit_entry", taker["grantee"]
            await owner.execute(f"REVOKE INSERT ON {table} FROM {role}")
            back.append(f"GRANT INSERT ON {table} TO {role}")
    return back


async def _schemas(owner: Connection) -> list[str]:
    return [row["nspname"] for row in await owner.fetch(_TABLES)]
