"""What does the ledger keep of a child who was erased? What figures count, under fresh refs."""

from collections.abc import Collection, Sequence
from typing import Final

from services.ledger.beliefs import Standing
from services.ledger.store import Connection
from services.runtime.guard import NotNow

_REFUSED: Final = """
SELECT ref FROM unnest($1::text[]) AS ref JOIN erased_ref ON digest = digest_of(ref)
"""
_REFUSE: Final = "INSERT INTO erased_ref (digest) VALUES (digest_of($1)) ON CONFLICT DO NOTHING"
# Also what was once believed of others by an event that is gone: a record may have been linked
# to them. Dimensions, intervals and times of belief stay, so that every figure stays.
_RENAME: Final = """
UPDATE gap SET
    child_ref = renamed($2, child_ref), gap_id = renamed($2, gap_id::text)::uuid,
    anchor_id = renamed($2, anchor_source || '|' || anchor_id), referral_ref = NULL,
    evidence = '[]', event_keys = '{}', erased_at = clock_timestamp()
WHERE (child_ref = $1 OR event_keys && $3::text[]) AND erased_at IS NULL
"""
_RENAME_FACTS: Final = """
UPDATE fact SET
    child_ref = renamed($2, child_ref), unit_id = renamed($2, unit_id::text)::uuid,
    event = renamed($2, source || '|' || event), referral_ref = NULL, erased_at = clock_timestamp()
WHERE (child_ref = $1 OR source || '|' || event = ANY($3::text[])) AND erased_at IS NULL
"""
_RENAME_ONWARD: Final = """
UPDATE onward SET
    child_ref = renamed($2, child_ref), event = renamed($2, source || '|' || event),
    service_ref = '', item = '', erased_at = clock_timestamp()
WHERE (child_ref = $1 OR source || '|' || event = ANY($3::text[])) AND erased_at IS NULL
"""
_FORGET: Final = (
    "DELETE FROM dip_referral WHERE child_ref = $1",
    "DELETE FROM rebuild_dip_referral WHERE child_ref = $1",
    "DELETE FROM rebuild_onward WHERE child_ref = $1",
    "DELETE FROM verdict WHERE child_ref = $1",
    "DELETE FROM sweep WHERE child_ref = $1",
    "DELETE FROM rebuild_child WHERE child_ref = $1",
    "DELETE FROM rebuild_unjudged WHERE child_ref = $1",
    "DELETE FROM rebuild_gap WHERE child_ref = $1",
    "DELETE FROM rebuild_fact WHERE child_ref = $1",
    "DELETE FROM dead_letter WHERE convert_from(key, 'UTF8') = $1",
    "DELETE FROM child WHERE child_ref = $1",
)


async def refused(connection: Connection, refs: Collection[str]) -> set[str]:
    """Return those of these children who were erased."""
    if not refs:
        return set()
    return {row["ref"] for row in await connection.fetch(_REFUSED, sorted(refs))}


async def check(connection: Connection, refs: Collection[str]) -> None:
    """Raise NotNow where a child was erased while its lock was waited for."""
    if await refused(connection, refs):
        raise NotNow("erased-meanwhile")


async def erase(connection: Connection, heard: Sequence[Standing]) -> None:
    """Act on what is heard of erased children; the caller holds their rows' locks."""
    for standing in heard:
        assert standing.erasure is not None  # noqa: S101 - only such are handed over
        await connection.execute(_REFUSE, standing.child_ref)
        said = standing.erasure
        await connection.execute(_RENAME, standing.child_ref, said.salt, said.keys)
        await connection.execute(_RENAME_FACTS, standing.child_ref, said.salt, said.keys)
        await connection.execute(_RENAME_ONWARD, standing.child_ref, said.salt, said.keys)
        for statement in _FORGET:
            await connection.execute(statement, standing.child_ref)
