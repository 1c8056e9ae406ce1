"""How does the database learn who may see what? Roles for readers, the registry, the conditions."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeAlias

import asyncpg

from services.domain.registry import Agency
from services.runtime.contracts import read_toml

FOLDER: Final = Path(__file__).parent
POLICY: Final = FOLDER.parent / "schemas" / "policy"
_AGENCIES: Final = """
MERGE INTO access.agency USING unnest($1::text[], $2::text[], $3::text[]) AS now (id, kind, areas)
    ON agency.id = now.id
WHEN MATCHED THEN UPDATE SET kind = now.kind, areas = string_to_array(now.areas, ',')
WHEN NOT MATCHED THEN INSERT VALUES (now.id, now.kind, string_to_array(now.areas, ','))
WHEN NOT MATCHED BY SOURCE THEN DELETE
"""
_PROVIDERS: Final = """
MERGE INTO access.provider USING unnest($1::text[], $2::text[]) AS now (code, agency)
    ON provider.code = now.code
WHEN MATCHED THEN UPDATE SET agency = now.agency
WHEN NOT MATCHED THEN INSERT VALUES (now.code, now.agency)
WHEN NOT MATCHED BY SOURCE THEN DELETE
"""
PROVIDERS: Final = FOLDER.parent / "schemas" / "directory" / "providers.toml"

_RESTRICTED: Final = """
INSERT INTO access.restricted (named, glass) VALUES ($1, $2)
ON CONFLICT (single) DO UPDATE SET (named, glass) = (excluded.named, excluded.glass)
"""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def reader_of(service: str) -> str:
    """Name the role in which a service reads for who asks: nothing shows until it says for whom."""
    return f"{service}_reader"


def role(service: str) -> str:
    """Return the statements that make a service's reader, any number of times."""
    reader = reader_of(service)
    return f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{reader}') THEN
                CREATE ROLE {reader} NOLOGIN;
            END IF;
        END $$;
        GRANT {reader} TO {service} WITH INHERIT FALSE, SET TRUE;
        GRANT USAGE ON SCHEMA {service} TO {reader};
    """


async def prepare(connection: Connection, agencies: Iterable[Agency]) -> None:
    """Before the migrations, as the database's owner: what the conditions are worked out from."""
    await connection.execute((FOLDER / "access.sql").read_text(encoding="utf-8"))
    rows = [(one.id, one.kind, ",".join(one.areas)) for one in agencies]
    await connection.execute(_AGENCIES, *map(list, zip(*rows, strict=True)))
    providers = read_toml(PROVIDERS)["providers"]
    await connection.execute(_PROVIDERS, list(providers), list(providers.values()))
    policy = read_toml(POLICY / "restricted.toml")
    named, minutes = policy["lists"]["named"]["values"], policy["numbers"]["glass"]["value"]
    await connection.execute(_RESTRICTED, named, timedelta(minutes=minutes))


async def grant(connection: Connection) -> None:
    """After the migrations, as the database's owner: who reads what, and under which condition."""
    await connection.execute((FOLDER / "grants.sql").read_text(encoding="utf-8"))
