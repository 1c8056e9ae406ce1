"""May this agency say this of what is known? What is not known yet is let in: the fold decides.

Purely: the answers come from `Knowledge`, read beforehand in the same transaction.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.domain.disagreements import RAISED, TYPES
from services.domain.events import (
    AMENDED,
    DECIDED,
    INCIDENT_TYPES,
    MADE,
    NOT_REFERRED,
    RECEIVED,
    RETRACTED,
    WITHDRAWN,
)
from services.domain.registry import Registry
from services.intake.candidates import Candidate
from services.intake.knowledge import (
    ABOUT_GAPS,
    ANSWERED,
    INCIDENT_KINDS,
    OF_THE_CHILD,
    ONE_AGENCYS_KINDS,
    RESTRICTED,
    Carrier,
    Knowledge,
    KnownGap,
    gaps_named,
    owners,
)
from services.intake.sight import sees
from services.intake.store import Owner
from services.runtime.auth import Caller

RESTRICTING = frozenset({"police-supervisor", "qa-reviewer"})
"""The roles that restrict a child, and lift it again."""

WORK_TYPES = {
    "custody": frozenset({"police.child-detained.v1"}),
    "interview": frozenset({"police.child-interviewed.v1"}),
    "incident": INCIDENT_TYPES,
    "referral": frozenset({MADE, AMENDED}),
    "trigger": frozenset({NOT_REFERRED}),
}
"""Which events are the work that a review of a kind is about."""

PARTIES = frozenset({MADE, RECEIVED, DECIDED})
"""Who sent one of these of a referral is a party to its disagreements."""


@dataclass(frozen=True, slots=True)
class OwnChunk:
    """What the same sender says in the same chunk: it may be named by its neighbours."""

    made: frozenset[str]
    incidents: frozenset[str]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> "OwnChunk":
        """Collect the refs of referrals made and of incidents."""
        made = {c.stated["referral_ref"] for c in candidates if c.type == MADE}
        incidents = {
            ref
            for c in candidates
            if c.type in INCIDENT_TYPES
            for kind, ref in c.refs
            if kind in INCIDENT_KINDS
        }
        return cls(frozenset(made), frozenset(incidents))


def entitled(  # noqa: PLR0913 - what is said, by whom, of what is known
    candidate: Candidate,
    record: Owner | None,
    known: Knowledge,
    own: OwnChunk,
    caller: Caller,
    registry: Registry,
) -> bool:
    """Whether what is known lets this agency, and this person, say it."""
    restricts = candidate.type == RESTRICTED or candidate.retracts in known.restrictions
    if restricts and caller.role not in RESTRICTING:
        return False
    return _entitled(candidate, record, known, own, caller, registry)


def _entitled(  # noqa: PLR0913 - what is said, by whom, of what is known
    candidate: Candidate,
    record: Owner | None,
    known: Knowledge,
    own: OwnChunk,
    caller: Caller,
    registry: Registry,
) -> bool:
    if candidate.type in {AMENDED, WITHDRAWN}:
        return _may_change(candidate, record, known, own)
    if candidate.type == NOT_REFERRED:
        return _may_decide(candidate, record, known, own)
    if candidate.type == RETRACTED:
        return candidate.retracts not in known.targets
    if candidate.type == ANSWERED:
        gap = known.gaps.get(candidate.stated["gap_id"])
        return gap is None or gap.agency == candidate.agency
    if candidate.type in TYPES:
        return _may_disagree(candidate, caller, known, own, registry)
    gaps = (known.gaps.get(gap_id) for gap_id in gaps_named(candidate))
    return all(gap is None or sees(caller, gap.agency, registry) for gap in gaps)


def resolve(
    candidate: Candidate, caller: Caller, known: Knowledge, registry: Registry
) -> str | None:
    """Return the record that a `child_ref` stands for: of the gap's or the work's first event.

    None where nothing is known of it or the caller may not see it: the two look alike.
    """
    if candidate.type in ABOUT_GAPS:
        return _record_of_gaps(candidate, caller, known, registry)
    if candidate.type in OF_THE_CHILD:
        records = known.records.get(candidate.child_ref or "", ())
        return next((ref for ref, agency in records if sees(caller, agency, registry)), None)
    disputed = candidate.type in TYPES
    for kind, ref in candidate.refs:
        for carrier in known.carriers.get((kind, ref), ()):
            if (
                carrier.child_ref == candidate.child_ref
                and carrier.type in (PARTIES if disputed else WORK_TYPES.get(kind, frozenset()))
                and sees(caller, carrier.agency, registry)
            ):
                return carrier.record_ref
    return None


def _record_of_gaps(
    candidate: Candidate, caller: Caller, known: Knowledge, registry: Registry
) -> str | None:
    """Return the record of the first gap named; None unless every one is this child's."""
    records = [
        _record_of_gap(known.gaps.get(gap_id), candidate, caller, known, registry)
        for gap_id in gaps_named(candidate)
    ]
    return records[0] if all(records) else None


