"""Where are people's decisions kept?"""

from collections import defaultdict
from collections.abc import Collection
from typing import Final

from services.intake.decisions import Decided
from services.intake.retracted import Connection

_DECIDED: Final = """
SELECT decision_id, d.kind, r.record_ref, r.side
FROM identity_decision AS d JOIN decided_record AS r USING (decision_id)
WHERE d.undone_at IS NULL AND decision_id IN (
    SELECT decision_id FROM decided_record WHERE record_ref = ANY($1))
"""


async def decided_among(connection: Connection, records: Collection[str]) -> list[Decided]:
    """Return every decision that holds and names one of these records."""
    kinds: dict[str, str] = {}
    sides: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in await connection.fetch(_DECIDED, list(records)):
        kinds[row["decision_id"]] = row["kind"]
        sides[row["decision_id"]][row["side"]].add(row["record_ref"])
    return [
        Decided(decision_id, kind, tuple(  # type: ignore[arg-type]  # the table checks it
            frozenset(refs) for _, refs in sorted(sides[decision_id].items())))
        for decision_id, kind in kinds.items()
    ]  # fmt: skip
