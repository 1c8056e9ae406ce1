"""Which records may be of one child with these? Found over what any of them ever stated.

Wider than what links them now, so that what comes apart is found as well: a corrected number, a
retraction, a new conflict.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from services.domain.registry import Registry
from services.intake.decisions_store import decided_among
from services.intake.kin import Kin
from services.intake.matching import CROWD
from services.intake.neighbourhood import Neighbourhood, Statement
from services.intake.records import Kind, Value
from services.intake.retracted import Connection, retracted_among

_RECORDS = """
SELECT record_ref, agency, created_at, child_ref, link_version FROM record
WHERE child_ref IN (SELECT child_ref FROM record WHERE record_ref = ANY($1))
"""
_STATEMENTS = """
SELECT s.record_ref, s.receipt, s.nhs_mac, s.upn_mac, s.birth_mac, s.sex, e.time, e.source, e.id
FROM statement AS s JOIN event AS e USING (receipt) WHERE s.record_ref = ANY($1)
"""
_REFERRALS = """
SELECT c.record_ref, c.ref, e.source, e.id
FROM carried_ref AS c JOIN event AS e USING (receipt)
WHERE c.record_ref = ANY($1) AND c.kind = 'referral'
"""
# One more than a crowd tells a crowd; all of them only where one is new.
_HOLDERS: Final[Mapping[Kind, str]] = {
    "nhs": """
SELECT value, holder.record_ref FROM unnest($1::bytea[]) AS value CROSS JOIN LATERAL (
    SELECT DISTINCT record_ref FROM statement WHERE nhs_mac = value LIMIT $2) AS holder
""",
    "upn": """
SELECT value, holder.record_ref FROM unnest($1::bytea[]) AS value CROSS JOIN LATERAL (
    SELECT DISTINCT record_ref FROM statement WHERE upn_mac = value LIMIT $2) AS holder
""",
    "referral": """
SELECT value, holder.record_ref FROM unnest($1::text[]) AS value CROSS JOIN LATERAL (
    SELECT DISTINCT record_ref FROM carried_ref
    WHERE kind = 'referral' AND ref = value LIMIT $2) AS holder
""",
}
_CROWDED = """
SELECT kind, value_mac FROM review WHERE closed_at IS NULL AND reason = 'crowded'
AND (kind, value_mac) IN (SELECT * FROM unnest($1::text[], $2::bytea[]))
"""

_DOUBTED = """
SELECT value_mac FROM review
WHERE closed_at IS NULL AND kind = 'likeness' AND records && $1::text[]
"""


async def explore(
    connection: Connection, seeds: Collection[str], registry: Registry, kin: Kin | None = None
) -> Neighbourhood:
    """Load all that hangs together with these records, a ring at a time."""
    found = Neighbourhood(kin=kin)
    ring = set(seeds)
    while ring:
        new = await _load(connection, found, ring)
        values = _values(found, new) - found.holders.keys() - found.crowded
        ring = await _follow(connection, found, values)
        ring |= await _follow_people(connection, found, new)
        ring -= found.agencies.keys()
    found.drop(await retracted_among(connection, found.agencies, registry))
    return found


async def _load(connection: Connection, found: Neighbourhood, ring: Collection[str]) -> set[str]:
    """Load records of this ring and those linked with them; return which are new."""
    rows = [
        row
        for row in await connection.fetch(_RECORDS, list(ring))
        if row["record_ref"] not in found.agencies
    ]
    for row in rows:
        found.agencies[row["record_ref"]] = (row["agency"], row["created_at"])
        found.held[row["record_ref"]] = (row["child_ref"], row["link_version"])
    new = [row["record_ref"] for row in rows]
    found.statements += [
        Statement(
            (row["time"], row["source"], row["id"]), row["receipt"], row["record_ref"],
            row["nhs_mac"], row["upn_mac"], row["birth_mac"], row["sex"],
        )
        for row in await connection.fetch(_STATEMENTS, new)
    ]  # fmt: skip
    found.referrals += [
        (row["record_ref"], ("referral", row["ref"].encode()), (row["source"], row["id"]))
        for row in await connection.fetch(_REFERRALS, new)
    ]
    return set(new)


def _values(found: Neighbourhood, records: Collection[str]) -> set[Value]:
    """Name every value that these records ever stated."""
    values: set[Value] = {value for ref, value, _ in found.referrals if ref in records}
    for one in found.statements:
        if one.record_ref in records:
            if one.nhs is not None:
                values.add(("nhs", one.nhs))
            if one.upn is not None:
                values.add(("upn", one.upn))
    return values


async def _follow_people(
    connection: Connection, found: Neighbourhood, new: Collection[str]
) -> set[str]:
    """Find who is like these records, and whom a person has linked with them."""
    decided = {one.decision_id: one for one in await decided_among(connection, new)}
    found.decided |= decided
    rows = await connection.fetch(_DOUBTED, list(new))
    found.doubted |= {("likeness", row["value_mac"]) for row in rows}
    together = {ref for one in decided.values() if one.kind == "link" for ref in one.stated}
    return together | (await found.kin.follow(connection, new) if found.kin else set())


async def _follow(
    connection: Connection, found: Neighbourhood, values: Collection[Value]
) -> set[str]:
    """Find who shares these values; a crowd is followed once, when it becomes one."""
    sharing = await _holders(connection, values, CROWD + 1)
    crowds = {value for value, refs in sharing.items() if len(refs) > CROWD}
    if crowds:
        found.crowded |= crowds
        known = await _known_crowds(connection, crowds)
        sharing = {value: refs for value, refs in sharing.items() if value not in crowds}
        sharing |= await _holders(connection, crowds - known, None)
    found.holders |= sharing
    return set().union(*sharing.values())


async def _holders(
    connection: Connection, values: Collection[Value], limit: int | None
) -> dict[Value, set[str]]:
    holders: defaultdict[Value, set[str]] = defaultdict(set)
    for kind, query in _HOLDERS.items():
        wanted = {_column(value): value for value in values if value[0] == kind}
        for row in await connection.fetch(query, list(wanted), limit) if wanted else ():
            holders[wanted[row["value"]]].add(row["record_ref"])
    return dict(holders)


def _column(value: Value) -> bytes | str:
    """Return a value as its table has it: a MAC, or a ref's text."""
    kind, content = value
    return content.decode() if kind == "referral" else content


async def _known_crowds(connection: Connection, crowds: Collection[Value]) -> set[Value]:
    """Name those for which a review stands: they link nobody already."""
    columns = [kind for kind, _ in crowds], [value for _, value in crowds]
    rows = await connection.fetch(_CROWDED, *columns)
    return {(row["kind"], row["value_mac"]) for row in rows}
