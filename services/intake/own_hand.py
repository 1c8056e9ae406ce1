"""What may be said through our own pages? In one's own name, and of nobody's work but another's.

By a system of an agency's own anything may be said of who did what: what is poor in it is judged
(`oversight.reviewed_by_same_person`). On our pages we know who sits there, so it is refused, and
that it was tried goes on record.
"""

from typing import Final

from services.domain.events import REVIEWED
from services.domain.grades import GRADED
from services.intake.candidates import Candidate
from services.intake.entitlement import WORK_TYPES
from services.intake.store import Connection
from services.runtime import audit
from services.runtime.audit import Act
from services.runtime.auth import Caller

ANOTHERS_NAME: Final = "not-in-your-name"
OWN_WORK: Final = "own-work"
OWN_READING: Final = "own-reading"
_OWN: Final = """
SELECT DISTINCT c.record_ref
FROM carried_ref c JOIN event e USING (receipt) JOIN staff s USING (staff_ref)
JOIN record r ON r.record_ref = c.record_ref
WHERE c.kind = $1 AND c.ref = $2 AND c.type = ANY($3::text[]) AND r.child_ref = $4
  AND (s.agency, s.ref_mac) = ($5, $6)
"""


async def refusal(connection: Connection, candidate: Candidate, caller: Caller) -> str | None:
    """Return the code of a refusal, None for what may be said; own work is put on record."""
    if caller.through is None:
        return None
    practitioner = candidate.stated.get("practitioner")
    if practitioner is not None and practitioner["ref"] != caller.subject:
        return ANOTHERS_NAME
    if candidate.child_ref is None or not candidate.refs:
        return None
    kind, ref = candidate.refs[0]
    if candidate.type == REVIEWED:
        own, code = WORK_TYPES[kind], OWN_WORK
    elif candidate.type == GRADED:
        own, code = frozenset({GRADED}), OWN_READING
    else:
        return None
    rows = await connection.fetch(
        _OWN, kind, ref, sorted(own), candidate.child_ref, caller.agency, candidate.staff_mac
    )
    if not rows:
        return None
    records = [row["record_ref"] for row in rows]
    act = Act("collection", f"{code}-refused", "supervision", 0, records=records, about=ref)
    await audit.write(connection, caller, act)
    return code
