"""What is known already of what a new event names: who sent it, and of which child?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from services.domain.disagreements import TYPES
from services.domain.events import AMENDED, MADE, NOT_REFERRED, WITHDRAWN, Key, agency_of
from services.intake.candidates import Candidate
from services.intake.store import Connection

ANSWERED = "gap.answered.v1"
RESTRICTED = "child.restricted.v1"
OF_THE_CHILD = frozenset({RESTRICTED, "basis.recorded.v1"})
"""Types that name a child by its ref alone: no gap and no work says which record is meant."""
ABOUT_GAPS = frozenset(
    {ANSWERED, "alert.acknowledged.v1", "alert.taken-in-hand.v1", "alert.resolved.v1"}
)
"""The types that speak of gaps by their ids."""
INCIDENT_KINDS = ("custody", "incident", "interview", "concern")
ONE_AGENCYS_KINDS = ("custody", "interview", "concern")
"""Refs that only the agency whose work it is gives to its events; an incident is shared."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A kept event that carries a ref: its sender, its record and child, and what it states."""

    source: str
    id: str
    type: str
    agency: str
    record_ref: str
    child_ref: str
    birth_mac: bytes | None
    sex: str | None
    received_at: datetime
    doubted: bool
    """Its sender has said that it was sent in error; whether that stands, only the fold decides."""


@dataclass(frozen=True, slots=True)
class KnownGap:
    """A gap as believed now."""

    agency: str
    visible_to: tuple[str, ...]
    child_ref: str
    anchor: Key


@dataclass(slots=True)
class Knowledge:
    """What is known, for one chunk; whatever is absent is not known."""

    carriers: dict[tuple[str, str], list[Carrier]] = field(default_factory=dict)
    targets: frozenset[Key] = frozenset()
    gaps: dict[str, KnownGap] = field(default_factory=dict)
    anchors: dict[Key, tuple[str, str]] = field(default_factory=dict)
    children_by_mac: dict[bytes, set[str]] = field(default_factory=dict)
    records: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """(record_ref, agency) of every record of a child who is named by its ref alone."""
    restrictions: frozenset[Key] = frozenset()
    """Which of the events to be retracted restrict a child."""


_CARRIERS = """
SELECT c.kind, c.ref, e.source, e.id, c.type, c.agency, c.record_ref, r.child_ref,
       s.birth_mac, s.sex, e.received_at,
       EXISTS (SELECT FROM retraction x JOIN event y USING (receipt)
               WHERE (x.target_source, x.target_id) = (e.source, e.id) AND y.agency = e.agency)
FROM carried_ref c
JOIN unnest($1::text[], $2::text[]) AS k(kind, ref) ON c.kind = k.kind AND c.ref = k.ref
JOIN event e ON e.receipt = c.receipt
JOIN record r ON r.record_ref = c.record_ref
LEFT JOIN statement s ON s.receipt = c.receipt
ORDER BY e.time, e.source, e.id
"""
_TARGETS = """
SELECT e.source, e.id FROM event e JOIN unnest($1::text[], $2::text[]) AS k(source, id)
  ON e.source = k.source AND e.id = k.id
"""
_RECORDS_OF = """
SELECT child_ref, record_ref, agency FROM record WHERE child_ref = ANY($1) ORDER BY record_ref
"""
_RESTRICTIONS = """
SELECT e.source, e.id FROM event e JOIN unnest($1::text[], $2::text[]) AS k(source, id)
  ON e.source = k.source AND e.id = k.id
WHERE e.type = $3
"""
_GAPS = """
SELECT gap_id::text AS gap_id, agency, visible_to, child_ref, anchor_source, anchor_id
FROM ledger.belief WHERE gap_id = ANY($1::uuid[]) AND known_to IS NULL
"""
_ANCHORS = """
SELECT e.source, e.id, e.record_ref, r.child_ref
FROM event e JOIN unnest($1::text[], $2::text[]) AS k(source, id)
  ON e.source = k.source AND e.id = k.id
JOIN record r ON r.record_ref = e.record_ref
"""
_SAME_IDENTITY = """
SELECT s.nhs_mac AS mac, r.child_ref FROM statement s JOIN record r USING (record_ref)
WHERE s.nhs_mac = ANY($1)
UNION
SELECT s.upn_mac, r.child_ref FROM statement s JOIN record r USING (record_ref)
WHERE s.upn_mac = ANY($1)
"""