def _record_of_gap(
    gap: KnownGap | None,
    candidate: Candidate,
    caller: Caller,
    known: Knowledge,
    registry: Registry,
) -> str | None:
    if gap is None or gap.anchor not in known.anchors:
        return None
    record_ref, child_ref = known.anchors[gap.anchor]
    theirs = caller.agency in gap.visible_to or sees(caller, gap.agency, registry)
    return record_ref if theirs and candidate.child_ref in {gap.child_ref, child_ref} else None


def _may_change(
    candidate: Candidate, record: Owner | None, known: Knowledge, own: OwnChunk
) -> bool:
    """Only who made a referral first amends or withdraws it; one not known may be anybody's."""
    ref = candidate.stated["referral_ref"]
    makers = owners(known, ref)
    children = _children(candidate, record, known)
    if about := [maker for maker in makers if maker.child_ref in children]:
        return candidate.agency in _first(about)
    records_of: dict[str, set[str]] = defaultdict(set)
    for maker in makers:
        records_of[maker.agency].add(maker.record_ref)
    if ref in own.made or candidate.agency in records_of:
        return True
    return not any(
        len(records_of[maker.agency]) == 1 and not _conflict(candidate, maker) for maker in makers
    )


def _may_disagree(
    candidate: Candidate, caller: Caller, known: Knowledge, own: OwnChunk, registry: Registry
) -> bool:
    """Only who made a referral disagrees with what was decided of it; its parties carry it on.

    One not known may be anybody's: then the fold decides.
    """
    ref = candidate.stated["referral_ref"]
    carriers = [c for c in known.carriers.get(("referral", ref), ()) if c.type in PARTIES]
    if not carriers or ref in own.made:
        return True
    if candidate.type == RAISED:
        return any(maker.agency == candidate.agency for maker in owners(known, ref))
    return any(sees(caller, carrier.agency, registry) for carrier in carriers)


def _first(makers: Sequence[Carrier]) -> set[str]:
    """Who may have been the first to make a child's referral: several where one is doubted."""
    settled = next((place for place, maker in enumerate(makers) if not maker.doubted), len(makers))
    return {maker.agency for maker in makers[: settled + 1]}


def _may_decide(
    candidate: Candidate, record: Owner | None, known: Knowledge, own: OwnChunk
) -> bool:
    """Only who sent one of the triggers decides not to refer; one not yet known may be its own.

    Several agencies tell of one incident, so that an incident known from another does not say that
    this agency's own telling is not still to come: then the fold decides.
    """
    children = _children(candidate, record, known)
    for ref in candidate.stated["triggers"]:
        senders = {
            carrier.agency
            for kind in ONE_AGENCYS_KINDS
            for carrier in known.carriers.get((kind, ref), ())
            if carrier.type in INCIDENT_TYPES and carrier.child_ref in children
        }
        if not senders or candidate.agency in senders or ref in own.incidents:
            return True
    return not candidate.stated["triggers"]


def _children(candidate: Candidate, record: Owner | None, known: Knowledge) -> set[str]:
    """Whose event this is, as far as it is known: by its record, NHS number or UPN."""
    children = {record.child_ref} if record and record.child_ref else set()
    for mac in (candidate.nhs_mac, candidate.upn_mac):
        children |= known.children_by_mac.get(mac, set()) if mac else set()
    return children


def _conflict(candidate: Candidate, carrier: Carrier) -> bool:
    """Whether birth date or sex say that these are two children."""
    sex = (candidate.child or {}).get("sex")
    pairs = ((candidate.birth_mac, carrier.birth_mac), (sex, carrier.sex))
    return any(one and other and one != other and "U" not in (one, other) for one, other in pairs)
