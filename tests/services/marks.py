"""What stands in an audit row for a record, and for a thing that was asked about it?"""

from hashlib import sha256

from tests.services.conftest import Pool


async def mark_of(pool: Pool, record_ref: str, thing: str | None = None) -> bytes:
    """Work out a mark as docs/decisions/audit-and-erasure.md says; `pool` is intake's."""
    salt = await pool.fetchval("SELECT audit_salt FROM record WHERE record_ref = $1", record_ref)
    return sha256(salt + (thing or record_ref).encode()).digest()[:16]