async def gather(connection: Connection, candidates: Sequence[Candidate]) -> Knowledge:
    """Read what these candidates need to be checked against; mostly nothing is asked."""
    known = Knowledge()
    wanted = sorted({pair for candidate in candidates for pair in _wanted(candidate)})
    if wanted:
        known.carriers = await _carriers(connection, wanted)
    targets = sorted({c.retracts for c in candidates if c.retracts and _foreign(c)})
    if targets:
        rows = await connection.fetch(_TARGETS, *_pairs(targets))
        known.targets = frozenset((row["source"], row["id"]) for row in rows)
    gap_ids = {gap_id for c in candidates for gap_id in gaps_named(c)}
    if gap_ids:
        await _gaps(connection, known, [text for text in gap_ids if _is_uuid(text)])
    await _restricting(connection, known, candidates)
    macs = [mac for c in candidates if _names_target(c) for mac in (c.nhs_mac, c.upn_mac) if mac]
    if macs:
        found: dict[bytes, set[str]] = defaultdict(set)
        for row in await connection.fetch(_SAME_IDENTITY, macs):
            found[row["mac"]].add(row["child_ref"])
        known.children_by_mac = found
    return known


async def _restricting(
    connection: Connection, known: Knowledge, candidates: Sequence[Candidate]
) -> None:
    """Read what restricting a child, and lifting it, is checked against."""
    refs = [c.child_ref for c in candidates if c.type in OF_THE_CHILD and c.child_ref]
    for row in await connection.fetch(_RECORDS_OF, refs) if refs else ():
        known.records.setdefault(row["child_ref"], []).append((row["record_ref"], row["agency"]))
    targets = sorted({c.retracts for c in candidates if c.retracts})
    if targets:
        rows = await connection.fetch(_RESTRICTIONS, *_pairs(targets), RESTRICTED)
        known.restrictions = frozenset((row["source"], row["id"]) for row in rows)


def gaps_named(candidate: Candidate) -> Sequence[str]:
    """Return the ids of the gaps that a candidate speaks of, as it names them."""
    if candidate.type not in ABOUT_GAPS:
        return ()
    named = candidate.stated
    return (named["gap_id"],) if candidate.type == ANSWERED else tuple(named["gap_ids"])


def _wanted(candidate: Candidate) -> Iterable[tuple[str, str]]:
    """Which (kind, ref) have to be looked up for a candidate."""
    if candidate.type in {AMENDED, WITHDRAWN} | TYPES:
        yield "referral", candidate.stated["referral_ref"]
    elif candidate.type == NOT_REFERRED:
        for ref in candidate.stated["triggers"]:
            yield from ((kind, ref) for kind in ONE_AGENCYS_KINDS)
    elif candidate.child_ref is not None:
        for kind, ref in candidate.refs:
            yield kind, ref


def _names_target(candidate: Candidate) -> bool:
    return candidate.type in {AMENDED, WITHDRAWN, NOT_REFERRED}


def _foreign(candidate: Candidate) -> bool:
    return candidate.retracts is not None and agency_of(candidate.retracts[0]) != candidate.agency


async def _carriers(
    connection: Connection, wanted: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[Carrier]]:
    found: dict[tuple[str, str], list[Carrier]] = defaultdict(list)
    for row in await connection.fetch(_CARRIERS, *_pairs(wanted)):
        kind, ref, *rest = row.values()
        found[kind, ref].append(Carrier(*rest))
    return found


async def _gaps(connection: Connection, known: Knowledge, gap_ids: Sequence[str]) -> None:
    for row in await connection.fetch(_GAPS, gap_ids):
        known.gaps[row["gap_id"]] = KnownGap(
            row["agency"],
            tuple(row["visible_to"]),
            row["child_ref"],
            (row["anchor_source"], row["anchor_id"]),
        )
    anchors = sorted({gap.anchor for gap in known.gaps.values()})
    for row in await connection.fetch(_ANCHORS, *_pairs(anchors)):
        known.anchors[row["source"], row["id"]] = (row["record_ref"], row["child_ref"])


def _pairs(pairs: Sequence[tuple[str, str]]) -> tuple[list[Any], list[Any]]:
    return [first for first, _ in pairs], [second for _, second in pairs]


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def owners(known: Knowledge, ref: str) -> list[Carrier]:
    """Return who is known to have made the referral with this ref, in the order of receipt."""
    made = [c for c in known.carriers.get(("referral", ref), ()) if c.type == MADE]
    return sorted(made, key=attrgetter("received_at", "source", "id"))
